// The station and what organisations have for each other: two want one room at the same moment, and what one seeks another has.
import { type Page } from '@playwright/test';
import { inEveryLook, prepare } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { openAs } from '../people.ts';

const test = withServer('2026-10-15T10:20:00+08:00');

const main = (page: Page) => page.getByRole('main');
const press = (page: Page, name: string) => main(page).getByRole('button', { name, exact: true }).last().click();

test('of two who press at the same moment one has the room, and the other takes the hour after', async ({ browser, own, page }) => {
	const both = await Promise.all((['owner', 'rival'] as const).map((who) => openAs(browser, own, who, '/my/rooms')));
	for (const one of both) {
		await main(one).getByRole('link', { name: '演示会议室' }).click();
		await one.locator('#ask-day').fill('2026-10-20');
		await one.locator('#ask-from').selectOption('600');
		await one.locator('#ask-to').selectOption('660');
		await one.locator('#ask-purpose').fill('商户座谈');
		await one.locator('#ask-people').fill('8');
	}
	await Promise.all(both.map((one) => press(one, '约下来')));
	const said = (one: Page) => main(one).locator('.callout.ok, #ask-day-error').first();
	const words = await Promise.all(both.map((one) => said(one).innerText()));
	expect(words.filter((w) => w.includes('约上了'))).toHaveLength(1);
	const second = both[words.findIndex((w) => w.includes('别的单位先约了'))];
	if (!second) throw new Error(`nobody is told that the room is taken: ${words.join(' / ')}`);
	await expect(second.locator('#ask-purpose')).toHaveValue('商户座谈');
	await inEveryLook(second);
	await second.locator('button[name="fix"]').first().click();
	await expect(second.locator('#ask-from')).not.toHaveValue('600');
	await press(second, '约下来');
	await expect(main(second).locator('.callout.ok')).toContainText('约上了');

	const desk = await openAs(browser, own, 'liaison', '/liaison/rooms');
	await expect(main(desk).getByText('商户座谈')).toHaveCount(2);
	await inEveryLook(desk);
	await prepare(page);
	await page.goto('/station/demo');
	await expect(main(page)).toContainText('一周内还回来');
	await inEveryLook(page);
});

test('what one organisation seeks another has, and it counts when both say that it was done', async ({ browser, own, page }) => {
	const owner = await openAs(browser, own, 'owner', '/my/resources');
	await inEveryLook(owner);
	await main(owner).getByRole('link', { name: '看看别人的' }).click();
	await main(owner).getByRole('link', { name: '演示：印价目表' }).click();
	await press(owner, '我们能出');
	await expect(main(owner).locator('.callout.ok')).toContainText('已通知对方');
	const deal = new URL(owner.url()).pathname.split('/').slice(-2).join('/');

	const rival = await openAs(browser, own, 'rival', '/my/resources');
	await rival.goto(`${new URL(rival.url()).pathname}/${deal}`);
	await press(rival, '同意');
	await expect(main(rival)).toContainText('说好了，还没办');
	await rival.locator('#deliver-on').fill('2026-10-15');
	await rival.locator('#deliver-note').fill('印了两百张');
	await press(rival, '办好了');
	await expect(main(rival)).toContainText('办了，等对方确认');
	await owner.reload();
	await expect(main(owner)).toContainText('印了两百张');
	await press(owner, '确认办成');
	await expect(main(owner)).toContainText('双方都确认了');
	await page.goto('/spaces');
	await expect(main(page)).toContainText('演示活动厅');
});
