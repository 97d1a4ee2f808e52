// What the first screen of a phone shows.
import type { Locator } from '@playwright/test';
import { allPages, expect, test, wide } from './pages.ts';

const bottom = async (l: Locator) => {
	const box = await l.boundingBox();
	return box ? box.y + box.height : Infinity;
};

test('the first screen', async ({ page, request }) => {
	test.skip(wide(page), 'of a phone');
	const pages = await allPages(request);
	for (const path of [pages.home, '/?q=咖啡&open=now']) {
		await page.goto(path);
		for (const part of ['.search', '.filters', '.cnt', '.shops > li:nth-child(2)']) {
			expect(await bottom(page.locator(part).first()), `${part} on ${path}`).toBeLessThanOrEqual(844);
		}
	}
	for (const path of [pages.shop, pages['shop with a number']]) {
		await page.goto(path);
		for (const part of ['h1', '.callout .st', '.acts']) {
			expect(await bottom(page.locator(part).first()), `${part} on ${path}`).toBeLessThanOrEqual(844);
		}
	}
});
