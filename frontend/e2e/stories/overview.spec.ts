// How the district stands, what the servers do by themselves, whom they tell of it, and a shop on the page of another site.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inEveryLook, prepare } from '../axe.ts';
import { allPages, expect, test } from '../pages.ts';
import { signIn } from '../people.ts';
import { desk } from '../windows.ts';

test.use(desk);

test('a coordinator sees how the district stands, with the numbers behind each drawing', async ({ page }) => {
	await prepare(page);
	await signIn(page, 'coordinator', '/desk/overview');
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('商圈概况');
	const week = page.locator('figure.whole');
	await expect(week.locator('svg:visible')).toHaveCount(1);
	await inEveryLook(page);
	await week.getByText('看数字').click();
	await expect(week.getByRole('rowheader', { name: '12 点' })).toBeVisible();
	await expect(week.getByRole('row').first().getByRole('columnheader')).toHaveCount(8);
});

test('an administrator sees what the servers do, and makes a webhook whose secret shows once', async ({ page }) => {
	await prepare(page);
	await signIn(page, 'admin', '/admin/jobs');
	const jobs = page.getByRole('main');
	await expect(jobs).toContainText('清掉过期的登录');
	await expect(jobs).toContainText('都按时做好了');
	await inEveryLook(page);
	await jobs.getByRole('button', { name: /马上做.*清掉过期的登录/ }).click();
	await expect(page.locator('.callout.ok').first()).toContainText('20 秒内开始');

	await page.goto('/admin/webhooks');
	await page.locator('#name').fill('总部的系统');
	await page.locator('#url').fill('https://127.0.0.1/in');
	await page.getByLabel('店铺资料改了').check({ force: true });
	await page.getByRole('button', { name: '加推送' }).click();
	await expect(page.locator('#url')).toHaveValue('https://127.0.0.1/in');
	await expect(page.getByRole('main')).toContainText('要用公开的域名');
	await page.locator('#url').fill('https://hooks.example.com/in');
	await page.getByRole('button', { name: '加推送' }).click();
	await expect(page.getByRole('main')).toContainText('whsec_');
	await page.getByRole('main').getByRole('link', { name: '消息推送' }).click();
	await expect(page.getByRole('main')).toContainText('hooks.example.com');
	await expect(page.getByRole('main')).not.toContainText('whsec_');
	await inEveryLook(page);
});

test('a shop stands on the page of another site, and its link opens beside that page', async ({ page, context, request, baseURL }) => {
	const { shop } = await allPages(request);
	await prepare(page);
	await page.goto(`${shop}/embed`);
	const code = (await page.locator('pre').first().textContent()) ?? '';
	await inEveryLook(page);
	// The other site is on this machine too: browsers keep pages of the Internet away from it.
	const other = createServer((_, answer) => {
		answer.setHeader('Content-Type', 'text/html; charset=utf-8');
		answer.end(`<!DOCTYPE html><html lang="zh-Hans"><title>别处</title><h1>别处</h1>${code}</html>`);
	});
	await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
	await page.goto(`http://127.0.0.1:${String((other.address() as AddressInfo).port)}/`);
	const frame = page.frameLocator('iframe');
	await expect(frame.locator('h1')).not.toBeEmpty();
	const size = await frame.locator('h1').evaluate((h) => getComputedStyle(h).marginTop);
	expect(size, 'its style sheet has loaded').toBe('0px');
	const [opened] = await Promise.all([context.waitForEvent('page'), frame.locator('h1 a').click()]);
	await expect(opened).toHaveURL(`${baseURL ?? ''}${shop}`);
	other.close();
	await page.goto(`/embed${shop}?theme=dark`);
	await inEveryLook(page);
	await page.goto('/embed?open=now');
	await inEveryLook(page);
});
