// The page of a shop: open or not, ring, go, copy, pass on, keep, print.
import jsQR from 'jsqr';
import type { Page } from '@playwright/test';
import { allPages, expect, test } from './pages.ts';

test('says whether it is open and until when', async ({ page, request }) => {
	await page.goto((await allPages(request)).shop);
	await expect(page.locator('.callout .st')).toHaveText(/营业中|快打烊/);
	await expect(page.locator('.callout .num').first()).toHaveText(/^\d{1,2}:\d\d 打烊$/);
	await expect(page.locator('.week .today')).toContainText('周四');
	await expect(page.locator('.week tr')).toHaveCount(8);
	await expect(page.locator('.week tr').last()).toHaveText(/节假日\s*时间待确认/);
});

test('the number is dialled as it is shown', async ({ page, request }) => {
	await page.goto((await allPages(request))['shop with a number']);
	const call = page.getByRole('link', { name: '打电话' });
	await expect(call).toHaveAttribute('href', /^tel:\+86\d{10,11}$/);
	const dialled = (await call.getAttribute('href'))?.replace(/\D/g, '') ?? '';
	const shown = (await call.locator('.vh').textContent())?.replace(/\D/g, '').replace(/^0/, '') ?? '';
	expect(shown.length).toBeGreaterThan(6);
	expect(dialled).toMatch(new RegExp(`${shown}$`));
});

test('the way, by each map service in its own numbers', async ({ page, request }) => {
	await page.goto((await allPages(request)).shop);
	await page.getByRole('link', { name: '怎么走' }).click();
	await expect(page).toHaveURL(/\/go$/);
	const links: Record<string, string> = {};
	for (const a of await page.locator('main ul a.btn').all()) links[(await a.textContent())?.trim() ?? ''] = (await a.getAttribute('href')) ?? '';
	const pair = (href: string, pattern: RegExp) => pattern.exec(href)?.slice(1, 3).map(Number) ?? [];
	const amap = pair(links['高德地图'] ?? '', /to=([\d.]+),([\d.]+),/);
	const baidu = pair(links['百度地图'] ?? '', /latlng:([\d.]+),([\d.]+)%7C/);
	const tencent = pair(links['腾讯地图'] ?? '', /tocoord=([\d.]+),([\d.]+)/);
	const apple = pair(links['苹果地图'] ?? '', /daddr=([\d.]+),([\d.]+)/);
	const phone = pair(links['手机自带的地图'] ?? '', /^geo:([\d.]+),([\d.]+)/);
	expect(amap[0]).toBeGreaterThan(121); // longitude first
	expect(tencent).toEqual([amap[1], amap[0]]);
	expect(apple).toEqual(tencent);
	expect(baidu[0]).toBeGreaterThan(tencent[0] ?? 99); // BD-09 lies north-east of GCJ-02
	expect(phone[0]).toBeGreaterThan(30.8);
	expect(phone).not.toEqual(tencent); // WGS-84
	await expect(page.locator('a[href*=Zgotmpl]')).toHaveCount(0);
});

test('copies the address', async ({ page, request, context }) => {
	await context.grantPermissions(['clipboard-read', 'clipboard-write']);
	await page.goto((await allPages(request)).shop);
	const button = page.getByRole('button', { name: '复制地址' });
	await button.click();
	await expect(page.locator('dd .said')).not.toBeEmpty();
	const copied = await page.evaluate(() => navigator.clipboard.readText());
	expect(copied).toMatch(/路|街|弄|号/);
	expect(await page.locator('.facts').first().textContent()).toContain(copied);
});

test('passes on a short address that leads back', async ({ page, request, context, baseURL }) => {
	await context.grantPermissions(['clipboard-read', 'clipboard-write']);
	const path = (await allPages(request)).shop;
	await page.goto(path);
	await page.getByRole('link', { name: '转发' }).click();
	await expect(page.locator('.acts .said')).not.toBeEmpty();
	const copied = await page.evaluate(() => navigator.clipboard.readText());
	expect(copied).toMatch(new RegExp(`^${baseURL ?? ''}/s/[A-Z0-9]+$`));
	await page.goto(copied);
	await expect(page).toHaveURL(path);
});

test('opens the sheet of the browser where there is one', async ({ page, request }) => {
	await page.addInitScript(() => {
		navigator.share = (data) => {
			(globalThis as { shared?: ShareData }).shared = data ?? {};
			return Promise.resolve();
		};
	});
	await page.goto((await allPages(request)).shop);
	const name = await page.locator('h1').textContent();
	await page.getByRole('link', { name: '转发' }).click();
	const shared = await page.evaluate(() => (globalThis as { shared?: ShareData }).shared);
	expect(shared?.title).toContain(name);
	expect(shared?.url).toMatch(/\/s\/[A-Z0-9]+$/);
});

