// The whole way of a shop with script switched off: somebody is asked to join and does, signs in with a second factor, claims a shop, is
// approved, writes down the hours of a holiday, and customers read them. The server stands a few days before 国庆.
import { type Browser, type Page } from '@playwright/test';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { type Who, freshCode, person } from '../people.ts';

const test = withServer('2026-09-28T10:20:00+08:00');

async function opened(browser: Browser, own: string): Promise<Page> {
	const context = await browser.newContext({ baseURL: own, javaScriptEnabled: false, locale: 'zh-CN' });
	return context.newPage();
}

const main = (page: Page) => page.getByRole('main');
const press = (page: Page, name: string | RegExp) => main(page).getByRole('button', { name }).last().click();

/** Signs in as people do without script: by the buttons of the pages. */
async function enter(page: Page, who: Who, path: string): Promise<void> {
	const { contact, password, secret } = person(who);
	await page.goto(`/sign-in?back=${encodeURIComponent(path)}`);
	await page.locator('#name').fill(contact);
	await page.locator('#password').fill(password);
	await page.locator('#password').press('Enter');
	if (secret) {
		await page.locator('#proof').fill(await freshCode(page, who));
		await page.locator('#proof').press('Enter');
	}
	await expect(page).not.toHaveURL(/sign-in/);
}

test('asked, joined, signed in, claimed, approved, hours of 国庆, and customers see them', async ({ browser, own }) => {
	const owner = await opened(browser, own);
	await enter(owner, 'owner', `/my/merchants/${person('owner').merchant_id ?? ''}`);
	await owner.locator('input[name="to"]').first().fill('139 0000 0088');
	await owner.locator('input[name="role"][value="owner"]').first().check();
	await owner.locator('input[name="to"]').first().press('Enter');
	await expect(owner.locator('.callout.ok').first()).toBeVisible();
	const outbox = await (await owner.request.get('/outbox')).text();

	const guest = await opened(browser, own);
	await guest.goto(/http:\/\/localhost:\d+(\/join\/[\w-]+)/.exec(outbox)?.[1] ?? '');
	await guest.locator('input[name="name"]').fill('陈小妹');
	await guest.locator('input[name="name"]').press('Enter');
	await expect(guest).toHaveURL(/\/my/);

	await guest.goto('/?q=银行');
	const address = (await guest.locator('h2.shop-n a').first().getAttribute('href')) ?? '';
	await guest.goto(`${address}/claim`);
	await guest.locator('input[name="merchant_id"]').last().check();
	await guest.locator('input[name="name"]').first().fill('松江支行');
	await guest.locator('input[name="kind"]').first().check();
	await guest.locator('input[name="credit_code"]').fill('91350100M000100Y43');
	await guest.locator('input[name="evidence_kind"]').first().check();
	await guest.locator('input[type="file"]').setInputFiles({ name: 'sign.png', mimeType: 'image/png', buffer: await guest.screenshot() });
	await press(guest, '送去核对');
	await expect(guest).toHaveURL(/\/my\/claims\/\w+/);
	const claim = /claims\/(\w+)/.exec(guest.url())?.[1] ?? '';

	const desk = await opened(browser, own);
	await enter(desk, 'coordinator', `/desk/claims/${claim}`);
	await desk.locator('input[name="kind"][value="visit"]').check();
	await desk.locator('textarea[name="note"]').first().fill('去过了，是本人');
	await press(desk, /记下/);
	await press(desk, /^通过/);
	await expect(desk.locator('.callout.ok').first()).toBeVisible();

	await guest.goto('/my?all=1');
	await main(guest).getByRole('link', { name: /银行/ }).first().click();
	await main(guest).getByRole('link', { name: '营业时间', exact: true }).first().click();
	await guest.getByLabel('天天一样').check();
	await guest.locator('#all_on').check();
	await guest.locator('#all_0_open').selectOption({ label: '9:00' });
	await guest.locator('#all_0_close').selectOption({ label: '17:00' });
	await press(guest, '保存并发布');
	await expect(guest.locator('.callout.ok').first()).toBeVisible();
	await main(guest)
		.getByRole('button', { name: /^休息国庆节|^休息.*国庆/ })
		.first()
		.click();
	await expect(guest.locator('.callout.ok').first()).toBeVisible();
	await expect(async () => {
		await guest.goto(address);
		await expect(main(guest)).toContainText(/国庆节[\s\S]*(休息|暂停营业)/, { timeout: 100 });
		await expect(main(guest)).toContainText('9:00–17:00', { timeout: 100 });
	}).toPass({ timeout: 10_000 });
});
