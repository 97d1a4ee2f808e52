// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from 'vitest';

type Listener = (event: { request: Request; waitUntil(p: Promise<unknown>): void; respondWith(p: Promise<Response>): void }) => void;

const origin = 'https://x.example';
let listeners: Record<string, Listener>;
let stores: Map<string, Map<string, Response>>;
const network = vi.fn<(request: Request | string) => Promise<Response>>();
const absolute = (request: Request | string) => new URL(typeof request === 'string' ? request : request.url, origin).href;

function store(name: string) {
	const kept = stores.get(name) ?? new Map<string, Response>();
	stores.set(name, kept);
	return {
		match: (r: Request | string) => Promise.resolve(kept.get(absolute(r))?.clone()),
		put: (r: Request | string, answer: Response) => Promise.resolve(void kept.set(absolute(r), answer)),
		add: async (r: Request | string): Promise<void> => {
			kept.set(absolute(r), await network(r));
		},
		delete: (r: Request | string) => Promise.resolve(kept.delete(absolute(r))),
		keys: () => Promise.resolve([...kept.keys()].map((url) => new Request(url))),
	};
}

async function ask(path: string, mode = 'navigate', method = 'GET'): Promise<Response | undefined> {
	const request = new Request(origin + path, { method });
	Object.defineProperty(request, 'mode', { value: mode });
	let answer: Promise<Response> | undefined;
	listeners.fetch!({ request, waitUntil: () => undefined, respondWith: (p) => void (answer = p) });
	return answer;
}

const lifecycle = async (name: string) => {
	const work: Promise<unknown>[] = [];
	listeners[name]!({ request: new Request(origin), waitUntil: (p) => work.push(p), respondWith: () => undefined });
	await Promise.all(work);
};

const html = (text: string, headers: Record<string, string> = {}) =>
	new Response(`<html lang="zh-Hans">${text}`, { headers: { 'content-type': 'text/html; charset=utf-8', ...headers } });

beforeEach(async () => {
	listeners = {};
	stores = new Map();
	network.mockReset();
	vi.resetModules();
	vi.stubGlobal('fetch', network);
	vi.stubGlobal('self', {
		addEventListener: (name: string, listener: Listener) => (listeners[name] = listener),
		skipWaiting: () => Promise.resolve(),
		clients: { claim: () => Promise.resolve(), matchAll: () => Promise.resolve([{ url: `${origin}/first` }]) },
		location: new URL(origin),
	});
	vi.stubGlobal('caches', {
		open: (name: string) => Promise.resolve(store(name)),
		match: (r: Request | string, { cacheName }: { cacheName: string }) => store(cacheName).match(r),
		keys: () => Promise.resolve([...stores.keys()]),
		delete: (name: string) => Promise.resolve(stores.delete(name)),
	});
	await import('./sw.ts');
});

describe('a page', () => {
	it('comes from the network, and its copy says its age once that is gone', async () => {
		network.mockResolvedValueOnce(html('面馆', { 'content-encoding': 'br' }));
		expect(await (await ask('/shops/yunjian'))!.text()).not.toContain('data-saved');
		network.mockRejectedValueOnce(new TypeError('offline'));
		const copy = (await ask('/shops/yunjian'))!;
		expect(await copy.text()).toMatch(/^<html data-saved="\d{4}-\d\d-\d\dT[\d:.]+Z" lang="zh-Hans">面馆$/);
		expect(copy.headers.has('content-encoding')).toBe(false);
	});
	it.each([
		['an error', () => new Response('', { status: 500, headers: { 'content-type': 'text/html' } })],
		['a page that must not be kept', () => html('草稿', { 'cache-control': 'private, no-store' })],
		['something else than a page', () => Response.json({})],
	])('is not kept when it is %s', async (_, answer) => {
		network.mockResolvedValueOnce(answer());
		await ask('/a');
		network.mockRejectedValueOnce(new TypeError('offline'));
		await expect(ask('/a')).rejects.toThrow('offline');
	});
	it('keeps the newest 60', async () => {
		for (let i = 0; i < 62; i++) {
			network.mockResolvedValueOnce(html(String(i)));
			await ask(`/p${i}`);
		}
		expect(stores.get('pages-1')!.size).toBe(60);
		expect(stores.get('pages-1')!.has(`${origin}/p1`)).toBe(false);
		expect(stores.get('pages-1')!.has(`${origin}/p61`)).toBe(true);
	});
});

describe('the first page there ever was', () => {
	it('is kept although it was loaded before the worker', async () => {
		network.mockResolvedValueOnce(html('第一页'));
		await lifecycle('activate');
		await vi.waitFor(() => expect(stores.get('pages-1')?.has(`${origin}/first`)).toBe(true));
		network.mockRejectedValueOnce(new TypeError('offline'));
		expect(await (await ask('/first'))!.text()).toContain('第一页');
	});
	it('holds nothing back where the network does not answer, and is not waited for without end', async () => {
		vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
		try {
			network.mockReturnValueOnce(new Promise(() => undefined));
			await lifecycle('activate');
			await new Promise((done) => setImmediate(done));
			const { signal } = network.mock.calls[0]![0] as Request;
			expect(signal.aborted).toBe(false);
			vi.advanceTimersByTime(8000);
			expect(signal.aborted).toBe(true);
		} finally {
			vi.useRealTimers();
		}
	});
});

describe('never visited', () => {
	it.each([
		['/plazas', '/offline'],
		['/en/plazas', '/en/offline'],
		['/zh-hant', '/zh-hant/offline'],
		['/english', '/offline'],
	])('%s shows %s, with the built files it needs', async (path, instead) => {
		network.mockImplementation((r) =>
			Promise.resolve(absolute(r).includes('/static/') ? new Response('css') : html(`${absolute(r)} <link href="/static/a-1.css">`)),
		);
		await lifecycle('install');
		network.mockRejectedValue(new TypeError('offline'));
		expect(await (await ask(path))!.text()).toContain(`${origin}${instead} `);
		expect(await (await ask('/static/a-1.css', 'no-cors'))!.text()).toBe('css');
	});
});

describe('a built file', () => {
	it('is fetched once', async () => {
		network.mockImplementation(() => Promise.resolve(new Response('js')));
		await ask('/static/main-1.js', 'cors');
		expect(await (await ask('/static/main-1.js', 'cors'))!.text()).toBe('js');
		expect(network).toHaveBeenCalledOnce();
	});
});

describe('what is not for it', () => {
	it.each([
		['a form', '/preferences', 'navigate', 'POST'],
		['suggestions', '/suggest?q=a', 'cors', 'GET'],
	])('%s goes to the network untouched', async (_, path, mode, method) => {
		expect(await ask(path, mode, method)).toBeUndefined();
	});
	it('other sites go untouched', () => {
		let answered = false;
		listeners.fetch!({ request: new Request('https://other.example/'), waitUntil: () => undefined, respondWith: () => (answered = true) });
		expect(answered).toBe(false);
	});
});

it('clears the copies of an earlier version', async () => {
	stores.set('pages-0', new Map());
	await lifecycle('activate');
	expect([...stores.keys()]).not.toContain('pages-0');
});
