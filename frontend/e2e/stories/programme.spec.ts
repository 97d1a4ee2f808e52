// What organisations do together: a member takes places, everybody reads what is on, and a shop answers a case of the neighbourhood.
import { inEveryLook } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { openAs } from '../people.ts';

const test = withServer('2026-10-15T10:20:00+08:00');

test('a member takes places and answers a case, and everybody reads what is left', async ({ browser, own }) => {
	const anybody = await openAs(browser, own);
	await anybody.goto('/activities');
	await anybody.getByRole('link', { name: /修伞磨刀/ }).click();
	await expect(anybody.getByRole('main')).toContainText('还剩 34 个，一共 40 个');

	const owner = await openAs(browser, own, 'owner', '/my/assembly');
	await owner.getByRole('main').getByRole('link', { name: '看活动，报人数' }).click();
	const places = owner.getByRole('textbox', { name: '来多少人' });
	await places.fill('41');
	await owner.getByRole('button', { name: '报这个人数' }).click();
	await expect(owner.getByRole('main')).toContainText('只剩 40 个名额');
	await inEveryLook(owner);
	await places.fill('10');
	await owner.getByRole('button', { name: '报这个人数' }).click();
	await expect(owner.locator('.callout.ok')).toContainText('人数记下了');
	await anybody.reload();
	await expect(anybody.getByRole('main')).toContainText('还剩 30 个，一共 40 个');

	await owner.goto('/my/neighbours');
	await owner
		.getByRole('main')
		.getByRole('link', { name: /夜里送货/ })
		.click();
	await expect(owner.getByRole('main')).not.toContainText('楼组长');
	await owner.getByRole('button', { name: '我会来' }).click();
	await expect(owner.getByRole('main')).toContainText('会来');

	await anybody.goto('/programme/2026');
	await expect(anybody.getByRole('main')).toContainText('理了 12 次');
	await inEveryLook(anybody);
});

test('the liaison sees what is late, and draws the year', async ({ browser, own }) => {
	const liaison = await openAs(browser, own, 'liaison', '/liaison');
	await expect(liaison.getByRole('main')).toContainText('过期的');
	await expect(liaison.locator('figure svg:visible').first()).toBeVisible();
	await inEveryLook(liaison);
});
