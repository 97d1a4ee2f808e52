// The same ways with script switched off.
import { allPages, expect, test, wide } from './pages.ts';

test.use({ javaScriptEnabled: false });

test('search, filter, order, plan, shop, directions', async ({ page }) => {
	await page.goto('/');
	await page.locator('#q').fill('咖啡');
	await page.getByRole('button', { name: '搜索' }).click();
	await expect(page).toHaveURL((url) => url.searchParams.get('q') === '咖啡');
	const all = Number(await page.locator('.cnt b').textContent());
	expect(all).toBeGreaterThan(10);

	if (!wide(page)) await page.getByRole('link', { name: '在哪里' }).click();
	await page.locator('#f-plaza input').first().check();
	await page.getByRole('button', { name: '按所选筛选' }).click();
	await expect(page).toHaveURL((url) => url.searchParams.get('q') === '咖啡' && url.searchParams.has('plaza'));
	expect(Number(await page.locator('.cnt b').textContent())).toBeLessThan(all);
	await page.goBack();

	await page.locator('.sorts').getByRole('link', { name: '店名' }).click();
	await expect(page).toHaveURL(/sort=name/);
	await page.getByRole('link', { name: '下一页' }).click();
	await expect(page).toHaveTitle(/第 2 页/);

	await page.goto('/?near=31.0081,121.2275&sort=near');
	await page.getByRole('link', { name: '地图' }).click();
	await expect(page.locator('.pin.sel')).toHaveCount(1);
	await page.getByRole('link', { name: '下一家' }).click();
	await expect(page).toHaveURL(/sel=\d+/);
	await page.getByRole('link', { name: '看这家店' }).click();
	await expect(page.locator('.callout .st')).toBeVisible();
	await page.getByRole('link', { name: '怎么走' }).click();
	await expect(page.getByRole('link', { name: '高德地图' })).toBeVisible();
});

test('large text, dark and another language', async ({ page, request }) => {
	const { shop } = await allPages(request);
	await page.goto(shop);
	await page.getByRole('button', { name: '大字' }).click();
	await expect(page).toHaveURL(shop);
	await expect(page.locator('html')).toHaveAttribute('data-size', 'large');
	if (!wide(page)) await page.locator('.menu summary').click();
	await page.getByRole('button', { name: '深色' }).filter({ visible: true }).click();
	await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
	await page.locator('.foot').getByRole('link', { name: 'English' }).click();
	await expect(page).toHaveURL(`/en${shop}`);
});

test('nothing is shown that needs script', async ({ page, request }) => {
	const pages = await allPages(request);
	for (const path of [pages.home, pages.shop, pages.map, pages.favourites, pages.directions]) {
		await page.goto(path);
		for (const module of ['near', 'copy', 'favourite', 'favourites', 'speak', 'offline']) {
			await expect(page.locator(`[data-module=${module}]`).filter({ visible: true }), `${module} on ${path}`).toHaveCount(0);
		}
		await expect(page.locator('.map-z').filter({ visible: true })).toHaveCount(0);
	}
	// The link to pass on is a link: it opens the short address.
	await page.goto(pages.shop);
	await page.getByRole('link', { name: '转发' }).click();
	await expect(page).toHaveURL(pages.shop);
});
