// The holidays of a year: the district enters the notice and asks, an owner answers with one tap, customers see it and the desk counts
// it. And the words people look for, which coordinators edit.
import { type Page } from '@playwright/test';
import { inEveryLook } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { openAs, person } from '../people.ts';

const test = withServer('2026-12-20T10:20:00+08:00');

const main = (page: Page) => page.getByRole('main');

test('the notice of a year is entered, shops are asked, one tap answers', async ({ browser, own }) => {
	const shop = (person('owner').listing_ids ?? [])[0] ?? '';
	const desk = await openAs(browser, own, 'coordinator', '/desk/calendar/2027');
	await expect(main(desk)).toContainText('放假安排还没公布');
	await desk.getByLabel('通知的标题').fill('国务院办公厅关于 2027 年部分节假日安排的通知');
	await desk.getByLabel('文号').fill('国办发明电〔2026〕8 号');
	await desk.getByLabel('通知的网址').fill('https://www.gov.cn/zhengce/zhengceku/202611/content_1.htm');
	await desk.getByLabel('哪几天').fill('2027-01-01 至 2027-01-03 元旦 休\n2027-01-06 元旦 班');
	await main(desk).getByRole('button', { name: '先看看读得对不对' }).click();
	await expect(main(desk).locator('.msg')).toContainText('2027-01-06 不是周末');
	await inEveryLook(desk);
	await desk.getByLabel('哪几天').fill('2027-01-01 至 2027-01-03 元旦 休');
	await main(desk).getByRole('button', { name: '先看看读得对不对' }).click();
	await expect(main(desk)).toContainText('读到的是这些');
	await main(desk).getByRole('button', { name: '保存' }).click();
	await expect(main(desk)).toContainText('存好了');
	await inEveryLook(desk);
	await main(desk).getByRole('link', { name: '节假日问店家' }).click();
	await inEveryLook(desk);
	await main(desk).getByRole('link', { name: /元旦/ }).click();
	const open = async () => Number(/没答(\d+) 家/.exec((await main(desk).locator('dl').first().innerText()).replaceAll('\n', ''))?.[1]);
	const before = await open();
	expect(before).toBeGreaterThan(0);
	await main(desk).getByRole('button', { name: '现在就问' }).click();
	await expect(main(desk)).toContainText('开始问了');
	await main(desk).locator('a[href*="street="]').first().click();
	await expect(desk.locator('#ring')).toContainText('给谁打电话');
	await inEveryLook(desk);

	const owner = await openAs(browser, own, 'owner', '/my?all=1');
	await expect(main(owner)).toContainText('元旦还有 12 天');
	await owner.goto(`/my/shops/${shop}`);
	await inEveryLook(owner);
	const public_ = (await main(owner).getByRole('link', { name: '看公开的页面' }).or(owner.locator('a[href^="/shops/"]')).first().getAttribute('href')) ?? '';
	const customer = await openAs(browser, own);
	await customer.goto(public_);
	await expect(main(customer)).toContainText('节假日时间待确认');
	await main(owner).locator('button[value^="closed:2027-01-01"]').click();
	await expect(main(owner)).toContainText(/休息/);
	await customer.goto(public_);
	await expect(main(customer)).toContainText(/元旦.*休息/s);
	await desk.reload();
	await expect(async () => expect(await open()).toBe(before - 1)).toPass({ timeout: 5_000 });

	await customer.goto('/holidays');
	await expect(main(customer)).toContainText('国办发明电〔2026〕8 号');
	await inEveryLook(customer);
});

test('a word that coordinators add finds a kind of shop, and so does one they offer', async ({ browser, own }) => {
	const customer = await openAs(browser, own);
	await customer.goto('/?q=钞票铺子');
	await expect(main(customer)).not.toContainText('中国银行');
	const desk = await openAs(browser, own, 'second', '/desk/words/as?word=钞票铺子');
	await inEveryLook(desk);
	await desk.getByLabel('是哪个的同义词').selectOption('category:bank');
	await main(desk).getByRole('button', { name: '加为同义词' }).click();
	await expect(main(desk)).toContainText('同义词改好了');
	await inEveryLook(desk);
	await expect(async () => {
		await customer.goto('/?q=钞票铺子');
		await expect(customer.locator('h2.shop-n').first()).toBeVisible({ timeout: 500 });
	}).toPass({ timeout: 10_000 });

	await main(desk).getByRole('link', { name: '改常找的词' }).click();
	await desk.locator('#often1').fill('钞票铺子');
	await inEveryLook(desk);
	await main(desk).getByRole('button', { name: '保存' }).click();
	await customer.goto('/');
	await customer.locator('.often').getByRole('link', { name: '钞票铺子' }).click();
	await expect(customer.locator('h2.shop-n').first()).toBeVisible();
});
