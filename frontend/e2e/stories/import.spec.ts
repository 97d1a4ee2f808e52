// A coordinator brings in a table of two thousand shops, and one that is wrong: what would change is seen first, the writing is followed,
// and one press takes it back.
import { Asked, inEveryLook, prepare } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { signIn } from '../people.ts';
import { desk } from '../windows.ts';

const test = withServer('2026-10-15T10:20:00+08:00');

test.use(desk);

const many = 2000;

const row = (n: number) => `E2E-${String(n)},第${String(n)}家,便利店,"中山中路 ${String(n)} 号",08:00-21:00`;

test('a table is looked at, written and taken back', async ({ page }) => {
	await prepare(page);
	const rows = Array.from({ length: many }, (_, i) => row(i + 1));
	const file = ['店铺编号,名称,类别,地址,营业时间原文', ...rows, 'E2E-X,写错的,便利点,,'].join('\r\n');
	await signIn(page, 'coordinator', '/desk');
	await page.getByRole('main').getByRole('link', { name: '导入表格' }).click();
	await page.locator('input[type="file"]').setInputFiles({ name: '名录.csv', mimeType: 'text/csv', buffer: Buffer.from('\uFEFF' + file) });
	await page.getByRole('button', { name: '看看会改什么' }).last().click();
	const start = page.getByRole('button', { name: `写入 ${String(many)} 家` }).last();
	await expect(start).toBeVisible({ timeout: 15_000 });
	await expect(page.getByRole('main')).toContainText('可以写：便利店');
	await expect(page.getByRole('main')).toContainText('UTF-8 BOM');
	await inEveryLook(page);
	await start.click();
	await expect(page.locator('progress')).toBeVisible();
	expect(await new Asked().findings(page), 'under way').toEqual([]); // in one look: it soon goes on
	const undo = page.getByRole('button', { name: '撤销这次导入' }).last();
	await expect(undo).toBeVisible({ timeout: 60_000 }); // the script loads the page anew at the end
	await expect(page.getByRole('main')).toContainText(`写好了 ${String(many)} 家`);
	await inEveryLook(page);
	const problems = page.waitForEvent('download');
	await page.getByRole('link', { name: '下载问题表（CSV）' }).click();
	expect((await problems).suggestedFilename()).toMatch(/^problems-.*\.csv$/);
	await undo.click();
	await expect(page.getByRole('main')).toContainText(`撤销了 ${String(many)} 家`, { timeout: 60_000 });
	await page.goto('/desk/export');
	await inEveryLook(page);
	const download = page.waitForEvent('download');
	await page.getByRole('button', { name: '下载' }).last().click();
	expect((await download).suggestedFilename()).toBe('register-20261015.xlsx');
});
