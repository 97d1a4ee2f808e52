// The pictures of the README, taken by scripts/screenshots.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { paletted } from './palette.ts';
import { allPages, test } from './pages.ts';
import { type Who, person, signIn } from './people.ts';

const folder = fileURLToPath(new URL('../screenshots/', import.meta.url));

for (const name of ['home', 'search', 'map', 'shop'] as const) {
	for (const [width, height, deviceScaleFactor] of [
		[390, 844, 2],
		[1280, 860, 1],
	] as const) {
		test(`${name} ${width}`, async ({ browser, request, baseURL }) => {
			const { home, shop } = await allPages(request);
			const path = { home, search: '/?q=咖啡&open=now', map: '/?view=map&near=31.0081,121.2275&sort=near', shop }[name];
			const context = await browser.newContext({ baseURL: baseURL ?? '', viewport: { width, height }, deviceScaleFactor, locale: 'zh-CN' });
			const page = await context.newPage();
			await page.goto(path);
			const png = await page.screenshot({ animations: 'disabled' });
			await mkdir(folder, { recursive: true });
			await writeFile(`${folder}${name}-${width}.png`, await paletted(png, await browser.newPage()));
			await context.close();
		});
	}
}

// What people who sign in see: the shop of its owner and the editor of its hours on a phone, the queue of the district and the
// overview of the liaison on a desk.
for (const [name, who, width, height, deviceScaleFactor] of [
	['portal', 'owner', 390, 844, 2],
	['hours', 'owner', 390, 844, 2],
	['desk', 'coordinator', 1280, 860, 1],
	['liaison', 'liaison', 1280, 860, 1],
] as [string, Who, number, number, number][]) {
	test(`${name} ${String(width)}`, async ({ browser, baseURL }) => {
		const context = await browser.newContext({ baseURL: baseURL ?? '', viewport: { width, height }, deviceScaleFactor, locale: 'zh-CN' });
		const page = await context.newPage();
		const shop = `/my/shops/${person('owner').listing_ids?.[0] ?? ''}`;
		if (name === 'desk') {
			const visitor = await browser.newContext({ baseURL: baseURL ?? '' });
			for (const [reason, query] of [
				['hours', '咖啡'],
				['moved', '银行'],
				['phone', '药店'],
			]) {
				const look = await visitor.newPage();
				await look.goto(`/?q=${query ?? ''}`);
				await look.goto(((await look.locator('h2.shop-n a').first().getAttribute('href')) ?? '') + '/report');
				await look.locator(`input[name="reason"][value="${reason ?? ''}"]`).check({ force: true });
				await look.locator('input[name="reason"]').first().press('Enter');
				await look.close();
			}
			await visitor.close();
		}
		await signIn(page, who, { portal: shop, hours: `${shop}/hours`, desk: '/desk', liaison: '/liaison' }[name]);
		const png = await page.screenshot({ animations: 'disabled' });
		await writeFile(`${folder}${name}-${String(width)}.png`, await paletted(png, await browser.newPage()));
		await context.close();
	});
}
