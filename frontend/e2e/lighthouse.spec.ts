// Lighthouse on a simulated slow phone. What does not depend on the machine has to be perfect: the three other categories, what is loaded,
// and that nothing moves. The speed, which does, is printed.
import { chromium, expect, test } from '@playwright/test';
import lighthouse from 'lighthouse';
import { allPages } from './pages.ts';

test.describe.configure({ mode: 'serial' });

for (const name of ['home', 'found', 'shop'] as const) {
	test(name, async ({ request, baseURL }, info) => {
		const path = (await allPages(request))[name];
		const port = 18_700 + info.parallelIndex;
		const { executablePath, args = [] } = info.project.use.launchOptions ?? {};
		const browser = await chromium.launch({ executablePath: executablePath ?? '', args: [...args, `--remote-debugging-port=${port}`] });
		const result = await lighthouse(`${baseURL ?? ''}${path}`, { port, logLevel: 'error', output: 'json' });
		await browser.close();
		const scores = Object.fromEntries(Object.values(result?.lhr.categories ?? {}).map((c) => [c.id, Math.round((c.score ?? 0) * 100)]));
		const measures = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift', 'total-byte-weight'];
		const said = measures.map((id) => `${id} ${result?.lhr.audits[id]?.displayValue ?? '?'}`).join(', ');
		console.log(`lighthouse ${name}: ${JSON.stringify(scores)} ${said}`);
		const wrong = Object.values(result?.lhr.categories ?? {})
			.filter((c) => c.id !== 'performance')
			.flatMap((c) => c.auditRefs)
			.map((ref) => result?.lhr.audits[ref.id])
			.filter((a) => a?.score !== null && (a?.score ?? 1) < 1)
			.map((a) => `${a?.id ?? ''}: ${a?.title ?? ''} ${JSON.stringify(a?.details ?? '').slice(0, 600)}`);
		expect(wrong).toEqual([]);
		expect(scores).toMatchObject({ accessibility: 100, 'best-practices': 100, seo: 100 });
		expect(result?.lhr.audits['cumulative-layout-shift']?.numericValue).toBe(0);
		expect(result?.lhr.audits['total-byte-weight']?.numericValue).toBeLessThanOrEqual(33 * 1024);
	});
}
