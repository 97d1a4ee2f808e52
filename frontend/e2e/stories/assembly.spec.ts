// The joint meeting, from a topic to what was done about it: a member proposes, the liaison calls and writes the minutes down, the member
// says they are right, what was decided comes back on the next agenda and is closed with evidence. Then the member takes back that the
// public may read its name.
import { type Page } from '@playwright/test';
import { inEveryLook } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { openAs } from '../people.ts';

const test = withServer('2026-10-15T09:50:00+08:00', 'serial');

const main = (page: Page) => page.getByRole('main');
const press = (page: Page, name: string) => main(page).getByRole('button', { name, exact: true }).last().click();
const done = (page: Page, words: string) => expect(page.locator('.callout.ok')).toContainText(words);

test('a topic becomes minutes, an action item and evidence', async ({ browser, own, page, later }) => {
	const desk = await openAs(browser, own, 'liaison', '/liaison/meetings');
	const plan = async (title: string, day: string) => {
		await desk.goto('/liaison/meetings');
		await desk.locator('#meeting-title').fill(title);
		await desk.locator('#meeting-day').fill(day);
		await desk.locator('#meeting-time').selectOption('10:00');
		await desk.locator('#meeting-place').fill('三楼会议室');
		await press(desk, '开始收议题');
		await expect(main(desk).getByRole('heading', { level: 1 })).toHaveText(title);
		return new URL(desk.url()).pathname;
	};
	const meeting = await plan('十月联席会议', '2026-10-15');

	const owner = await openAs(browser, own, 'owner', '/my/assembly');
	await inEveryLook(owner);
	await main(owner).getByRole('link', { name: '十月联席会议' }).click();
	await owner.locator('#topic-title').fill('路口缺垃圾桶');
	await press(owner, '提上去');
	await done(owner, '提上去了');

	await desk.goto(meeting);
	await expect(main(desk)).toContainText('演示商户提的');
	await press(desk, '议程定好了');
	await done(desk, '存好了');
	await expect(main(desk)).toContainText('上次没办完的'); // those of the last meeting came back by themselves
	await press(desk, '发通知');
	await done(desk, '通知发出了');

	await later('2026-10-15T10:05:00+08:00');
	await desk.goto(meeting);
	await press(desk, '记下到会');
	await done(desk, '存好了');
	await desk.locator('textarea[name^="said."]').last().fill('放学的时候最满。');
	await desk.locator('textarea[name^="decision."]').last().fill('路口放两个垃圾桶。');
	await press(desk, '存好');
	await done(desk, '存好了');
	await inEveryLook(desk);
	await press(desk, '发给成员看');
	await done(desk, '发给成员看了');
	await desk.locator('#assign-text').fill('路口放两个垃圾桶');
	await desk.locator('#assign-topic').selectOption({ label: '路口缺垃圾桶' });
	await desk.locator('#assign-organisation').selectOption({ label: '演示商户' });
	await press(desk, '定下来');
	await done(desk, '存好了');

	await owner.reload();
	await expect(main(owner)).toContainText('路口放两个垃圾桶。');
	await press(owner, '写得对');
	await done(owner, '回话收到了');
	await desk.reload();
	await expect(main(desk).getByRole('listitem').filter({ hasText: '演示商户' }).filter({ hasText: '说写得对' })).toBeVisible();

	await plan('十一月联席会议', '2026-11-12');
	await press(desk, '议程定好了');
	await done(desk, '存好了');
	await main(desk).getByRole('link', { name: '路口放两个垃圾桶' }).click(); // back on the next agenda
	await expect(main(desk)).toContainText('没有凭证不能办结');
	const item = desk.url();

	await owner.goto('/my/assembly');
	await main(owner).getByRole('link', { name: '路口放两个垃圾桶' }).click();
	await owner.locator('#prove-text').fill('今天放好了。');
	await press(owner, '办好了');
	await done(owner, '收到了');
	await desk.goto(item);
	await press(desk, '看过了，办好了');
	await expect(main(desk)).toContainText('办结');

	await page.goto('/bodies/demo');
	await expect(main(page)).toContainText('演示商户');
	// Pages, calendars, the API, search and the daily files: whoever asks for one of them after the press reads the name nowhere.
	const named = async (path: string) => {
		const answer = await page.request.get(path);
		expect(answer.ok(), path).toBe(true);
		return (await answer.text()).includes('演示商户');
	};
	const places = ['/bodies/demo', '/neighbours', '/neighbours.ics', '/spaces', '/spaces.ics', '/points'];
	for (const path of places) expect(await named(path), path).toBe(true);
	await owner.goto('/my/assembly');
	await press(owner, '收回同意');
	await done(owner, '公开的名单里已经没有');
	await page.reload();
	await expect(main(page)).toContainText('演示物业');
	await expect(main(page)).not.toContainText('演示商户');
	for (const path of [...places, '/api/v1/points', '/api/v1/listings?q=演示', '/?q=演示', '/open-data/shops.json', '/open-data/shops.csv'])
		expect(await named(path), path).toBe(false);
});