test('is kept without an account, and the kept ones are shared by a link', async ({ page, request, browser, baseURL }) => {
	const pages = await allPages(request);
	const names: string[] = [];
	for (const path of [pages.shop, pages['shop with a number']]) {
		await page.goto(path);
		names.push((await page.locator('h1').textContent()) ?? '');
		const star = page.getByRole('button', { name: '收藏' });
		await star.click();
		await expect(star).toHaveAttribute('aria-pressed', 'true');
		await expect(star).toHaveText('收藏了');
	}
	await page.goto('/favourites');
	const mine = page.locator('main [data-module=favourites]');
	await expect(mine).toContainText('2');
	await mine.click();
	await expect(page).toHaveURL(/ids=/);
	await expect(page.locator('.shops .shop')).toHaveCount(2);

	const other = await browser.newContext({ baseURL: baseURL ?? '' });
	const friend = await other.newPage();
	await friend.goto(page.url());
	for (const name of names) await expect(friend.locator('.shops')).toContainText(name);
	await other.close();

	await page.goto(pages.shop);
	await page.getByRole('button', { name: '收藏' }).click();
	await page.goto('/favourites');
	await expect(mine).toContainText('1');
});

test('prints without what only works on a screen', async ({ page, request }) => {
	await page.goto((await allPages(request)).shop);
	await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
	for (const gone of ['.site-nav', '.prefs', '.acts', '.plan', '.callout .st', '.foot nav', '.week .now', 'main button', '.btn']) {
		await expect(page.locator(gone).filter({ visible: true }), gone).toHaveCount(0);
	}
	await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
	await expect(page.locator('.print-only')).toHaveText(/打印于\s*\d{4}年\d{1,2}月\d{1,2}日.*http:\/\/localhost:\d+\/s\/[A-Z\d]+$/);
	await expect(page.locator('.week')).toBeVisible();
	await expect(page.locator('.facts').first()).toBeVisible();
	expect(await page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color])).toEqual([
		'rgb(255, 255, 255)',
		'rgb(0, 0, 0)',
	]);
});

/** The longest names of the sample district, where a sheet would begin a second page. */
const longest = ['上海奇瑞4S店', '仓桥农村信用合作社玉树路分社', '上海农村商业银行中山中路分理处'];

const street = '/streets/zhongshan-zhonglu';

for (const [size, points] of [
	['a5', [420, 595]],
	['a4', [595, 842]],
] as const) {
	test(`the poster is one ${size.toUpperCase()} sheet, and its code leads to the shop`, async ({ page, request }, info) => {
		test.skip(info.project.name !== 'desktop', 'a sheet has one width');
		const path = (await allPages(request)).shop;
		await page.goto(`${path}/poster?size=${size}`);
		const code = (await decoded(page)) ?? '';
		expect(code).toMatch(/\/s\/[A-Z0-9]+$/);
		const answer = await page.request.get(code, { maxRedirects: 0 });
		expect(answer.status()).toBe(302);
		expect(answer.headers().location).toContain(path);
		const modules = await page.locator('.qr').evaluate((e) => e.getBoundingClientRect().width / (96 / 25.4));
		expect(modules, 'millimetres with the margin').toBeGreaterThanOrEqual(60);

		const paths = [path, street, (await allPages(request)).plaza];
		for (const words of longest) {
			const html = await (await request.get(`/?q=${encodeURIComponent(words)}`)).text();
			paths.push(/<h2 class="shop-n">.*?href="(\/shops\/[a-z0-9-]+)"/.exec(html)?.[1] ?? path);
		}
		await page.goto(`${street}/poster?size=${size}`);
		expect(await decoded(page), 'the code of a street').toMatch(new RegExp(`:\\d+${street}$`));
		for (const p of new Set(paths)) {
			await page.goto(`${p}/poster?size=${size}`);
			const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1');
			expect(pdf.match(/\/Type\s*\/Page[^s]/g), p).toHaveLength(1);
			const [, w, h] = /\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/.exec(pdf) ?? [];
			expect([Math.round(Number(w)), Math.round(Number(h))]).toEqual(points);
		}
	});
}

/** What a camera reads from the code, in the dark theme too: the page's own pixels, decoded. */
async function decoded(page: Page): Promise<string | undefined> {
	await page.emulateMedia({ colorScheme: 'dark' });
	const picture = (await page.locator('.qr svg').screenshot()).toString('base64');
	const blank = await page.context().newPage();
	const { width, height, light } = await blank.evaluate(async (png) => {
		const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
		const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
		context.drawImage(image, 0, 0);
		const { data } = context.getImageData(0, 0, image.width, image.height);
		let light = ''; // of each point, as a letter: a list of numbers takes a second to come over
		for (let i = 0; i < data.length; i += 4) light += String.fromCharCode(data[i] ?? 0);
		return { width: image.width, height: image.height, light };
	}, picture);
	await blank.close();
	const points = new Uint8ClampedArray(4 * light.length).fill(255);
	for (let i = 0; i < light.length; i++) points.fill(light.charCodeAt(i), 4 * i, 4 * i + 3);
	return jsQR(points, width, height, { inversionAttempts: 'dontInvert' })?.data;
}
