// What the people of a shop do: answer for a holiday in a few taps, change the week, put up photos, wait for the district with a
// new name, and not lose what two of them typed. The server of these tests stands a few days before a holiday.
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Page } from '@playwright/test';
import { inEveryLook, prepare } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { person, signIn } from '../people.ts';

const test = withServer('2026-09-28T10:20:00+08:00', 'serial');

test.use({ serviceWorkers: 'allow' });

const shop = (n = 0) => `/my/shops/${person('owner').listing_ids?.[n] ?? ''}`;

/** The public page of a shop, by the link on its page in the portal. */
async function publicPage(page: Page, at: string): Promise<string> {
	await page.goto(at);
	const href = await page.locator('main a[href^="/shops/"]').first().getAttribute('href');
	return (href ?? '').replace(/\/(poster|report|claim).*$/, '');
}

/** Follows the public page until it says so: changes show within a second. */
async function says(page: Page, address: string, text: string | RegExp): Promise<void> {
	await expect(async () => {
		await page.goto(address);
		await expect(page.locator('main')).toContainText(text, { timeout: 100 });
	}).toPass({ timeout: 10_000 });
}

test('the hours of a holiday take at most five taps after signing in', async ({ page }) => {
	await signIn(page, 'owner', '/my');
	let taps = 0;
	const tap = async (name: string | RegExp) => {
		taps++;
		await page.getByRole('main').getByRole('button', { name }).or(page.getByRole('main').getByRole('link', { name })).first().click();
	};
	const address = await publicPage(page, shop());
	await page.goto('/my');
	await tap(new RegExp(await name(page, shop()))); // the shop in the list of the own shops
	await tap(/^休息/);
	expect(taps).toBeLessThanOrEqual(5);
	await says(page, address, /国庆节[\s\S]*(休息|暂停营业|不开)/);
});

/** What the list of shops calls one. */
async function name(page: Page, at: string): Promise<string> {
	return ((await page.locator(`main a[href="${at}"]`).first().textContent()) ?? '').trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

for (const script of [true, false]) {
	test(`the week is changed ${script ? 'with' : 'without'} script`, async ({ browser, own }) => {
		const context = await browser.newContext({ baseURL: own, javaScriptEnabled: script, locale: 'zh-CN' });
		const page = await context.newPage();
		await signIn(page, 'owner', shop() + '/hours');
		const close = page.locator('select[name$="_close"]:visible').first();
		await close.selectOption({ label: script ? '20:30' : '19:30' });
		await page.getByRole('button', { name: '保存并发布' }).last().click();
		await expect(page.locator('.callout.ok').first()).toBeVisible();
		const address = await publicPage(page, shop());
		await says(page, address, script ? '20:30' : '19:30');
		await context.close();
	});
}

test('a new name waits, and the old page stays', async ({ page }) => {
	await signIn(page, 'owner', shop(1) + '/name');
	const old = await page.locator('input[name="name"], input[name="name.hans"]').first().inputValue();
	await page.locator('input[name="name"], input[name="name.hans"]').first().fill(`${old}新店`);
	await page.getByRole('button', { name: '保存，请街道核对' }).last().click();
	await expect(page.locator('.callout.ok').first()).toContainText('核对');
	const address = await publicPage(page, shop(1));
	await expect(page.locator('main')).toContainText(`${old}新店`); // to its own people
	await page.goto(address);
	await expect(page.locator('h1')).toHaveText(old);
});

test('two editors both keep what they typed', async ({ browser, own }) => {
	const open = async (who: 'owner' | 'manager') => {
		const context = await browser.newContext({ baseURL: own, locale: 'zh-CN' });
		const page = await context.newPage();
		await signIn(page, who, shop() + '/texts');
		return page;
	};
	const first = await open('owner');
	const second = await open('manager');
	const text = (page: Page) => page.locator('textarea').first();
	await text(first).fill('店主写的：门口有长凳。');
	await text(second).fill('店长写的：楼上有座位。');
	await first.getByRole('button', { name: '保存并发布' }).last().click();
	await expect(first.locator('.callout.ok').first()).toBeVisible();
	await second.getByRole('button', { name: '保存并发布' }).last().click();
	await expect(second.locator('main')).toContainText('店主写的：门口有长凳。');
	await expect(second.locator('main')).toContainText('店长写的：楼上有座位。');
	await second.locator('input[value="mine"]').first().check({ force: true });
	await second.getByRole('button', { name: '保存' }).last().click();
	await expect(second.locator('.callout.ok').first()).toBeVisible();
	const address = await publicPage(first, shop());
	await says(first, address, '店长写的：楼上有座位。');
	await first.context().close();
	await second.context().close();
});

test('staff puts up two photos, and what is no photo is refused in a sentence', async ({ page }) => {
	await signIn(page, 'staff', shop() + '/photos');
	const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 360, height: 300 } });
	const files = page.locator('input[type="file"]').first();
	const send = page.getByRole('button', { name: '传上来' }).last();
	await files.setInputFiles({ name: 'menu.png', mimeType: 'image/png', buffer: Buffer.from('<html>not a picture</html>') });
	await send.click();
	await expect(page.locator('main .msg, main .callout.bad').first()).toBeVisible();
	const large = join(mkdtempSync(join(tmpdir(), 'shangquan-photo-')), 'large.png');
	if (!existsSync(large)) writeFileSync(large, Buffer.concat([picture, Buffer.alloc(9 << 20)]));
	await files.setInputFiles(large);
	await send.click();
	await expect(page.locator('main')).toContainText('8 MB');
	await files.setInputFiles([
		{ name: 'one.png', mimeType: 'image/png', buffer: picture },
		{ name: 'two.png', mimeType: 'image/png', buffer: await page.screenshot({ clip: { x: 0, y: 40, width: 380, height: 260 } }) },
	]);
	await send.click();
	await expect(page.locator('main img')).toHaveCount(2);
	const address = await publicPage(page, shop());
	await expect(async () => {
		await page.goto(address);
		await expect(page.locator('main img')).toHaveCount(2, { timeout: 100 });
	}).toPass({ timeout: 10_000 });
	const source = (await page.locator('main img').first().getAttribute('src')) ?? '';
	expect((await page.request.get(source)).headers()['content-type']).toBe('image/jpeg');
});

