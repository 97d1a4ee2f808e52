// What holds on every page: no accessibility finding in any theme and text size, no sideways scrolling, one heading, the right language,
// and what a finger has to hit is large enough.
import type { Page } from '@playwright/test';
import { Asked, prepare } from './axe.ts';
import { allPages, expect, langOf, languages, names, test } from './pages.ts';
import { desk, phone } from './windows.ts';

// The project for wide windows leaves this file out: both widths are set here, so that a page is loaded once for both.
// A wide window shows the same colours and words: two of the four looks are enough there. Traditional characters are as wide as
// simplified ones and in the same places: their words are asked about, and in the look that differs most.
const windows = [
	{
		...phone.viewport,
		looks: [
			['light', ''],
			['light', 'large'],
			['dark', 'large'],
			['dark', ''],
		],
	},
	{
		...desk.viewport,
		looks: [
			['light', ''],
			['dark', 'large'],
		],
	},
] as const;

for (const name of names) {
	test(name, async ({ page, request }) => {
		const path = (await allPages(request))[name];
		await prepare(page);
		for (const prefix of languages) {
			const lang = langOf[prefix];
			await page.goto(prefix + path);
			await expect(page.locator('html')).toHaveAttribute('lang', lang);
			await expect(page.locator('h1')).toHaveCount(1);
			const asked = new Asked({ everyText: prefix === '' });
			for (const { width, height, looks } of windows) {
				await page.setViewportSize({ width, height });
				for (const [theme, size] of prefix === '/zh-hant' ? [looks[width < 960 ? 0 : 1]] : looks) {
					await look(page, theme, size);
					const what = `${lang}, ${width} px, ${theme}, ${size || 'normal'} text`;
					expect(await asked.findings(page), what).toEqual([]);
					if (prefix === '') expect(await small(page, size === 'large' ? 60 : 44), what).toEqual([]);
				}
			}
			await page.setViewportSize({ width: 320, height: 700 });
			await look(page, 'light', 'large');
			expect(await overflow(page), `${lang}, large text, 320 px`).toEqual([]);
			await page.setViewportSize({ width: 390, height: 844 });
			await look(page, 'light', '');
			await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
			expect(await overflow(page), `${lang}, text at 200 %, 390 px`).toEqual([]);
		}
	});
}

/** Theme and size are attributes the server writes from cookies; setting them is the same page without loading it again. */
function look(page: Page, theme: string, size: string): Promise<void> {
	return page.evaluate(
		([t = '', s = '']) => {
			document.documentElement.dataset.theme = t;
			if (s) document.documentElement.dataset.size = s;
			else delete document.documentElement.dataset.size;
		},
		[theme, size],
	);
}

/**
 * The controls that are lower or narrower than that, with the menu open and each group of filters shown. Links inside text may be
 * 24 px (axe looks at those).
 */
function small(page: Page, least: number): Promise<string[]> {
	return page.evaluate((px) => {
		const controls = '.btn, .chipbtn, .seg a, .search input[type=search], .search button, .opt, .site-nav a, .menu-nav a, .pages a, .shop, .places > li, .inp';
		const closed = [...document.querySelectorAll<HTMLDetailsElement>('.menu:not([open])')];
		for (const e of closed) e.open = true;
		const folded = document.querySelector('#filter'); // on a phone the groups of filters show where the address leads to them
		if (folded) location.hash = '#filter';
		const found = [...document.querySelectorAll<HTMLElement>(controls)]
			.filter((e) => e.checkVisibility())
			.map((e) => ({ e, box: e.getBoundingClientRect() }))
			.filter(({ box }) => box.height < px - 0.5 || box.width < Math.min(px, 44) - 0.5)
			.map(({ e, box }) => `${e.className} “${e.textContent.trim().slice(0, 12)}” ${Math.round(box.width)} × ${Math.round(box.height)}`);
		const shown = document.querySelector<HTMLElement>('#filter .opt')?.checkVisibility();
		if (shown === false) found.push('the groups of filters are not shown');
		for (const e of closed) e.open = false;
		if (folded) location.hash = '';
		return found;
	}, least);
}

/** The elements that stick out to the right, outermost first; empty when the page does not scroll sideways. */
function overflow(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const room = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= room) return [];
		return [...document.querySelectorAll('body *')]
			.filter((e) => e.getBoundingClientRect().right > room + 1)
			.slice(0, 5)
			.map((e) => `${e.tagName.toLowerCase()}.${e.getAttribute('class') ?? ''} to ${Math.round(e.getBoundingClientRect().right)} of ${room}`);
	});
}
