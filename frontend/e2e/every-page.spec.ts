// What holds on every page: no accessibility finding in any theme and text size, no sideways scrolling, one heading, the right language.
import AxeBuilder from '@axe-core/playwright';
import { allPages, expect, langOf, languages, test } from './pages.ts';

const names = [
  'home', 'found', 'found nothing', 'filtered', 'page that does not exist', 'map', 'shop', 'directions', 'poster', 'plazas', 'plaza', 'streets', 'street',
  'night', 'heritage', 'points', 'favourites', 'about', 'help', 'accessibility', 'privacy', 'not found',
];

for (const prefix of languages) {
  for (const name of names) {
    test(`${name} ${langOf[prefix]}`, async ({ page, request }) => {
      const path = (await allPages(request))[name] ?? '';
      await page.goto(prefix + path);
      await expect(page.locator('html')).toHaveAttribute('lang', langOf[prefix]);
      await expect(page.locator('h1')).toHaveCount(1);
      // Theme and size are attributes the server writes from cookies; setting them here is the same page without loading it again.
      for (const [theme, size] of [['light', ''], ['dark', ''], ['light', 'large'], ['dark', 'large']] as const) {
        await page.evaluate(([t, s]) => {
          document.documentElement.dataset['theme'] = t;
          if (s) document.documentElement.dataset['size'] = s;
          else delete document.documentElement.dataset['size'];
        }, [theme, size] as const);
        const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
        expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`), `${theme} ${size || 'normal'}`).toEqual([]);
      }
    });
  }
}

for (const name of names) {
  test(`${name} fits a narrow screen in large text`, async ({ page, request }, info) => {
    test.skip(info.project.name !== 'phone', 'once is enough: the width is set here');
    const path = (await allPages(request))[name] ?? '';
    for (const prefix of languages) {
      await page.setViewportSize({ width: 320, height: 700 });
      await page.goto(prefix + path);
      await page.evaluate(() => (document.documentElement.dataset['size'] = 'large'));
      expect(await overflow(page), `${langOf[prefix]}, large text, 320 px`).toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      await page.evaluate(() => {
        delete document.documentElement.dataset['size'];
        document.documentElement.style.fontSize = '200%';
      });
      expect(await overflow(page), `${langOf[prefix]}, text at 200 %, 390 px`).toEqual([]);
    }
  });
}

/** The elements that stick out to the right, outermost first; empty when the page does not scroll sideways. */
async function overflow(page: import('@playwright/test').Page): Promise<string[]> {
  return page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    return [...document.querySelectorAll('body *')]
      .filter((e) => e.getBoundingClientRect().right > wide + 1)
      .slice(0, 5)
      .map((e) => `${e.tagName.toLowerCase()}.${e.getAttribute('class') ?? ''} to ${Math.round(e.getBoundingClientRect().right)} of ${wide}`);
  });
}
