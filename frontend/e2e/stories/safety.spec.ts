// An administrator sees whether the site is safe, makes it read-only, and is signed out with everybody else; the public pages stay.
import { inEveryLook, prepare } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { signIn } from '../people.ts';
import { desk } from '../windows.ts';

const test = withServer('2026-10-15T10:20:00+08:00');

test.use(desk);

test('the site is made read-only: everybody is out, nobody can write, everybody can read', async ({ page }) => {
	await prepare(page);
	await signIn(page, 'admin', '/admin/safety');
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('网站安全');
	await inEveryLook(page);
	await page.locator('#why').press('Enter');
	await expect(page.locator('#why-error')).toBeVisible();
	await page.locator('#why').fill('网页被人改了');
	await page.locator('#why').press('Enter');
	await expect(page).toHaveURL(/\/sign-in/);
	await expect(page.getByText('正在检查，暂时只能看')).toBeVisible();
	await inEveryLook(page);

	await page.goto('/sign-in/code');
	await page.locator('input[name="contact"]').fill('13900000099');
	const refused = page.waitForResponse((r) => r.request().method() === 'POST');
	await page.locator('input[name="contact"]').press('Enter');
	expect((await refused).status()).toBe(503);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText('正在检查，暂时只能看');
	await inEveryLook(page);

	await page.goto('/');
	await expect(page.locator('h2.shop-n a').first()).toBeVisible();
});
