// The register as a whole: a shop is found to be there already while it is typed, two pages become one and the old QR code still leads
// to the shop, and the hours of several shops are changed with a preview and taken back.
import { type Page } from '@playwright/test';
import { inEveryLook } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { openAs } from '../people.ts';

const test = withServer('2026-10-15T10:20:00+08:00');

const main = (page: Page) => page.getByRole('main');
const press = (page: Page, name: string) => main(page).getByRole('button', { name, exact: true }).last().click();

/** Enters a shop at the desk and returns its shop code. */
async function enter(page: Page, name: string): Promise<string> {
	await page.goto('/desk/shops/new');
	await page.locator('#name').fill(name);
	await page.locator('#category_id').selectOption({ index: 1 });
	await page.locator('[name="address.line"]').fill('中山中路 8888 号');
	await page.locator('#phones').fill('021-57819999');
	await press(page, '登记并公开');
	const anyway = main(page).getByRole('button', { name: '不是同一家，仍然新建' });
	if (await anyway.isVisible()) await anyway.click();
	await expect(page.locator('.callout.ok').first()).toBeVisible();
	return /N[A-Z0-9]{9}/.exec((await main(page).textContent()) ?? '')?.[0] ?? '';
}

test('a shop that is there is named while it is typed; two pages become one, and the old QR code leads there', async ({ browser, own }) => {
	const desk = await openAs(browser, own, 'coordinator', '/desk/shops/new');
	await enter(desk, '云间老面馆');
	await desk.goto('/desk/shops/new');
	await desk.locator('#name').fill('云涧老面馆');
	await expect(desk.locator('.twins')).toContainText('云间老面馆');
	await inEveryLook(desk);
	const code = await enter(desk, '云间老面馆（中山店）');
	expect(code).not.toBe('');

	await desk.goto('/desk/duplicates');
	await main(desk)
		.getByRole('link', { name: /云间老面馆/ })
		.first()
		.click();
	await inEveryLook(desk);
	await main(desk).locator('label.opt').filter({ hasText: '云间老面馆', hasNotText: '中山店' }).click();
	await press(desk, '是同一家，提议合并');
	await expect(desk.locator('.callout.ok').first()).toBeVisible();

	const second = await openAs(browser, own, 'second', '/desk/signatures');
	await main(second).getByRole('link', { name: /合并/ }).first().click();
	await inEveryLook(second);
	await press(second, '同意，就这样办');
	await expect(second.locator('.callout.ok').first()).toBeVisible();

	const visitor = await openAs(browser, own);
	await expect(async () => {
		await visitor.goto(`/s/${code}`);
		await expect(visitor.locator('h1')).toHaveText('云间老面馆', { timeout: 200 });
	}).toPass({ timeout: 10_000 });
});

test('the hours of several shops are changed with a preview, and taken back', async ({ browser, own, later }) => {
	const desk = await openAs(browser, own, 'coordinator', '/desk/shops?owner=yes');
	await inEveryLook(desk);
	const boxes = main(desk).locator('input[name="shop"]');
	await boxes.nth(0).check({ force: true });
	await boxes.nth(1).check({ force: true });
	await press(desk, '改选中的店');
	await inEveryLook(desk);
	await desk.locator('input[name="field"][value="hours"]').check({ force: true });
	await desk.locator('#hours').fill('10:00-22:00');
	await press(desk, '先看改了会怎样');
	await expect(main(desk)).toContainText('→');
	await inEveryLook(desk);
	await press(desk, '就这样改');
	await expect(desk.locator('.callout.ok').first()).toContainText('改好了 2 家');
	await press(desk, '全部改回去');
	await expect(desk.locator('.callout.ok').first()).toContainText('撤回了 2 家');
	await desk.goto('/desk/stale?months=3');
	await inEveryLook(desk);

	// A round asks the owners, who answer by a link without signing in.
	await main(desk).locator('form[action*="/desk/stale"] button').last().click();
	await expect(desk.locator('.callout.ok').first()).toBeVisible();
	await later('2026-10-15T11:20:00+08:00'); // what is asked leaves by the hour
	const owner = await openAs(browser, own);
	let link = '';
	await expect(async () => {
		link = /http:\/\/localhost:\d+(\/confirm\/[\w.-]+)/.exec(await (await owner.request.get('/outbox')).text())?.[1] ?? '';
		expect(link).not.toBe('');
	}).toPass({ timeout: 10_000 });
	await owner.goto(link);
	await expect(main(owner).locator('form')).toBeVisible();
	await inEveryLook(owner);
});
