// The street plan instead of the list, and the shops near the visitor.
import type { Page } from '@playwright/test';
import { expect, test, wide } from './pages.ts';

/** The middle of the district: what is near it has pins. */
const centre = 'near=31.0081,121.2275&sort=near';

const chosen = (page: Page) => page.getByRole('region', { name: '选中的店' }).or(page.locator('section:has(> .acts)')).first();

test('list and plan are two views of one search', async ({ page }) => {
	await page.goto(`/?${centre}`);
	await page.getByRole('link', { name: '地图' }).click();
	await expect(page).toHaveURL((url) => url.searchParams.get('view') === 'map' && url.searchParams.has('near'));
	await expect(page.locator('.pin.sel')).toHaveCount(1);
	expect(await page.locator('.pin').count()).toBeGreaterThan(5);
	await page.getByRole('link', { name: '列表' }).click();
	await expect(page).toHaveURL((url) => !url.searchParams.has('view') && url.searchParams.has('near'));
});

test('the next and the previous shop, by button and by pin', async ({ page }) => {
	await page.goto(`/?view=map&${centre}`);
	const name = () => chosen(page).locator('.shop-n').textContent();
	const first = await name();
	await chosen(page).getByRole('link', { name: '下一家' }).click();
	await expect.poll(name).not.toBe(first);
	await chosen(page).getByRole('link', { name: '上一家' }).click();
	await expect.poll(name).toBe(first);

	const pin = page.locator('.pin:not(.sel)').last();
	const number = await pin.locator('text').textContent();
	await pin.dispatchEvent('click');
	await expect(page.locator('.pin.sel text')).toHaveText(number ?? '');
	await expect(page).toHaveURL(new RegExp(`sel=${number ?? ''}`));
	await page.goBack();
	await expect.poll(name).toBe(first);

	await chosen(page).getByRole('link', { name: '看这家店' }).click();
	await expect(page).toHaveURL(/\/shops\//);
	await expect(page.locator('h1')).toHaveText(first?.trim() ?? '');
});

test('zoom by button and by key; pins keep their size', async ({ page }) => {
	await page.goto(`/?view=map&${centre}`);
	const plan = page.locator('.mapbox > svg').first();
	const box = async () => (await plan.getAttribute('viewBox'))?.split(' ').map(Number) ?? [];
	const pin = page.locator('.pin.sel circle');
	const whole = await box();
	const before = await pin.boundingBox();
	await page.locator('[data-do=in]:visible').click();
	expect((await box())[2]).toBeLessThan(whole[2] ?? 0);
	await plan.focus();
	await page.keyboard.press('+');
	await page.keyboard.press('ArrowRight');
	const after = await pin.boundingBox();
	expect(after?.width).toBeCloseTo(before?.width ?? 0, 0);
	await page.locator('[data-do=all]:visible').click();
	expect(await box()).toEqual(whole);
});

test('the plan beside the list leads to the shops', async ({ page }) => {
	test.skip(!wide(page), 'a narrow window has no room beside the list');
	await page.goto(`/?${centre}`);
	const pin = page.locator('aside .pin').first();
	await pin.dispatchEvent('click');
	await expect(page).toHaveURL(/\/shops\//);
});

test('near me, granted', async ({ page, context }) => {
	await context.grantPermissions(['geolocation']);
	await context.setGeolocation({ latitude: 31.008123, longitude: 121.227456 });
	await page.goto('/?q=银行&page=2');
	await page.getByRole('button', { name: '离我近的' }).filter({ visible: true }).click();
	await expect(page).toHaveURL(
		(url) => url.searchParams.get('near') === '31.0081,121.2275' && url.searchParams.get('sort') === 'near' && !url.searchParams.has('page'),
	);
	const minutes = (await page.locator('#found .shops .meta .num').allTextContents()).map((t) => Number(/(\d+) 分钟/.exec(t)?.[1]));
	expect(minutes.length).toBeGreaterThan(10);
	expect(minutes).toEqual([...minutes].sort((a, b) => a - b));
});

test('near me, refused', async ({ page }) => {
	await page.goto('/');
	const button = page.getByRole('button', { name: '离我近的' }).filter({ visible: true });
	await button.click();
	await expect(page.locator('.near [role=status]').filter({ visible: true })).toContainText('没有拿到位置');
	await expect(button).not.toHaveAttribute('aria-busy', 'true');
	await expect(page).toHaveURL('/');
});
