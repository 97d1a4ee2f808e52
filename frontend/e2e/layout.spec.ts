// What the first screen of a phone shows, and how large the things are that a finger has to hit.
import type { Locator, Page } from '@playwright/test';
import { allPages, expect, names, test, wide } from './pages.ts';

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

for (const [size, least] of [
	['normal', 44],
	['large', 60],
] as const) {
	test(`targets of ${least} px in ${size} text`, async ({ page, request }) => {
		const pages = await allPages(request);
		for (const name of names) {
			await page.goto(pages[name]);
			if (size === 'large') await page.evaluate(() => (document.documentElement.dataset.size = 'large'));
			if (!wide(page)) {
				await page.locator('.menu summary').click();
				// Each group of filters shows when its chip leads to it.
				if (name === 'home') await page.evaluate(() => (location.hash = '#f-group'));
			}
			expect(await small(page, least), name).toEqual([]);
		}
	});
}

/** The controls that are lower or narrower than that. Links inside text may be 24 px (axe looks at those). */
function small(page: Page, least: number): Promise<string[]> {
	return page.evaluate((px) => {
		const controls = '.btn, .chipbtn, .seg a, .search input[type=search], .search button, .opt, .site-nav a, .menu-nav a, .pages a, .shop, .places > li, .inp';
		return [...document.querySelectorAll<HTMLElement>(controls)]
			.filter((e) => e.checkVisibility())
			.map((e) => ({ e, box: e.getBoundingClientRect() }))
			.filter(({ box }) => box.height < px - 0.5 || box.width < Math.min(px, 44) - 0.5)
			.map(({ e, box }) => `${e.className} “${e.textContent.trim().slice(0, 12)}” ${Math.round(box.width)} × ${Math.round(box.height)}`);
	}, least);
}
