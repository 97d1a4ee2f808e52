// The administrator's desk: what is set is in force at once, and the trail says so and leaves as a file.
import { inEveryLook } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { openAs } from '../people.ts';

const test = withServer('2026-10-15T10:20:00+08:00');

test('a filing number is set, stands on every page, and is in the trail', async ({ browser, own, page }) => {
	await page.goto('/about');
	await expect(page.getByRole('contentinfo')).not.toContainText('备12345678号');
	const admin = await openAs(browser, own, 'admin', '/admin/settings');
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

test('a person asks about the own data, the administrator answers, and the person reads it', async ({ browser, own }) => {
	const person = await openAs(browser, own, 'owner', '/account');
	await person.getByRole('link', { name: '申请看、改、删自己的资料' }).click();
	await person.getByLabel('改我的资料').check();
	await person.getByRole('button', { name: '送出' }).click();
	await expect(person.locator('#ask-text-error')).toBeVisible();
	await expect(person.getByLabel('改我的资料')).toBeChecked();
	await person.getByLabel('说明').fill('手机号是旧的');
	await person.getByRole('button', { name: '送出' }).click();
	await expect(person.getByRole('main')).toContainText('前答复');
	await inEveryLook(person);

	const admin = await openAs(browser, own, 'admin', '/admin/asks');
	await inEveryLook(admin);
	await admin.getByRole('link', { name: /改我的资料/ }).click();
	await expect(admin.getByRole('main')).toContainText('手机号是旧的');
	await inEveryLook(admin);
	await admin.getByLabel('答复的话').fill('改好了，请看账号页');
	await admin.getByRole('button', { name: '答复', exact: true }).click();
	await expect(admin.getByRole('main')).toContainText('没有等答复的');
	await admin.goto('/desk/signatures');
	await inEveryLook(admin);

	await person.reload();
	await expect(person.getByRole('main')).toContainText('改好了，请看账号页');
	await person.goto('/account');
	const file = person.waitForEvent('download');
	await person.getByRole('button', { name: '下载表格（CSV）' }).click();
	expect((await file).suggestedFilename()).toBe('account.csv');
});
