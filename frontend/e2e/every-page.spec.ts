// What holds on every page: no accessibility finding in any theme and text size, no sideways scrolling, one heading, the right language.
import axe from 'axe-core';
import type { Page } from '@playwright/test';
import { allPages, expect, langOf, languages, names, test } from './pages.ts';

const modes = [
	['light', ''],
	['dark', 'large'],
	['dark', ''],
	['light', 'large'],
] as const;

for (const prefix of languages) {
	for (const name of names) {
		test(`${name} ${langOf[prefix]}`, async ({ page, request }, info) => {
			await page.goto(prefix + (await allPages(request))[name]);
			await expect(page.locator('html')).toHaveAttribute('lang', langOf[prefix]);
			await expect(page.locator('h1')).toHaveCount(1);
			await page.evaluate(axe.source);
			// A wide window shows the same colours and words: two of the four looks are enough there.
			for (const [theme, size] of info.project.name === 'phone' ? modes : modes.slice(0, 2)) {
				await look(page, theme, size);
				const found = await page.evaluate(async () => {
					const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
					const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run({ runOnly: tags, resultTypes: ['violations'] });
					return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`);
				});
				expect(found, `${theme} ${size || 'normal'}`).toEqual([]);
			}
		});
	}
}

for (const name of names) {
	test(`${name} does not scroll sideways`, async ({ page, request }, info) => {
		test.skip(info.project.name !== 'phone', 'the width is set here');
		const path = (await allPages(request))[name];
		for (const prefix of languages) {
			await page.setViewportSize({ width: 320, height: 700 });
			await page.goto(prefix + path);
			await look(page, 'light', 'large');
			expect(await overflow(page), `${langOf[prefix]}, large text, 320 px`).toEqual([]);
			await page.setViewportSize({ width: 390, height: 844 });
			await look(page, 'light', '');
			await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
			expect(await overflow(page), `${langOf[prefix]}, text at 200 %, 390 px`).toEqual([]);
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
