// What the first view of a page weighs on the way, in bytes of bodies as sent, and how many requests it takes.
import { allPages, expect, test } from './pages.ts';

const kib = 1024;
const budget: Record<string, number> = { document: 14 * kib, stylesheet: 10 * kib, script: 6 * kib, icons: 3 * kib, rest: kib };

for (const name of ['home', 'found', 'map', 'shop', 'street', 'plaza', 'night', 'points'] as const) {
	test(`${name} keeps to its budget`, async ({ page, request }, info) => {
		test.skip(info.project.name !== 'phone', 'the budget is a phone’s');
		const path = (await allPages(request))[name];
		const requests: import('@playwright/test').Request[] = [];
		page.on('request', (r) => requests.push(r));
		await page.goto(path, { waitUntil: 'load' });
		const sizes: Record<string, number> = {};
		for (const r of requests.filter((one) => !one.serviceWorker())) {
			const answer = await r.response();
			const size = (await r.sizes()).responseBodySize;
			const type =
				{ document: 'document', stylesheet: 'stylesheet', script: 'script' }[r.resourceType()] ?? (r.url().includes('/static/icons-') ? 'icons' : 'rest');
			sizes[type] = (sizes[type] ?? 0) + size;
			if (size > kib) expect(await answer?.headerValue('content-encoding'), `${r.url()} is sent compressed`).toMatch(/^(br|zstd)$/);
		}
		if (process.env.E2E_SIZES) console.log(path, requests.length, JSON.stringify(sizes));
		for (const [type, size] of Object.entries(sizes)) expect(size, `${type} of ${path}`).toBeLessThanOrEqual(budget[type] ?? 0);
		expect(
			Object.values(sizes).reduce((a, b) => a + b, 0),
			'first view',
		).toBeLessThanOrEqual(33 * kib);
		expect(requests.length).toBeLessThanOrEqual(8);
	});
}
