// Photos of a shop: sent from the portal, seen by customers; what is no photo is refused in one sentence.
import type { Page } from '@playwright/test';
import { inEveryLook, prepare } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { person, signIn } from '../people.ts';

const test = withServer('2026-10-15T19:20:00+08:00', 'serial');

const mine = (who: 'staff' | 'rival') => `/my/shops/${person(who).listing_ids?.[0] ?? ''}`;

interface File {
	name: string;
	mimeType: string;
	buffer: Buffer;
}

/** A photo as a telephone takes it, drawn by the browser itself. */
async function photo(page: Page, name: string, width: number, height: number): Promise<File> {
	const blank = await page.context().newPage();
	const base64 = await blank.evaluate(
		([w, h]) => {
			const canvas = document.createElement('canvas');
			[canvas.width, canvas.height] = [w ?? 1, h ?? 1];
			const c = canvas.getContext('2d')!;
			const sky = c.createLinearGradient(0, 0, 0, canvas.height);
			sky.addColorStop(0, '#8fb8de');
			sky.addColorStop(1, '#b5542f');
			c.fillStyle = sky;
			c.fillRect(0, 0, canvas.width, canvas.height);
			return canvas.toDataURL('image/jpeg', 0.9).split(',')[1] ?? '';
		},
		[width, height],
	);
	await blank.close();
	return { name, mimeType: 'image/jpeg', buffer: Buffer.from(base64, 'base64') };
}

test('two photos are sent, put in order and seen by customers', async ({ page }) => {
	await prepare(page);
	await signIn(page, 'staff', `${mine('staff')}/photos`);
	await page.locator('#photo').setInputFiles([await photo(page, '门口.jpg', 1600, 1200), await photo(page, '店里.jpg', 1200, 1600)]);
	await page.getByRole('button', { name: '传上来' }).last().click();
	await expect(page.locator('.callout.ok')).toContainText('传好了');
	const grid = page.locator('.edit-photos > li');
	await expect(grid).toHaveCount(2);
	const upright = await grid.nth(1).locator('img').getAttribute('src');
	await grid.nth(0).getByLabel('说明').fill('店门口');
	await grid.nth(1).getByRole('button', { name: '设为封面' }).click();
	await expect(page.locator('.callout.ok')).toContainText('改好了');
	expect(await grid.nth(0).locator('img').getAttribute('src')).toBe(upright);
	await expect(grid.nth(1).getByLabel('说明')).toHaveValue('店门口');
	await expect(grid.nth(0)).toContainText('封面');
	await inEveryLook(page);

	await page.goto(mine('staff'));
	const href = (await page.locator('main a[href^="/shops/"]').first().getAttribute('href')) ?? '';
	const seen = page.locator('main .photos img');
	await expect(async () => {
		await page.goto(href);
		await expect(seen).toHaveCount(2, { timeout: 100 });
	}).toPass();
	for (const img of await seen.all()) {
		await expect(img).toHaveAttribute('loading', 'lazy');
		await img.scrollIntoViewIfNeeded();
		await expect.poll(() => img.evaluate((e: HTMLImageElement) => (e.complete && e.naturalWidth > 0 ? e.currentSrc : ''))).toMatch(/-(320|640)\.jpg$/);
	}
	await expect(page.locator('.photos figcaption')).toHaveText(['店门口']);
	await inEveryLook(page);
	const large = await page.request.get((await page.locator('.photos a').first().getAttribute('href')) ?? '');
	expect(large.headers()).toMatchObject({ 'content-type': 'image/jpeg', 'content-security-policy': "default-src 'none'; sandbox" });

	await page.goto(`${mine('staff')}/photos`);
	for (let left = await grid.count(); left > 0; left--) {
		await grid.first().getByRole('button', { name: '删去' }).click();
		await expect(grid).toHaveCount(left - 1);
	}
});

test('what is no photo is refused in one sentence, and nothing of it is kept', async ({ page }) => {
	await prepare(page);
	await signIn(page, 'staff', `${mine('staff')}/photos`);
	const real = await photo(page, 'a.jpg', 640, 480);
	const send = async (file: File) => {
		await page.locator('#photo').setInputFiles(file);
		await page.getByRole('button', { name: '传上来' }).last().click();
	};
	await send({ name: '太大.jpg', mimeType: 'image/jpeg', buffer: Buffer.concat([real.buffer, Buffer.alloc((9 << 20) - real.buffer.length)]) });
	await expect(page.locator('.callout.bad li')).toHaveText('太大.jpg：照片太大（9 MB），请选 8 MB 以内的');
	await expect(page).toHaveTitle(/^要改 1 处/);
	await inEveryLook(page);
	await send({ name: '门口.png', mimeType: 'image/png', buffer: real.buffer });
	await expect(page.locator('.callout.bad li')).toHaveText('门口.png：文件写着 PNG，里面却是 JPG，另存成 JPG 再传');
	await send({ name: 'page.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('<!doctype html><script>alert(1)</script>') });
	await expect(page.locator('.callout.bad li')).toContainText('这种文件收不了');
	await expect(page.locator('.edit-photos > li')).toHaveCount(0);
});

test('photos are sent without a script, too', async ({ browser, page: drawing, baseURL }) => {
	const context = await browser.newContext({ javaScriptEnabled: false, baseURL: baseURL ?? '' });
	const page = await context.newPage();
	await signIn(page, 'rival', `${mine('rival')}/photos`);
	await page.locator('#photo').setInputFiles(await photo(drawing, '门口.jpg', 800, 600));
	await page.getByRole('button', { name: '传上来' }).last().click();
	await expect(page.locator('.callout.ok')).toContainText('传好了');
	await page.locator('.edit-photos > li').first().getByRole('button', { name: '删去' }).click();
	await expect(page.locator('.callout.ok')).toContainText('删去了');
	await context.close();
});
