// What shops put on their pages is public at once and looked at later; and what people spend at a shop, by which customers look.
import { inEveryLook } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { openAs, person } from '../people.ts';

const test = withServer('2026-10-15T10:20:00+08:00', 'serial');

test('a new photo is hidden with one press, and its shop reads why', async ({ browser, own }) => {
	const mine = `/my/shops/${person('rival').listing_ids?.[0] ?? ''}`;
	const shop = await openAs(browser, own, 'rival', `${mine}/photos`);
	const drawn = await shop.screenshot({ type: 'jpeg' });
	await shop.locator('#photo').setInputFiles([
		{ name: '门口.jpg', mimeType: 'image/jpeg', buffer: drawn },
		{ name: '店里.jpg', mimeType: 'image/jpeg', buffer: drawn },
	]);
	await shop.getByRole('button', { name: '传上来' }).last().click();
	await expect(shop.locator('.edit-photos > li')).toHaveCount(2);

	const desk = await openAs(browser, own, 'coordinator', '/desk?kind=photo');
	await desk.getByRole('link', { name: '看照片' }).click();
	await expect(desk.locator('.edit-photos .tag')).toHaveText(['还没看过', '还没看过']);
	await inEveryLook(desk);
	const picture = (await desk.locator('.edit-photos img').first().getAttribute('src')) ?? '';
	await desk.getByRole('button', { name: '不再显示' }).first().click();
	await expect(desk.locator('.callout.bad a')).toBeVisible(); // why is not said
	await desk.getByLabel('照到了别人的脸').check({ force: true });
	await desk.getByRole('button', { name: '不再显示' }).first().click();
	await expect(desk.locator('.callout.ok')).toContainText('不再显示了');
	expect((await desk.request.get(picture)).status()).toBe(404);
	await desk.getByRole('button', { name: '看过了，没问题' }).last().click();
	await expect(desk.locator('.callout.ok')).toBeVisible();

	await shop.goto(`${mine}/photos`);
	await expect(shop.getByRole('main')).toContainText('照到了别人的脸');
	await inEveryLook(shop);
	await shop.getByRole('button', { name: '知道了' }).click();
	await expect(shop.getByRole('main')).not.toContainText('照到了别人的脸');
});

test('customers find a shop by what they spend there', async ({ browser, own }) => {
	const mine = `/my/shops/${person('rival').listing_ids?.[0] ?? ''}`;
	const shop = await openAs(browser, own, 'rival', `${mine}/goods`);
	await shop.getByLabel('人均消费').fill('25');
	await shop.getByRole('button', { name: /^保存/ }).last().click();
	await expect(shop.locator('.callout.ok').first()).toBeVisible();
	const name = (await shop.locator('h1').textContent()) ?? '';

	const visitor = await openAs(browser, own);
	await expect(async () => {
		await visitor.goto('/?price=1');
		await expect(visitor.locator('h2.shop-n a').first()).toHaveText(name.trim(), { timeout: 100 });
	}).toPass();
	await inEveryLook(visitor);
	await visitor.locator('h2.shop-n a').first().click();
	await expect(visitor.getByRole('main')).toContainText('大概 25 元（¥）');
});
