// What every test of every page starts from: the list of pages, with addresses of real shops taken from the site itself.
import { type APIRequestContext, test as base, expect } from '@playwright/test';

export const languages = ['', '/zh-hant', '/en'] as const;
export const langOf: Record<(typeof languages)[number], string> = { '': 'zh-Hans', '/zh-hant': 'zh-Hant', '/en': 'en' };

async function first(request: APIRequestContext, path: string, pattern: RegExp): Promise<string> {
  const html = await (await request.get(path)).text();
  const found = pattern.exec(html)?.[1];
  expect(found, `${path} links to something like ${pattern.source}`).toBeTruthy();
  return found ?? '';
}

/** The addresses of one page of every kind, by name. */
export async function allPages(request: APIRequestContext): Promise<Record<string, string>> {
  const shop = await first(request, '/?open=now', /href="(\/shops\/[a-z0-9-]+)"/);
  const plaza = await first(request, '/plazas', /href="(\/plazas\/[a-z0-9-]+)"/);
  const street = await first(request, '/streets', /href="(\/streets\/[a-z0-9-]+)"/);
  return {
    home: '/',
    found: '/?q=%E9%93%B6%E8%A1%8C',
    'found nothing': '/?q=%E9%A3%9E%E6%9C%BA%E5%9C%BA%E8%B7%91%E9%81%93',
    filtered: '/?open=now&sort=name',
    'page that does not exist': '/?page=9999',
    map: '/?view=map',
    shop,
    directions: `${shop}/go`,
    poster: `${shop}/poster?size=a5`,
    plazas: '/plazas',
    plaza,
    streets: '/streets',
    street,
    night: '/night',
    heritage: '/heritage',
    points: '/points',
    favourites: '/favourites',
    about: '/about',
    help: '/help',
    accessibility: '/accessibility',
    privacy: '/privacy',
    'not found': '/no-such-page',
  };
}

/** A page that fails its test when the browser reports a script error or a violation of the content policy. */
export const test = base.extend({
  page: async ({ page }, use) => {
    const trouble: string[] = [];
    page.on('pageerror', (e) => trouble.push(e.message));
    page.on('console', (m) => {
      // A page that is meant to answer 404 or 422 is logged by the browser as a failed load; that is not our trouble.
      if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) trouble.push(m.text());
    });
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
    });
    await use(page);
    expect(trouble, 'script errors and policy violations').toEqual([]);
  },
});

export { expect };
