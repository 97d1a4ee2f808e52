// The administrator's desk: what is set is in force at once, and the trail says so and leaves as a file.
import { inEveryLook } from './axe.ts';
import { withServer } from './own.ts';
import { expect } from './pages.ts';
import { openAs } from './people.ts';

const test = withServer('2026-10-15T10:20:00+08:00');

test('a filing number is set, stands on every page, and is in the trail', async ({ browser, own, page }) => {
	await page.goto('/about');
	await expect(page.getByRole('contentinfo')).not.toContainText('备12345678号');
	const admin = await openAs(browser, own, 'admin', '/admin/settings', page.viewportSize());
	const main = admin.getByRole('main');
	await inEveryLook(admin);
	await admin.locator('#icp').fill('备案号');
	await main.getByRole('button', { name: '保存', exact: true }).click();
	await expect(admin.locator('#icp-error')).toBeVisible();
	await expect(admin.locator('#icp')).toHaveValue('备案号');
	await admin.locator('#icp').fill('沪ICP备12345678号');
	await main.getByRole('button', { name: '保存', exact: true }).click();
	await expect(main).toContainText('设置改好了，已经生效');
	await page.reload();
	await expect(page.getByRole('contentinfo')).toContainText('沪ICP备12345678号');

	for (const path of ['/admin/retention', '/admin/consents', '/admin/audit']) {
		await admin.goto(path);
		await inEveryLook(admin);
	}
	const file = admin.waitForEvent('download');
	await main.getByRole('button', { name: '下载', exact: true }).click();
	expect((await file).suggestedFilename()).toMatch(/\.zip$/);
});
