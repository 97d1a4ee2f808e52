// What holds on every page: no accessibility finding in any theme and text size, no sideways scrolling, one heading, the right language.
import type { Page } from '@playwright/test';
import { Asked, prepare } from './axe.ts';
import { allPages, expect, langOf, languages, names, test } from './pages.ts';

// The project for wide windows leaves this file out: both widths are set here, so that a page is loaded once for both.
// A wide window shows the same colours and words: two of the four looks are enough there. Traditional characters are as wide as
// simplified ones and in the same places: their words are asked about, and in the look that differs most.
const windows = [
	{
		width: 390,
		height: 844,
		looks: [
			['light', ''],
			['light', 'large'],
			['dark', 'large'],
			['dark', ''],
		],
	},
	{
		width: 1280,
		height: 800,
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
					expect(await asked.findings(page), `${lang}, ${width} px, ${theme}, ${size || 'normal'} text`).toEqual([]);
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
