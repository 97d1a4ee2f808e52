// The register of streets and plazas: a coordinator enters a plaza and draws a street, and everybody finds them; a plaza that has closed
// leaves the list, and its old address says so.
import { type Page } from '@playwright/test';
import { inEveryLook } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { openAs } from '../people.ts';

const test = withServer('2026-10-15T10:20:00+08:00');

const main = (page: Page) => page.getByRole('main');

test('a plaza is entered, found, and closed again', async ({ browser, own }) => {
	const desk = await openAs(browser, own, 'coordinator', '/desk/streets');
	await inEveryLook(desk);
	await main(desk).getByRole('link', { name: '登记一个商场' }).click(); // below three long lists
	await expect(desk.locator('#plaza-name')).toBeInViewport();
	await desk.locator('#plaza-name').fill('云间里');
	await desk.locator('#plaza-location').fill('31.0113, 121.2260');
	await desk.locator('#plaza button.btn').click();
	await expect(desk.locator('.callout.ok').first()).toBeVisible();
	await expect(desk).toHaveURL(/\/desk\/plazas\/yun-jian-li/);
	await expect(main(desk).locator('figure.plan svg').first()).toBeVisible();
	await inEveryLook(desk);

	const visitor = await openAs(browser, own);
	await expect(async () => {
		await visitor.goto('/plazas');
		await expect(main(visitor).getByRole('link', { name: '云间里' })).toBeVisible({ timeout: 200 });
	}).toPass({ timeout: 10_000 });

	await desk.locator('#form-end button.btn').click();
	await expect(desk.locator('.callout.ok').first()).toBeVisible();
	await expect(async () => {
		const answer = await visitor.goto('/plazas/yun-jian-li');
		expect(answer?.status()).toBe(200);
		await expect(visitor.locator('.callout.warn').filter({ hasText: '已经关闭' })).toBeVisible({ timeout: 200 });
	}).toPass({ timeout: 10_000 });
	await inEveryLook(visitor);
});

test('a street is drawn: looked at first, then kept', async ({ browser, own }) => {
	const desk = await openAs(browser, own, 'coordinator', '/desk/streets');
	await desk.locator('#street-name').fill('秀野桥路');
	await desk.locator('#street button.btn').click();
	await expect(desk).toHaveURL(/\/desk\/streets\/xiu-ye-qiao-lu/);
	await desk.locator('#line-lines').fill('31.0100, 121.2200\n31.0105, 121.2260');
	await desk.locator('#line-datum').selectOption('gcj02');
	await desk.locator('#form-line button.btn[value="look"]').click();
	await expect(main(desk).locator('.m-marked')).toBeVisible();
	await inEveryLook(desk);
	await desk.locator('#form-line button.btn[value="save"]').click();
	await expect(desk.locator('.callout.ok').first()).toBeVisible();
	await expect(main(desk).locator('.m-marked')).toBeVisible();
});
