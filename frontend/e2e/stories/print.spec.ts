// What shops print themselves: each sheet is one page of its size, in every language of the page round it.
import { withServer } from '../own.ts';
import { expect, languages } from '../pages.ts';
import { person, signIn } from '../people.ts';
import { desk } from '../windows.ts';

// A week before eight days off.
const test = withServer('2026-09-24T10:20:00+08:00');

test.use(desk);

const sheets = [
	['card?size=a6', 298, 420],
	['card?size=a5', 420, 595],
	['hours?size=a5', 420, 595],
	['hours?size=a4', 595, 842],
] as const;

test('card and sign are one sheet each', async ({ page }) => {
	const mine = `/my/shops/${person('staff').listing_ids?.[0] ?? ''}`;
	await signIn(page, 'staff', `${mine}/print`);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('打印');
	await expect(page.locator('.callout.warn').last()).toContainText('还没说开不开');
	await expect(page.locator('a[href*="/print/hours"]')).toHaveCount(2);
	for (const [address, width, height] of sheets) {
		for (const prefix of languages) {
			await page.goto(`${prefix}${mine}/print/${address}`);
			await expect(page.locator('.poster .qr')).toBeVisible();
			const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
			expect(pdf.match(/\/Type\s*\/Page[^s]/g), `${prefix} ${address}`).toHaveLength(1);
			const [, w, h] = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf) ?? [];
			expect([Math.round(Number(w)), Math.round(Number(h))], address).toEqual([width, height]);
		}
	}
});

test('any page is black on white, says when it was printed, and nothing that is true at this minute alone', async ({ page, context, baseURL }) => {
	await context.addCookies([{ name: 'theme', value: 'dark', url: baseURL ?? '' }]);
	await page.emulateMedia({ media: 'print' });
	for (const path of ['/points', '/night', '/streets']) {
		await page.goto(path);
		await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
		await expect(page.locator('.st.open, .st.soon, .st.shut, .live, .cnt').filter({ visible: true }), path).toHaveCount(0);
		await expect(page.locator('.print-only').last()).toContainText(/打印于\s*2026 年 9 月 24 日/);
		const drawn = await page.evaluate(() => {
			const root = getComputedStyle(document.documentElement);
			return [root.colorScheme, ...['--map-road', '--cinnabar', '--line-strong'].map((name) => root.getPropertyValue(name))];
		});
		expect(drawn, path).toEqual(['light', '#fff', '#b22a1f', '#857d6e']);
	}
	await page.goto('/points');
	await page.emulateMedia({ media: 'screen' });
	await expect(page.locator('.st.open, .st.shut').first(), 'else nothing was hidden').toBeVisible();
});
