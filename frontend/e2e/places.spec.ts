// Streets, plazas, the night, points.
import { allPages, expect, test } from './pages.ts';

test('a street lists its sides by house number', async ({ page, request }) => {
	await page.goto((await allPages(request)).street);
	for (const [side, rest] of [
		['单号一侧', 1],
		['双号一侧', 0],
	] as const) {
		const plates = await page
			.locator('section', { has: page.getByRole('heading', { name: side }) })
			.locator('.plate')
			.evaluateAll((all) => all.map((plate) => plate.getAttribute('aria-label') ?? ''));
		// 193-197 is at 193; what is in a lane is at the lane's number.
		const numbers = plates.map((label) => Number(/(\d+)/.exec(label.replace(/^\D+/, ''))?.[1]));
		expect(numbers.length).toBeGreaterThan(2);
		expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
		expect(numbers.filter((n) => n % 2 !== rest)).toEqual([]);
	}
	await page.locator('.shop-n a').first().click();
	await expect(page).toHaveURL(/\/shops\//);
	await page.getByRole('link', { name: '中山中路上的店' }).click();
	await expect(page.locator('h1')).toHaveText('中山中路');
});

test('a plaza lists its floors from the street up, and says what nobody has checked', async ({ page, request }) => {
	await page.goto((await allPages(request)).plaza);
	const floors = await page.locator('.t-body h2:not(.shop-n)').allTextContents();
	expect(floors.length).toBeGreaterThan(1);
	expect(floors.at(-1)).toBe('楼层还没有核对的');
	await expect(page.locator('.cnt b')).toHaveText(String(await page.locator('.t-body .shop').count()));
});

test('the night shows who is still open', async ({ page }) => {
	await page.goto('/night');
	const closing = await page.locator('.shop p > .num').allTextContents();
	expect(closing.length).toBeGreaterThan(3);
	for (const text of closing) expect(text).toMatch(/^(2\d|19):\d\d 打烊$|24 小时|次日/);
	await page.getByRole('link', { name: /晚上 10 点后/ }).click();
	await expect(page).toHaveURL(/after=22/);
	await expect(page.locator('h1')).toHaveText('夜里还开');
	await expect(page.locator('main')).not.toBeEmpty();
});

test('points are grouped, and the chips lead to the groups', async ({ page }) => {
	await page.goto('/points');
	for (const chip of await page.locator('main a.chipbtn').all()) {
		const target = page.locator((await chip.getAttribute('href')) ?? 'none');
		await expect(target).toHaveCount(1);
		const said = Number(/\d+/.exec((await chip.textContent()) ?? '')?.[0]);
		expect(await page.locator('section', { has: target }).locator('.places > li').count()).toBe(said);
	}
	await page.locator('main a.chipbtn').nth(1).click();
	await expect(page.locator('section h2').nth(1)).toBeInViewport();
});

test('a pin of the plan leads to its point in the list', async ({ page }) => {
	await page.goto('/points');
	const pin = page.locator('.plan .pin').last();
	const to = (await pin.getAttribute('data-href')) ?? 'none';
	const number = (await pin.locator('text').textContent()) ?? '';
	await expect(page.locator(to).locator('.num').first()).toHaveText(number);
	await pin.dispatchEvent('click');
	await expect(page.locator(to)).toBeInViewport();
});
