// 大字, 深色 and the language: chosen in the header, kept on every page after it, there with the first byte.
import type { Page } from '@playwright/test';
import { allPages, expect, test, wide } from './pages.ts';

const html = (page: Page) => page.locator('html');
const ground = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

async function press(page: Page, name: string) {
	if (!wide(page)) await page.locator('.menu summary').click();
	await page.getByRole('button', { name }).filter({ visible: true }).click();
}

test('large text is one button away and stays', async ({ page, request }) => {
	await page.goto('/?q=银行&sort=name');
	await page.getByRole('button', { name: '大字' }).click();
	await expect(html(page)).toHaveAttribute('data-size', 'large');
	await expect(page).toHaveURL((url) => url.searchParams.get('q') === '银行' && url.searchParams.get('sort') === 'name');
	await page.goto((await allPages(request)).shop);
	await expect(html(page)).toHaveAttribute('data-size', 'large');
	expect(await page.evaluate(() => parseFloat(getComputedStyle(document.body).fontSize))).toBeGreaterThanOrEqual(21);
	await expect(page.getByRole('button', { name: '大字' })).toHaveAttribute('aria-pressed', 'true');
	// The server itself writes it, so nothing changes size after the first paint.
	expect(await (await page.request.get('/help')).text()).toMatch(/<html [^>]*data-size="large"/);
	await page.getByRole('button', { name: '大字' }).click();
	await expect(html(page)).not.toHaveAttribute('data-size');
});

test('dark is chosen in the header and stays, without a flash', async ({ page, request }) => {
	await page.goto('/');
	await expect.poll(() => ground(page)).toBe('rgb(250, 248, 242)');
	await press(page, '深色');
	await expect(html(page)).toHaveAttribute('data-theme', 'dark');
	await expect.poll(() => ground(page)).toBe('rgb(23, 21, 18)');
	await page.goto((await allPages(request)).street);
	await expect.poll(() => ground(page)).toBe('rgb(23, 21, 18)');
	expect(await (await page.request.get('/')).text()).toMatch(/<html [^>]*data-theme="dark"/);
	await press(page, '浅色');
	await expect.poll(() => ground(page)).toBe('rgb(250, 248, 242)');
});

test('without a choice the device decides', async ({ page }) => {
	await page.emulateMedia({ colorScheme: 'dark' });
	await page.goto('/');
	await expect.poll(() => ground(page)).toBe('rgb(23, 21, 18)');
	// The button offers the other one.
	await press(page, '浅色');
	await expect.poll(() => ground(page)).toBe('rgb(250, 248, 242)');
});

test('another language shows the same page', async ({ page, request }) => {
	const { shop } = await allPages(request);
	const switchTo = async (name: string) => {
		if (wide(page)) await page.locator('.foot, .prefs').getByRole('link', { name, exact: true }).first().click();
		else {
			await page.locator('.menu summary').click();
			await page.locator('.menu-nav').getByRole('link', { name, exact: true }).click();
		}
	};
	await page.goto(shop);
	await switchTo('English');
	await expect(page).toHaveURL(`/en${shop}`);
	await expect(html(page)).toHaveAttribute('lang', 'en');
	await expect(page.getByRole('link', { name: 'Directions' })).toBeVisible();
	await switchTo('繁體中文');
	await expect(page).toHaveURL(`/zh-hant${shop}`);
	await expect(page.locator('.week')).toContainText('週四');
	await page.goto('/?q=银行&sort=name');
	await switchTo('English');
	await expect(page).toHaveURL((url) => url.pathname === '/en/' && url.searchParams.get('q') === '银行' && url.searchParams.get('sort') === 'name');
});
