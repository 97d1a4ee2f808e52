// What passes between a shop, the district and the neighbours: somebody is asked to join, a shop is claimed and given, a new name is
// looked at beside the old one, a report is answered by its number; and how those who work for the district sign in.
import { type Page } from '@playwright/test';
import { inEveryLook } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { type Who, openAs, person, signIn } from '../people.ts';

const test = withServer('2026-10-15T10:20:00+08:00');

/** What the newest message that holds the pattern says there. */
async function message(page: Page, pattern: RegExp): Promise<string> {
	let found = '';
	await expect(async () => {
		const text = await (await page.request.get('/outbox')).text();
		found = pattern.exec(text)?.[1] ?? '';
		expect(found).not.toBe('');
	}).toPass({ timeout: 10_000 });
	return found;
}

const main = (page: Page) => page.getByRole('main');
const press = (page: Page, name: string | RegExp) => main(page).getByRole('button', { name }).last().click();

test('somebody who is asked joins by the link, and is out when the owner says so', async ({ browser, own }) => {
	const { merchant_id: merchant = '', listing_ids: shops = [] } = person('owner');
	const owner = await openAs(browser, own, 'owner', `/my/merchants/${merchant}`);
	await owner.locator('input[name="to"]').first().fill('139 0000 0088');
	await owner.locator('input[name="role"][value="staff"]').first().check({ force: true });
	await owner.locator('input[name="to"]').first().press('Enter');
	await expect(owner.locator('.callout.ok').first()).toBeVisible();
	const link = await message(owner, /http:\/\/localhost:\d+(\/join\/[\w-]+)/);

	const guest = await openAs(browser, own);
	await guest.goto(link);
	await guest.goto(link); // looking changes nothing
	await inEveryLook(guest);
	await guest.locator('input[name="name"]').fill('陈小妹');
	await guest.locator('input[name="name"]').press('Enter');
	await expect(guest).toHaveURL(/\/my/);
	await guest.goto(`/my/shops/${shops[0] ?? ''}/hours`);
	await expect(guest.locator('h1')).toHaveText('营业时间');

	await owner.goto(`/my/merchants/${merchant}`);
	await main(owner)
		.getByRole('link', { name: /陈小妹/ })
		.first()
		.click();
	await press(owner, /移出|不再|去掉|结束/);
	await expect(owner.locator('.callout.ok').first()).toBeVisible();
	const answer = await guest.goto(`/my/shops/${shops[0] ?? ''}/hours`);
	expect(answer?.status()).toBe(404);
});

test('a shop is claimed, looked at on the spot, approved and then edited by its owner', async ({ browser, own }) => {
	const visitor = await openAs(browser, own);
	await visitor.goto('/?q=银行');
	const address = (await visitor.locator('h2.shop-n a').first().getAttribute('href')) ?? '';
	const rival = await openAs(browser, own, 'rival', `${address}/claim`);
	await inEveryLook(rival);
	await rival.locator('input[name="name"]').first().fill('松江支行');
	await rival.locator('input[name="person"]').fill('王行长');
	await rival.locator('input[name="phone"]').fill('021-5780 0000');
	for (const radio of ['kind', 'evidence_kind'])
		await rival
			.locator(`input[name="${radio}"]`)
			.first()
			.check({ force: true })
			.catch(() => undefined);
	await rival
		.locator('input[type="file"]')
		.first()
		.setInputFiles({ name: 'sign.png', mimeType: 'image/png', buffer: await rival.screenshot() });
	await press(rival, /交给街道|送|认领/);
	await expect(rival).toHaveURL(/\/my\/claims\/\w+/);
	const claim = /claims\/(\w+)/.exec(rival.url())?.[1] ?? '';

	const desk = await openAs(browser, own, 'coordinator', '/desk');
	await expect(main(desk).locator(`a[href="/desk/claims/${claim}"]`).first()).toBeVisible();
	await desk.goto(`/desk/claims/${claim}`);
	await expect(main(desk)).toContainText('王行长');
	const evidence = await desk.request.get(`/desk/claims/${claim}/evidence/1`);
	expect([evidence.status(), evidence.headers()['cache-control'], evidence.headers()['content-disposition']?.split(';')[0]]).toEqual([
		200,
		'no-store',
		'attachment',
	]);
	expect((await visitor.request.get(`/desk/claims/${claim}/evidence/1`, { maxRedirects: 0 })).status()).not.toBe(200);
	await visited(desk);
	await press(desk, /^通过/);
	await expect(desk.locator('.callout.ok').first()).toBeVisible();

	await rival.goto('/my');
	await expect(main(rival)).toContainText('银行');
});

/** Writes down that somebody went there and found it right. */
async function visited(desk: Page): Promise<void> {
	await desk.locator('input[name="kind"][value="visit"]').check({ force: true });
	await desk.locator('textarea[name="note"]').first().fill('去过了，是本人');
	await press(desk, /记下/);
	await expect(desk.locator('.callout.ok').first()).toBeVisible();
}

test('a new name is looked at beside the old one, and shows when it is approved', async ({ browser, own }) => {
	const shop = person('owner').listing_ids?.[1] ?? '';
	const owner = await openAs(browser, own, 'owner', `/my/shops/${shop}/name`);
	const field = owner.locator('input[name="name"], input[name="name.hans"]').first();
	const old = await field.inputValue();
	await field.fill(`${old}新店`);
	await press(owner, '保存，请街道核对');
	await expect(owner.locator('.callout.ok').first()).toBeVisible();
	const desk = await openAs(browser, own, 'second', `/desk/changes/${shop}`);
	await expect(desk.locator('.compare')).toContainText('新店');
	await press(desk, /^通过/);
	await expect(desk.locator('.callout.ok').first()).toBeVisible();
	const visitor = await openAs(browser, own);
	await expect(async () => {
		await visitor.goto(`/?q=${encodeURIComponent(old)}`);
		await expect(visitor.locator('h2.shop-n').first()).toContainText('新店', { timeout: 100 });
	}).toPass({ timeout: 10_000 });
});

