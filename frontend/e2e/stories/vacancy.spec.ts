// A unit is put on offer, somebody asks for it, the enquiry goes on; and a visit leaves a promise that the owner reads.
import { type Page } from '@playwright/test';
import { inEveryLook } from '../axe.ts';
import { withServer } from '../own.ts';
import { expect } from '../pages.ts';
import { openAs, person } from '../people.ts';

const test = withServer('2026-10-15T10:20:00+08:00');

const main = (page: Page) => page.getByRole('main');
const press = (page: Page, name: string) => main(page).getByRole('button', { name, exact: true }).click();
const done = (page: Page) => page.locator('.callout.ok').first();

test('a card reaches everybody, an enquiry reaches the desk, and a promise its shop', async ({ browser, own }) => {
	const number = '9390';
	const desk = await openAs(browser, own, 'coordinator', '/desk/streets');
	await main(desk)
		.getByRole('link', { name: /中山中路/ })
		.first()
		.click();
	await desk.locator('#form-unit [name="number"]').fill(number);
	await desk.locator('#form-unit [name="area_m2"]').fill('42');
	await desk.locator('#form-unit [name="number"]').press('Enter');
	await desk.goto('/desk/vacancies');
	await main(desk)
		.getByRole('listitem')
		.filter({ hasText: number })
		.getByRole('link', { name: /写招商卡片/ })
		.click();
	const form = desk.locator('#card');
	await form.locator('[name="frontage_m"]').fill('6.5');
	await form.locator('[name="desk_name"]').fill('街道招商办');
	await form.locator('[name="desk_phone"]').fill('138 0013 8000');
	await press(desk, '加上');
	await expect(desk.locator('#card-desk_phone-error')).toContainText('这是手机号');
	await expect(form.locator('[name="frontage_m"]')).toHaveValue('6.5');
	await inEveryLook(desk);
	await form.locator('[name="desk_phone"]').fill('021-5777 0000');
	await press(desk, '加上');
	await expect(done(desk)).toContainText('加上了');
	await inEveryLook(desk);

	const anybody = await openAs(browser, own);
	await anybody.goto('/vacancies?at=zhongshan-zhonglu');
	await inEveryLook(anybody);
	await main(anybody)
		.getByRole('link', { name: new RegExp(number) })
		.click();
	await expect(main(anybody)).toContainText('6.5 米');
	await main(anybody).getByRole('link', { name: '我有意向' }).click();
	await anybody.locator('[name="business"]').fill('阿婆馄饨');
	await anybody.locator('[name="contact"]').fill('021-5777 1111');
	await anybody.locator('[name="wants"]').fill('想开馄饨店');
	await press(anybody, '发出意向');
	await expect(anybody.locator('#agree-error')).toContainText('勾上');
	await expect(anybody.locator('[name="business"]')).toHaveValue('阿婆馄饨');
	await inEveryLook(anybody);
	await anybody.locator('[name="agree"]').check({ force: true });
	await press(anybody, '发出意向');
	await expect(done(anybody)).toContainText('收到了');

	await desk.goto('/desk/leads');
	await inEveryLook(desk);
	await main(desk)
		.getByRole('link', { name: new RegExp(number) })
		.click();
	await expect(main(desk)).toContainText('阿婆馄饨');
	await desk.locator('#to-contacted [name="note"]').fill('周五来看');
	await press(desk, '记下：联系过');
	await expect(done(desk)).toContainText('记下了');
	await expect(main(desk)).toContainText('周五来看');
	await inEveryLook(desk);

	const shop = person('owner').listing_ids?.[0] ?? '';
	const owner = await openAs(browser, own, 'owner', `/my/shops/${shop}`);
	const slug = (await owner.locator('a[href^="/shops/"]').first().getAttribute('href')) ?? '';
	await desk.goto(`/desk/visits/new?shop=${encodeURIComponent(slug.split('/')[2] ?? '')}`);
	await desk.locator('[name="topics"]').fill('门口停车');
	await desk.locator('[name="promise"]').fill(`问交警能不能画线 ${number}`);
	await desk.locator('[name="due"]').fill('2026-10-30');
	await inEveryLook(desk);
	await press(desk, '保存');
	await expect(done(desk)).toContainText('存好了');
	await inEveryLook(desk);
	await desk.goto('/desk/unvisited');
	await inEveryLook(desk);

	await owner.reload();
	await expect(main(owner)).toContainText('街道答应了');
	await owner.goto(`/my/shops/${shop}/promises`);
	await expect(main(owner)).toContainText(`问交警能不能画线 ${number}`);
	await expect(main(owner)).not.toContainText('门口停车');
	await inEveryLook(owner);
});
