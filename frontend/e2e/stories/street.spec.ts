// What may stand in the street, and how it looks: entered at the desk, read by everybody or by the shop alone.
import type { Page } from '@playwright/test';
import { inEveryLook } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { openAs, person } from '../people.ts';

const test = withServer('2026-10-15T18:20:00+08:00');

/** A photo as a telephone takes it, drawn by the browser itself. */
async function photo(page: Page, name: string) {
	const blank = await page.context().newPage();
	const base64 = await blank.evaluate(() => {
		const canvas = document.createElement('canvas');
		[canvas.width, canvas.height] = [800, 600];
		const c = canvas.getContext('2d')!;
		c.fillStyle = '#b5542f';
		c.fillRect(0, 0, 800, 600);
		return canvas.toDataURL('image/jpeg', 0.9).split(',')[1] ?? '';
	});
	await blank.close();
	return { name, mimeType: 'image/jpeg', buffer: Buffer.from(base64, 'base64') };
}

/** The address of the public page of a person's first shop. */
async function pageOf(page: Page, who: 'owner'): Promise<string> {
	await page.goto(`/my/shops/${person(who).listing_ids?.[0] ?? ''}`);
	return (await page.locator('main a[href^="/shops/"]').first().getAttribute('href')) ?? '';
}

test('what an authority allowed is entered, and everybody reads it', async ({ browser, own }) => {
	const owner = await openAs(browser, own, 'owner');
	const shop = await pageOf(owner, 'owner');
	const desk = await openAs(browser, own, 'coordinator', '/desk/outdoor');
	const form = desk.locator('form#area');
	await form.getByRole('radio', { name: '外摆' }).check();
	await form.locator('#area-name').fill('面馆门前');
	await form.locator('#area-shop').fill(shop);
	await form.locator('#area-location').fill('31.0069, 121.2277');
	await form.locator('#area-hours').fill('每天 17:00-22:00');
	await form.locator('#area-complaints').fill('城管 021-5777 0000');
	await form.locator('#area-authority').fill('区绿化市容局');
	await form.locator('#area-from').fill('2026-10-01');
	await form.locator('#area-until').fill('2026-12-31');
	await form.getByRole('button', { name: '登记' }).click();
	await expect(desk.locator('#area-number-error')).toBeVisible();
	await expect(desk.locator('#area-name')).toHaveValue('面馆门前');
	await inEveryLook(desk);
	await desk.locator('#area-number').fill('沪松绿容 12 号');
	await desk.locator('form#area').getByRole('button', { name: '登记' }).click();
	await expect(desk.locator('.callout.ok')).toContainText('保存了');
	await inEveryLook(desk);

	const anybody = await openAs(browser, own);
	await anybody.goto(shop);
	await expect(anybody.getByRole('main')).toContainText('门前有外摆');
	await anybody.getByRole('link', { name: '在哪里、什么条件' }).click();
	const area = anybody.locator('section', { has: anybody.getByRole('heading', { name: '面馆门前' }) });
	await expect(area).toContainText('沪松绿容 12 号');
	await expect(area).toContainText('不在室外加工食品');
	await expect(anybody.getByRole('main')).toContainText('这一页不是许可证');
	await expect(anybody.locator('.plan .pin').first()).toBeVisible();
	await inEveryLook(anybody);
});

test('something at a shopfront is noted, put right by its owner and verified', async ({ browser, own }) => {
	const owner = await openAs(browser, own, 'owner');
	const shop = await pageOf(owner, 'owner');
	const desk = await openAs(browser, own, 'second', '/desk/care/new');
	await desk.getByRole('radio', { name: '招牌' }).check();
	await desk.locator('#item-shop').fill(shop);
	await desk.locator('#item-text').fill('招牌上一个字不亮');
	await desk.locator('#item-photo').setInputFiles(await photo(desk, 'before.jpg'));
	await desk.getByRole('checkbox', { name: '认不出路过的人' }).check();
	await inEveryLook(desk);
	await desk.getByRole('button', { name: '记下来' }).click();
	await expect(desk.locator('.callout.ok')).toContainText('记下了');
	await desk.getByRole('button', { name: '告诉过了' }).click();
	await expect(desk.locator('.callout.ok')).toContainText('保存了');
	const item = desk.url().split('?')[0] ?? '';

	await owner.goto(`/my/shops/${person('owner').listing_ids?.[0] ?? ''}`);
	await owner.locator('.callout', { hasText: '门面上有 1 件事等您改' }).getByRole('link').click();
	await owner.getByRole('main').getByRole('link', { name: '招牌' }).click();
	await expect(owner.getByRole('main')).toContainText('招牌上一个字不亮');
	await owner.locator('#better-photo').setInputFiles(await photo(owner, 'after.jpg'));
	await owner.getByRole('button', { name: '改好了' }).click();
	await expect(owner.locator('#better-faceless-error')).toBeVisible();
	await inEveryLook(owner);
	await owner.locator('#better-photo').setInputFiles(await photo(owner, 'after.jpg'));
	await owner.getByRole('checkbox', { name: '认不出路过的人' }).check();
	await owner.getByRole('button', { name: '改好了' }).click();
	await expect(owner.locator('.callout.ok')).toContainText('街道会来看');

	await desk.goto(item);
	await inEveryLook(desk);
	await desk.getByRole('button', { name: '看过了' }).click();
	await expect(desk.getByRole('main')).toContainText('去看过，改好了');
	await desk.goto('/desk/care');
	await expect(desk.getByRole('main')).toContainText('看过了 1 件');
	await inEveryLook(desk);
	await owner.reload();
	await expect(owner.getByRole('main')).toContainText('去看过，改好了');
});