test('what one shop says of a holiday is written for the other one, too', async ({ page }) => {
	await prepare(page);
	await signIn(page, 'owner', shop() + '/special');
	await page
		.getByRole('link', { name: /^别的店也一样/ })
		.first()
		.click();
	await expect(page.locator('main input:checked')).toHaveCount(0);
	await inEveryLook(page);
	await page.getByRole('button', { name: '写到选中的店' }).last().click();
	await expect(page.locator('.callout.bad a')).toBeVisible(); // none is chosen
	await page.locator('main input[name="shop"]').first().check({ force: true });
	await page.getByRole('button', { name: '写到选中的店' }).last().click();
	await expect(page.locator('.callout.ok')).toContainText('1 家店里，1 家写好了');
	await inEveryLook(page);
});

test('the pages of a shop pass axe, in large text and dark too, and do not scroll sideways', async ({ page }) => {
	await prepare(page);
	await signIn(page, 'owner', '/my');
	const tasks = ['', 'hours', 'special', 'contact', 'texts', 'goods', 'name', 'category', 'place', 'photos', 'posts', 'insights', 'history', 'print'];
	for (const path of [
		'/my',
		...tasks.map((task) => shop() + (task && `/${task}`)),
		`/my/merchants/${person('owner').merchant_id ?? ''}`,
		'/account',
		'/my/claims',
	]) {
		await page.goto(path);
		await expect(page.locator('h1')).toHaveCount(1);
		await inEveryLook(page);
	}
});

test('a plaque is shown with consent and taken back with one press', async ({ page }) => {
	await prepare(page);
	await signIn(page, 'owner', shop() + '/plaque');
	const address = await publicPage(page, shop());
	await page.goto(shop() + '/plaque');
	const main = page.getByRole('main');
	await page.getByLabel('牌子上写的').fill('文明示范岗');
	await main.getByRole('button', { name: '放上去' }).click();
	await expect(page.locator('#plaque-agree-error')).toBeVisible();
	await expect(page.getByLabel('牌子上写的')).toHaveValue('文明示范岗');
	await inEveryLook(page);
	await main.getByRole('checkbox').check();
	await main.getByRole('button', { name: '放上去' }).click();
	await expect(main).toContainText('放上去了');
	await inEveryLook(page);
	await says(page, address, '文明示范岗');
	await page.goto(shop() + '/plaque');
	await main.getByRole('button', { name: '收回，不再公开' }).click();
	await expect(main).toContainText('收回了');
	await expect(async () => {
		await page.goto(address);
		await expect(main).not.toContainText('文明示范岗', { timeout: 100 });
	}).toPass({ timeout: 10_000 });
});
