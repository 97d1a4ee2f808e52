// A water outage, from the first word to the last telephone call: one coordinator writes, another approves, a shop answers, a correction
// asks again, somebody needs help, the rest is rung, and at its time the notice ends by itself.
import { type Page } from '@playwright/test';
import { inEveryLook } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { openAs, person } from '../people.ts';

const test = withServer('2026-10-15T10:20:00+08:00', 'serial');

const main = (page: Page) => page.getByRole('main');
const press = (page: Page, name: string | RegExp) => main(page).getByRole('button', { name }).last().click();
const done = (page: Page) => expect(page.locator('.callout.ok').first()).toBeVisible();

test('an outage is written, approved, answered, corrected, rung about and over', async ({ browser, own, later }) => {
	const shop = person('owner').listing_ids?.[0] ?? '';
	const desk = await openAs(browser, own, 'coordinator', '/desk/notices/new');
	await inEveryLook(desk);
	await desk.locator('input[name="title"]').fill('中山中路 10 月 20 日停水');
	await desk.locator('textarea[name="text"]').fill('10 月 20 日 9:00 至 17:00，中山中路停水。\n\n- 存好水\n- 关好龙头');
	await desk.locator('select[name="audience.streets"]').first().selectOption({ label: '中山中路' });
	await expect(desk.locator('#reach')).toContainText('家店'); // says itself which shops it reaches
	await press(desk, '再加一行');
	await desk.locator('select[name="audience.streets"]').nth(1).selectOption({ label: '广富林路' }); // where the owner's shop is
	await press(desk, '看看有哪些店');
	await expect(desk.locator('#reach')).toContainText('广富林路');
	await desk.locator('input[name="until.day"]').fill('2026-10-20');
	await desk.locator('select[name="until.at"]').selectOption({ label: '17:00' });
	await desk.locator('input[name="from.day"]').fill('2026-10-21');
	await desk.locator('input[value="must_confirm"]').check({ force: true });
	await desk.locator('input[name="due"]').fill('2026-10-18');
	await desk.locator('input[value="home"]').check({ force: true });
	await press(desk, '存好');
	await expect(desk.locator('.callout.bad')).toContainText('1 处要改'); // it would end before it begins
	await expect(desk.locator('input[name="title"]')).toHaveValue('中山中路 10 月 20 日停水');
	await desk.locator('input[name="from.day"]').fill('2026-10-20');
	await press(desk, '存好');
	await done(desk);
	const notice = new URL(desk.url()).pathname;
	await press(desk, '请同事核对');
	await done(desk);
	await expect(main(desk)).toContainText('自己写的不能自己核对');
	await inEveryLook(desk);

	const second = await openAs(browser, own, 'second', notice);
	await expect(main(second)).toContainText('关好龙头');
	await press(second, '通过');
	await done(second);
	await press(second, '马上公开');
	await done(second);

	const owner = await openAs(browser, own, 'owner', `/my/shops/${shop}`);
	await expect(main(owner)).toContainText('要回话的公告');
	await inEveryLook(owner);
	await owner.goto('/my/notices');
	await inEveryLook(owner);
	await press(owner, /我看到了，已安排/); // one tap
	await done(owner);
	await expect(main(owner)).toContainText('看到了第 1 版');

	await desk.goto(`${notice}/edit`);
	await desk.locator('select[name="until.at"]').selectOption({ label: '20:00' });
	await press(desk, '存好');
	await expect(main(desk)).toContainText('改了什么');
	await press(desk, '请同事核对');
	await second.goto(notice);
	await inEveryLook(second); // old and new side by side
	await press(second, '通过');
	await press(second, '马上公开');
	await done(second);
	await owner.goto('/my/notices');
	await expect(main(owner)).toContainText('你上次看的是第 1 版，现在是第 2 版');
	await main(owner).getByRole('link', { name: '要街道帮忙' }).first().click();
	await inEveryLook(owner);
	await owner.locator('#ask textarea').fill('没有储水的桶，能不能借两个？');
	await press(owner, '告诉街道');
	await done(owner);

	await desk.goto(`${notice}/receipts`);
	await expect(desk.locator('main section').first()).toContainText('没有储水的桶'); // who needs help is on top
	await inEveryLook(desk);
	await press(desk, /帮好了/);
	await done(desk);
	await expect(desk.locator('main a[href^="tel:"]').first()).toBeVisible();
	const before = Number(/还有 (\d+) 家没有/.exec(await main(desk).innerText())?.[1]);
	await main(desk)
		.getByRole('button', { name: /打过电话，知道了/ })
		.first()
		.click();
	await done(desk);
	await expect(main(desk)).toContainText(`还有 ${String(before - 1)} 家没有`);
	await desk.goto(`${notice}/calls`);
	await inEveryLook(desk);
	await desk.goto(`${notice}/versions`);
	await inEveryLook(desk);

	await later('2026-10-20T20:00:30+08:00');
	const guest = await openAs(browser, own, 'owner', '/my/notices');
	await expect(main(guest)).toContainText('已结束');
	await expect(main(guest).getByRole('button', { name: /我看到了/ })).toHaveCount(0);
});
