// Without a network: pages seen before come back with their age, others with a sentence.
import { allPages, expect, test } from './pages.ts';

test.use({ serviceWorkers: 'allow' });

test('a page that was seen says how old it is, another one that it was never kept', async ({ page, request, context }) => {
	const { shop } = await allPages(request);
	await page.goto('/about'); // the first page there ever was
	await page.evaluate(async () => {
		await navigator.serviceWorker.ready;
		if (!navigator.serviceWorker.controller) await new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done));
	});
	await page.goto(shop);
	const name = (await page.locator('h1').textContent()) ?? '';
	await expect(page.locator('[data-module=offline]')).toBeHidden();

	await context.setOffline(true);
	await page.reload();
	await expect(page.locator('h1')).toHaveText(name);
	await expect(page.locator('[data-module=offline]')).toContainText(/没连上网。\s*下面是 \d{1,2}:\d\d 存下的内容，营业状态可能不准。/);
	expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'the style sheet is kept too').toBe('rgb(250, 248, 242)');

	await page.goto('/about');
	await expect(page.locator('[data-module=offline]')).toContainText('存下的内容');
	await page.goto('/heritage');
	await expect(page.locator('h1')).toHaveText('没连上网');
	await page.goto('/en/heritage');
	await expect(page.locator('html')).toHaveAttribute('lang', 'en');

	await context.setOffline(false);
	await page.goto(shop);
	await expect(page.locator('[data-module=offline]')).toBeHidden();
});
