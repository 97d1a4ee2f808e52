// What shops print themselves: each sheet is one page of its size, in every language of the page round it.
import { withServer } from './own.ts';
import { expect, languages } from './pages.ts';
import { person, signIn } from './people.ts';

// A week before eight days off.
const test = withServer('2026-09-24T10:20:00+08:00');

const sheets = [
	['card?size=a6', 298, 420],
	['card?size=a5', 420, 595],
	['hours?size=a5', 420, 595],
	['hours?size=a4', 595, 842],
] as const;

test('card and sign are one sheet each', async ({ page }, info) => {
	test.skip(info.project.name !== 'desktop', 'a sheet has one width');
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
