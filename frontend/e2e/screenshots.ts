// The pictures of the README, taken by scripts/screenshots.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { paletted } from './palette.ts';
import { allPages, test } from './pages.ts';

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
