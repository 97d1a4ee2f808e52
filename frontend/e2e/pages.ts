// What every test of every page starts from: the list of pages, with addresses of real shops taken from the site itself.
import { type APIRequestContext, type Page, test as base, expect } from '@playwright/test';

export const languages = ['', '/zh-hant', '/en'] as const;
export const langOf: Record<(typeof languages)[number], string> = { '': 'zh-Hans', '/zh-hant': 'zh-Hant', '/en': 'en' };

async function first(request: APIRequestContext, path: string, pattern: RegExp): Promise<string> {
	const html = await (await request.get(path)).text();
	const found = pattern.exec(html)?.[1];
	expect(found, `${path} links to something like ${pattern.source}`).toBeTruthy();
	return found ?? '';
}

const shop = /<h2 class="shop-n">.*?href="(\/shops\/[a-z0-9-]+)"/;

async function look(request: APIRequestContext) {
	const open = await first(request, '/?open=now', shop);
	return {
		home: '/',
		found: '/?q=银行',
		'found nothing': '/?q=飞机场跑道',
		filtered: '/?open=now&sort=name',
		'page that does not exist': '/?page=9999',
		map: '/?view=map',
		shop: open,
		'shop with a number': await first(request, '/?q=中国银行松江支行', shop),
		directions: `${open}/go`,
		poster: `${open}/poster?size=a5`,
		'street poster': '/streets/zhongshan-zhonglu/poster?size=a4',
		'floor sheet': `${await first(request, '/?q=开元地中海', shop).then((path) => first(request, path, /href="(\/plazas\/[a-z0-9-]+)"/))}/directory`,
		'embed code': `${open}/embed`,
		plazas: '/plazas',
		plaza: await first(request, '/?q=开元地中海', shop).then((path) => first(request, path, /href="(\/plazas\/[a-z0-9-]+)"/)),
		streets: '/streets',
		street: await first(request, '/streets', /href="(\/streets\/[a-z0-9-]+)">中山中路</),
		night: '/night',
		heritage: '/heritage',
		holidays: '/holidays',
		points: '/points',
		notices: '/notices',
		favourites: '/favourites',
		about: '/about',
		help: '/help',
		accessibility: '/accessibility',
		privacy: '/privacy',
		api: '/api',
		'open data': '/open-data',
		bodies: '/bodies',
		body: '/bodies/demo',
		meetings: '/meetings',
		activities: '/activities',
		neighbours: '/neighbours',
		programme: '/programme',
		policies: '/policies',
		outdoor: '/outdoor',
		vacancies: '/vacancies',
		vacancy: await first(request, '/vacancies', /href="(\/vacancies\/[a-z0-9]+)"/),
		'heritage walk': '/heritage/walk',
		answers: '/how-we-answer',
		meeting: await first(request, '/meetings', /href="(\/meetings\/[a-z0-9]+)"/),
		station: '/station',
		spaces: '/spaces',
		offers: '/offers',
		event: await first(request, '/offers', /href="(\/events\/[a-z0-9]+)"/),
		'sign in': '/sign-in',
		'code instead of a password': '/sign-in/code',
		reset: '/reset',
		reports: '/reports',
		'something wrong': `${open}/report`,
		offline: '/offline',
		walk: '/walk',
		'not found': '/no-such-page',
	};
}

export type Pages = Awaited<ReturnType<typeof look>>;
export const names = [
	...[
		'home',
		'found',
		'found nothing',
		'filtered',
		'page that does not exist',
		'map',
		'shop',
		'shop with a number',
		'directions',
		'poster',
		'street poster',
		'floor sheet',
		'embed code',
		'plazas',
	],
	...[
		'plaza',
		'streets',
		'street',
		'night',
		'heritage',
		'holidays',
		'points',
		'notices',
		'favourites',
		'about',
		'help',
		'accessibility',
		'privacy',
		'api',
		'open data',
		'bodies',
		'body',
		'meetings',
		'activities',
		'neighbours',
		'programme',
		'policies',
		'outdoor',
		'vacancies',
		'vacancy',
		'heritage walk',
		'answers',
		'meeting',
		'station',
		'spaces',
		'offers',
		'event',
		'sign in',
		'code instead of a password',
		'reset',
		'reports',
		'something wrong',
		'offline',
		'walk',
		'not found',
	],
] as (keyof Pages)[];

let known: Promise<Pages> | undefined;

/** The addresses of one page of every kind, by name; asked for once in each worker. */
export function allPages(request: APIRequestContext): Promise<Pages> {
	return (known ??= look(request));
}

/** Whether the window is one where filters and plan stand beside the list. */
export const wide = (page: Page) => (page.viewportSize()?.width ?? 0) >= 960;

/** Fails the test when the browser reports a script error or a violation of the content policy on the page. */
export async function watch(page: Page): Promise<string[]> {
	const trouble: string[] = [];
	page.on('pageerror', (e) => trouble.push(e.message));
	page.on('console', (m) => {
		// A page that is meant to answer 404 or 422 is logged by the browser as a failed load; that is not our trouble.
		if (m.type() === 'error' && !m.text().includes('Failed to load resource')) trouble.push(m.text());
	});
	await page.addInitScript(() => {
		document.addEventListener('securitypolicyviolation', (e) =>
			console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`),
		);
	});
	return trouble;
}

export const test = base.extend({
	page: async ({ page }, use) => {
		const trouble = await watch(page);
		await use(page);
		expect(trouble, 'script errors and policy violations').toEqual([]);
	},
});

export { expect };
