// What everybody sees of a notice: on the home page, in the list, on its own page and on paper, in light, dark and large text; and that
// nothing of what somebody writes into one is run.
import { type Page } from '@playwright/test';
import { attacks, harmless } from '../attacks.ts';
import { inEveryLook, prepare } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { openAs } from '../people.ts';

const test = withServer('2026-10-15T10:20:00+08:00');

const title = '中山中路 10 月 20 日停水<svg onload=hit(0)>';

const press = (page: Page, name: string | RegExp) => page.getByRole('main').getByRole('button', { name }).last().click();

test('a notice is read on the screen and on paper, and an emergency on every page', async ({ browser, own, page }) => {
	const desk = await openAs(browser, own, 'coordinator', '/desk/notices/new');
	await desk.locator('input[name="title"]').fill(title);
	await desk.locator('textarea[name="text"]').fill(`10 月 20 日 9:00 至 17:00，中山中路停水。\n\n- 存好水\n- 关好龙头\n\n${attacks.join('\n\n')}`);
	await desk.locator('input[value="everybody"]').check({ force: true });
	await desk.locator('input[value="open_as_usual"]').check({ force: true });
	await desk.locator('select[name="audience.streets"]').first().selectOption({ label: '中山中路' });
	await desk.locator('input[name="from.day"]').fill('2026-10-20');
	await desk.locator('input[name="until.day"]').fill('2026-10-20');
	await desk.locator('select[name="until.at"]').selectOption({ label: '17:00' });
	await press(desk, '存好');
	await press(desk, '马上公开');
	await expect(desk.locator('.callout.ok').first()).toBeVisible();

	await prepare(page);
	await expect(async () => {
		await page.goto('/notices'); // what is written shows within a fifth of a second
		await expect(page.getByRole('link', { name: title })).toBeVisible({ timeout: 100 });
	}).toPass();
	await inEveryLook(page);
	await page.getByRole('link', { name: title }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
	await expect(page.getByRole('main')).toContainText('关好龙头');
	const open = await browser.newContext({ baseURL: own, locale: 'zh-CN', bypassCSP: true, serviceWorkers: 'allow' });
	await harmless(await open.newPage(), new URL(page.url()).pathname, '.article .prose');
	await open.close();
	await inEveryLook(page);
	await page.reload(); // in the size that people print in, without the attacks: as long as notices are
	await page.locator('.article .prose > ul ~ *').evaluateAll((list) => {
		for (const one of list) one.remove();
	});
	const pdf = (await page.pdf({ preferCSSPageSize: true, format: 'A4' })).toString('latin1');
	expect(pdf.match(/\/Type\s*\/Page[^s]/g)).toHaveLength(1);
	await page.emulateMedia({ media: 'print' });
	expect(await page.locator('.article .prose').evaluate((e) => getComputedStyle(e).fontSize)).toBe('18.6667px'); // 14 pt
	await page.emulateMedia({ media: 'screen' });

	await desk.goto('/desk/notices/emergency');
	await desk.locator('input[name="title"]').fill('中山中路燃气泄漏');
	await desk.locator('textarea[name="instruction"], input[name="instruction"]').first().fill('关好燃气阀，从南门离开');
	await desk.locator('select[name="area"]').selectOption({ label: '中山中路' });
	await desk.getByRole('main').locator('form').last().getByRole('button').last().click();
	await expect(desk).toHaveURL(/\/desk\/notices\/[^/]+\?/);
	for (const path of ['/', '/help']) {
		await page.goto(path);
		await expect(page.locator('.emergency')).toContainText('关好燃气阀');
		await inEveryLook(page);
	}
	await desk.context().close();
});