test('a report is answered by its number, and changes nothing by itself', async ({ browser, own }) => {
	const visitor = await openAs(browser, own);
	await visitor.goto('/?q=银行');
	const address = (await visitor.locator('h2.shop-n a').last().getAttribute('href')) ?? '';
	await visitor.goto(`${address}/report`);
	await visitor.locator('input[name="reason"][value="hours"]').check({ force: true });
	await visitor.locator('textarea[name="note"], input[name="note"]').first().fill('门口贴了新的时间');
	await press(visitor, /告诉街道|送|提|报/);
	await expect(main(visitor)).toContainText(/[0-9A-Z]{4}-[0-9A-Z]{4}/);
	const number = /[0-9A-Z]{4}-[0-9A-Z]{4}/.exec((await main(visitor).textContent()) ?? '')?.[0] ?? '';

	const desk = await openAs(browser, own, 'coordinator', '/desk?kind=report');
	await main(desk).locator('a[href^="/desk/reports/"]').first().click();
	await expect(main(desk)).toContainText('门口贴了新的时间');
	await desk.locator('input[name="outcome"]').first().check({ force: true });
	await desk.locator('textarea[name="text"], input[name="text"]').first().fill('问过店家，改好了');
	await press(desk, /答|回|送/);
	await expect(desk.locator('.callout.ok').first()).toBeVisible();
	await visitor.goto(`/reports?ref=${number}`);
	await expect(main(visitor)).toContainText('问过店家，改好了');
});

test('a wrong password and a wrong code say the same to everybody, and sessions end', async ({ browser, own }) => {
	const page = await openAs(browser, own);
	for (const contact of [person('owner').contact, 'nobody@example.cn']) {
		await page.goto('/sign-in');
		await page.locator('#name').fill(contact);
		await page.locator('#password').fill('这不是密码');
		await page.locator('#password').press('Enter');
		await expect(main(page)).toContainText('手机号、邮箱或密码不对');
		await expect(page.locator('#name')).toHaveValue(contact);
	}
	const first = await openAs(browser, own, 'manager', '/account/sessions');
	const second = await openAs(browser, own); // a session of its own
	await signIn(second, 'manager', '/account');
	await first.reload();
	await press(first, /都退出|其他/);
	expect((await second.goto('/account'))?.url()).toContain('/sign-in');
	await expect(first.locator('h1')).toBeVisible();
});

test('the pages of the desk, of administration and before the first account pass axe, in large text and dark too', async ({ browser, own }) => {
	const areas: [Who | undefined, string[]][] = [
		[undefined, ['/setup', '/letter']],
		['coordinator', ['/desk', '/desk/grants', `/desk/changes/${person('owner').listing_ids?.[0] ?? ''}`]],
		[
			'admin',
			[
				'/admin/accounts',
				`/admin/accounts/${person('owner').account_id}`,
				'/admin/invite',
				'/admin/permissions',
				'/admin/audit',
				'/account/factors',
				'/account/sessions',
			],
		],
	];
	for (const [who, paths] of areas) {
		const page = await openAs(browser, own, who, paths[0]);
		for (const path of paths) {
			expect((await page.goto(path))?.status(), path).toBe(200);
			await inEveryLook(page);
		}
	}
});

test('a policy is entered with its official page, and reaches the shops and everybody', async ({ browser, own }) => {
	const desk = await openAs(browser, own, 'coordinator', '/desk/policies');
	const form = desk.locator('#card');
	await form.locator('[name="title"]').fill('夜里开店的补贴');
	await form.locator('[name="who"]').fill('开到晚上 10 点的店');
	await form.locator('[name="what"]').fill('按月补一次，到服务站办');
	await form.locator('[name="deadline"]').fill('2026-10-20');
	await form.locator('[name="link"]').fill('https://example.com/policy');
	await press(desk, '加上');
	await expect(desk.locator('#card-link-error')).toContainText('允许的网站');
	await expect(form.locator('[name="title"]')).toHaveValue('夜里开店的补贴');
	await inEveryLook(desk);
	await form.locator('[name="link"]').fill('https://www.songjiang.gov.cn/policy');
	await press(desk, '加上');
	await expect(desk.locator('.callout.ok')).toContainText('保存了');
	await inEveryLook(desk);

	const anybody = await openAs(browser, own);
	await anybody.goto('/policies');
	await expect(main(anybody)).toContainText('夜里开店的补贴');
	await expect(main(anybody).getByRole('link', { name: 'www.songjiang.gov.cn' })).toHaveAttribute('href', 'https://www.songjiang.gov.cn/policy');
	await inEveryLook(anybody);

	const owner = await openAs(browser, own, 'owner', `/my/shops/${person('owner').listing_ids?.[0] ?? ''}`);
	await expect(main(owner)).toContainText('夜里开店的补贴：还剩 5 天');
	await main(owner).getByRole('link', { name: '看一看' }).click();
	await expect(main(owner).getByRole('heading', { level: 2 }).first()).toHaveText('夜里开店的补贴');
	await inEveryLook(owner);
});
