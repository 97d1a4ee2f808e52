// The street walk: a side of a street is seen without a network, also after the page was closed, and sent when it is back. What
// somebody else changed meanwhile is compared and chosen, never written over.
import { type Page } from '@playwright/test';
import { Asked, fits } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { openAs } from '../people.ts';
import { phone } from '../windows.ts';

const test = withServer('2026-10-15T10:20:00+08:00');

test.use({ serviceWorkers: 'allow' });

const main = (page: Page) => page.getByRole('main');
const name = (page: Page) => page.locator('[data-name]').innerText();
const press = (page: Page, what: string) => main(page).getByRole('button', { name: what, exact: true }).click();

async function seemly(page: Page, what: string): Promise<void> {
	expect(await new Asked().findings(page), what).toEqual([]);
	await fits(page, what);
}

test('a walk without a network is kept, sent, and leaves a conflict to a person', async ({ browser, own }) => {
	const walker = await openAs(browser, own, 'coordinator', '/desk/walk', phone);
	await seemly(walker, 'sides');
	const sides = main(walker).getByRole('link', { name: /[5-9] 家|\d\d 家/ });
	await sides.first().click(); // a side with stops enough
	await expect(walker.locator('[data-door]')).toContainText('号');
	await seemly(walker, 'a stop');
	const path = new URL(walker.url()).pathname;
	// The worker has the page that stands in before the network goes.
	await expect(async () => {
		expect(
			await walker.evaluate(async () => Boolean(navigator.serviceWorker.controller) && Boolean(await caches.match('/walk', { cacheName: 'offline-1' }))),
		).toBe(true);
	}).toPass({ timeout: 15_000 });
	const first = await name(walker);

	await walker.context().setOffline(true);
	await press(walker, '没变');
	await expect(walker.locator('[data-n]')).toHaveText('2');
	const second = await name(walker);
	await main(walker).locator('summary', { hasText: '有变' }).click();
	await walker.getByLabel('店名').first().fill(`${second}老店`);
	await press(walker, '记下来');
	await expect(walker.locator('[data-n]')).toHaveText('3');
	await press(walker, '不在了');
	await expect(walker.getByRole('status')).toContainText('还有 3 条没交');
	await seemly(walker, 'offline');

	// The phone was put away: the page that stands in goes on where it was.
	await walker.goto(`${path}?at=4`);
	await expect(walker.locator('[data-n]')).toHaveText('4');
	await expect(walker.getByRole('status')).toContainText('没连上网');
	await main(walker).locator('summary', { hasText: '新开的' }).click();
	await walker.getByLabel('店名').last().fill('阿婆馄饨');
	await main(walker).getByRole('button', { name: '记下来' }).last().click();
	await expect(walker.getByRole('status')).toContainText('还有 4 条没交');

	// Meanwhile a colleague is at the second door, with a wide screen.
	const colleague = await openAs(browser, own, 'second', `${path}?at=2`);
	await expect(colleague.locator('[data-name]')).toHaveText(second);
	await colleague.waitForLoadState('networkidle'); // until the script is there a press sends the form, which answers in another way
	await press(colleague, '没变');
	await expect(colleague.getByRole('status')).toContainText('都交上去了');
	await seemly(colleague, 'wide');

	await walker.context().setOffline(false);
	await expect(walker.getByRole('status')).toContainText('有 1 条要看一眼再定', { timeout: 15_000 });
	await walker.goto('/desk/walked');
	await main(walker).getByRole('link', { name: second }).first().click();
	await expect(walker.locator('.compare')).toContainText(`${second}老店`);
	await seemly(walker, 'conflict');
	await press(walker, '照门口看到的');
	await expect(walker.locator('.callout.ok')).toBeVisible();

	// The first is confirmed; the third waits for another person; the new shop asks to be published.
	await walker.goto(`${path}?at=1`);
	await expect(walker.locator('[data-name]')).toHaveText(first);
	await expect(walker.locator('[data-checked]')).toContainText('核对');
	await colleague.goto('/desk');
	await expect(main(colleague)).toContainText('阿婆馄饨');
	await colleague.goto('/desk/register');
	await seemly(colleague, 'register');
	await colleague.goto('/desk/streets');
	await seemly(colleague, 'streets');
});
