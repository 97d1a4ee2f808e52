// Finding a shop: words and suggestions, filters, order, pages, and what is said when nothing fits.
import type { Page } from '@playwright/test';
import { expect, test, wide } from './pages.ts';

test.use({ serviceWorkers: 'allow' });

const field = (page: Page) => page.locator('#q');
const rows = (page: Page) => page.locator('#found .shops .shop-n a');
const number = async (page: Page) => Number(await page.locator('.cnt b').textContent());

async function search(page: Page, words: string) {
	await field(page).fill(words);
	await field(page).press('Enter');
	await expect(page).toHaveURL((url) => url.searchParams.get('q') === words);
	await expect(page.locator('#found')).not.toHaveAttribute('aria-busy', 'true');
}

test('suggestions are reached by the keyboard and lead somewhere', async ({ page }) => {
	await page.goto('/');
	await field(page).fill('星巴'); // at once: a slow machine would ask between the letters
	const options = page.getByRole('option');
	await expect(options.first()).toBeVisible();
	await expect(field(page)).toHaveAttribute('aria-expanded', 'true');
	await expect(page.locator('form.search [role=status]')).toContainText(String(await options.count()));
	await field(page).press('ArrowDown');
	await expect(options.first()).toHaveAttribute('aria-selected', 'true');
	await expect(field(page)).toHaveAttribute('aria-activedescendant', (await options.first().getAttribute('id')) ?? '');
	await field(page).press('Escape');
	await expect(options).toHaveCount(0);
	await field(page).pressSequentially('克');
	await expect(options.first()).toContainText('星巴克');
	await field(page).press('ArrowDown');
	await field(page).press('Enter');
	await expect(page).not.toHaveURL('/');
	await expect(page.locator('main')).toContainText('星巴克');
});

for (const [what, typed, name] of [
	['words', '余天成', '余天成'],
	['pinyin', 'yutiancheng', '余天成'],
	['initials', 'ytc', '余天成'],
	['traditional characters', '餘天成', '余天成'],
	['what is sold', '咖啡', '星巴克'],
] as const) {
	test(`finds by ${what}, without another page load`, async ({ page }) => {
		await page.goto('/');
		await page.evaluate(() => ((globalThis as { same?: boolean }).same = true));
		await search(page, typed);
		await expect(rows(page).first()).toContainText(name);
		await expect(page).toHaveTitle(new RegExp(typed));
		expect(await page.evaluate(() => (globalThis as { same?: boolean }).same)).toBe(true);
		await page.goBack();
		await expect(page).toHaveURL('/');
		await expect.poll(() => rows(page).count()).toBe(24);
	});
}

test('filters live in the address, go back to page 1, and the back button takes them away', async ({ page }) => {
	await page.goto('/?page=2');
	await expect(page).toHaveTitle(/第 2 页/);
	const all = await number(page);
	if (wide(page)) {
		await page.getByLabel('现在营业').check();
	} else {
		await page.getByRole('link', { name: '只看营业中' }).click();
	}
	await expect(page).toHaveURL('/?open=now');
	for (const state of await page.locator('#found .shops .st').allTextContents()) expect(state).toMatch(/营业中|快打烊/);
	const open = await number(page);
	expect(open).toBeGreaterThan(0);

	await page.goBack();
	await expect(page).toHaveURL('/?page=2');
	await expect.poll(() => number(page)).toBe(all);

	await page.goto('/');
	if (wide(page)) {
		await page.getByLabel('吃饭喝茶').check();
	} else {
		await page.getByRole('link', { name: '找什么' }).click();
		await page.getByLabel('吃饭喝茶').check();
		await page.getByRole('button', { name: '按所选筛选' }).click();
	}
	await expect(page).toHaveURL(/[?&]group=food/);
	// The count beside the option is the number of results.
	expect(await page.locator('label', { hasText: '吃饭喝茶' }).locator('.n').textContent()).toBe(String(await number(page)));
	await expect(page.locator('.cnt')).toHaveAttribute('role', 'status');
});

test('a kind that few shops have is folded away, and can be chosen', async ({ page }) => {
	await page.goto('/');
	if (!wide(page)) await page.getByRole('link', { name: '筛选' }).click();
	const kinds = page.locator('#f-cat');
	await expect(kinds.getByLabel('影院')).toBeHidden();
	await kinds.getByText(/^还有 \d+ 样$/).click();
	await kinds.getByLabel('影院').check();
	if (!wide(page)) await page.getByRole('button', { name: '按所选筛选' }).click();
	await expect(page).toHaveURL(/[?&]cat=cinema/);
	await expect(page.locator('#found .shops').first()).toContainText('影');
	if (wide(page)) await expect(page.locator('#f-cat').getByLabel('影院')).toBeChecked(); // it is unfolded
});

test('the order can be changed and is kept with the words', async ({ page }) => {
	await page.goto('/?q=银行');
	await page.locator('.sorts').getByRole('link', { name: '店名' }).click();
	await expect(page).toHaveURL((url) => url.searchParams.get('sort') === 'name' && url.searchParams.get('q') === '银行');
	await expect(page.locator('.sorts b')).toHaveText('店名');
	const initials = (await rows(page).allTextContents()).map((n) => n.trim().slice(0, 1));
	expect(initials).toEqual([...initials].sort(new Intl.Collator('zh-Hans-CN-u-co-pinyin').compare));
});

test('pages hold 24 rows and name themselves', async ({ page }) => {
	await page.goto('/?q=银行');
	const names = await rows(page).allTextContents();
	expect(names).toHaveLength(24);
	await page.getByRole('link', { name: '下一页' }).click();
	await expect(page).toHaveURL((url) => url.searchParams.get('page') === '2' && url.searchParams.get('q') === '银行');
	await expect(page).toHaveTitle(/第 2 页/);
	await expect(page.locator('.pages [aria-current=page]')).toHaveText('2');
	expect((await rows(page).allTextContents()).filter((n) => names.includes(n) && !/ATM|银行$/.test(n.trim()))).toEqual([]);
	await page.goto('/?q=余天成');
	await expect(page.locator('.pages')).toHaveCount(0);
});

test('nothing found says so and helps on', async ({ page }) => {
	await page.goto('/');
	await search(page, '飞机场跑道');
	const empty = page.locator('.empty');
	await expect(empty).toContainText('没有搜到“飞机场跑道”');
	await empty.getByRole('link').first().click();
	await expect.poll(() => rows(page).count()).toBeGreaterThan(0);

	// With a filter in the way, the way out is the search without it.
	await page.goto('/?q=银行&open=allday');
	await page.locator('.empty .btn').first().click();
	await expect(page).toHaveURL((url) => !url.searchParams.has('open') && url.searchParams.get('q') === '银行');
	await expect.poll(() => rows(page).count()).toBe(24);
});

for (const [name, query, said] of [
	['an unknown kind', 'cat=nonsense', /nonsense/],
	['an unknown time', 'open=banana', /banana/],
	['a page far away', 'page=9999', /第|页/],
	['an unknown filter', 'colour=red', /colour/],
	['a position that is none', 'near=here', /here|位置/],
] as const) {
	test(`${name} is named, and the page still works`, async ({ page }) => {
		const answer = await page.goto(`/?${query}`);
		expect(answer?.status()).toBeLessThan(500);
		await expect(page.locator('.callout.warn:visible').first()).toContainText(said);
		await expect(rows(page).first()).toBeVisible();
	});
}
