// The offline copy. Pages come from the network whenever it answers; the last copy of each stands in when it does not and says
// its age (data-saved, read by components/offline). Built files never change under their name, so theirs come from the copy.
// Self-contained: a worker is one file.
export {};

interface Worker {
	addEventListener(type: 'install' | 'activate', listener: (event: { waitUntil(p: Promise<unknown>): void }) => void): void;
	addEventListener(type: 'message', listener: (event: { data: unknown; waitUntil(p: Promise<unknown>): void }) => void): void;
	addEventListener(type: 'fetch', listener: (event: { request: Request; respondWith(r: Promise<Response>): void }) => void): void;
	skipWaiting(): Promise<void>;
	clients: { claim(): Promise<void>; matchAll(of: { type: 'window' }): Promise<readonly { url: string }[]> };
	location: Location;
}

const worker = self as unknown as Worker;
const pages = 'pages-1';
const files = 'files-1';
const instead = 'offline-1';
const mostPages = 60;
const mostFiles = 30;
const mostWait = 8000; // ms
const savedHeader = 'x-saved-at';

/** The page for what was never visited, in the language of the path; of a street walk the page that shows what the phone keeps. */
function offlinePath(path: string): string {
	const prefix = /^\/(zh-hant|en)(?=\/|$)/.exec(path)?.[0] ?? '';
	return prefix + (/^\/desk\/walk\/[^/]+\/[^/]+$/.test(path.slice(prefix.length)) ? '/walk' : '/offline');
}

async function trim(name: string, most: number): Promise<void> {
	const cache = await caches.open(name);
	const keys = await cache.keys();
	await Promise.all(keys.slice(0, Math.max(0, keys.length - most)).map((key) => cache.delete(key)));
}

/** Keeps a copy with the time in a header. The oldest copies go. */
async function keep(request: Request, answer: Response): Promise<void> {
	const cache = await caches.open(pages);
	const headers = new Headers(answer.headers);
	headers.delete('content-encoding'); // the body is decoded by now
	headers.delete('content-length');
	headers.set(savedHeader, new Date().toISOString());
	const copy = new Response(await answer.blob(), { status: answer.status, headers });
	await cache.delete(request, { ignoreVary: true }); // to the end of the queue
	await cache.put(request, copy);
	await trim(pages, mostPages);
}

/** Writes the age into the root element of a copy. */
async function aged(copy: Response): Promise<Response> {
	const saved = copy.headers.get(savedHeader) ?? '';
	const text = (await copy.text()).replace(/<html /, `<html data-saved="${/^[\d:.TZ-]+$/.test(saved) ? saved : ''}" `);
	return new Response(text, { headers: copy.headers });
}

/** What the network answers; a page that may be kept is. */
async function fetched(request: Request): Promise<Response> {
	const answer = await fetch(request);
	const html = (answer.headers.get('content-type') ?? '').startsWith('text/html');
	const mayKeep = !(answer.headers.get('cache-control') ?? '').includes('no-store');
	if (answer.ok && html && mayKeep && !answer.redirected) await keep(request, answer.clone()).catch(() => undefined);
	return answer;
}

async function page(request: Request): Promise<Response> {
	try {
		return await fetched(request);
	} catch (problem) {
		const copy = await caches.match(request, { cacheName: pages, ignoreVary: true });
		if (copy) return aged(copy);
		const path = offlinePath(new URL(request.url).pathname);
		const none =
			(await caches.match(path, { cacheName: instead, ignoreVary: true })) ??
			(await caches.match(path.replace(/\/walk$/, '/offline'), { cacheName: instead, ignoreVary: true }));
		if (none) return none;
		throw problem;
	}
}

async function file(request: Request): Promise<Response> {
	const cache = await caches.open(files);
	const copy = await cache.match(request, { ignoreVary: true });
	if (copy) return copy;
	const answer = await fetch(request);
	if (answer.ok) {
		await cache.put(request, answer.clone()).catch(() => undefined);
		await trim(files, mostFiles);
	}
	return answer;
}

/** Keeps an offline page and the built files it names, which are those of every page: the first visit loaded them before
 *  this worker was there. */
async function prepare(path: string): Promise<void> {
	const answer = await fetch(path, { credentials: 'omit' });
	if (!answer.ok) return;
	const text = await answer.clone().text();
	await (await caches.open(instead)).put(path, answer);
	const cache = await caches.open(files);
	const names = new Set([...text.matchAll(/"(\/static\/[\w.-]+)/g)].map((found) => found[1] ?? ''));
	await Promise.all([...names].map(async (name) => (await cache.match(name)) ?? cache.add(name)));
}

/** Keeps the pages that are open: that with which the visit began was loaded before this worker was there. A network that does
 *  not answer in time leaves them unkept until they are next opened. */
async function keepOpen(): Promise<void> {
	const open = await worker.clients.matchAll({ type: 'window' });
	const patience = new AbortController();
	const timer = setTimeout(() => patience.abort(), mostWait);
	await Promise.all(open.map(({ url }) => fetched(new Request(url, { signal: patience.signal })).catch(() => undefined)));
	clearTimeout(timer);
}

worker.addEventListener('install', (event) => {
	event.waitUntil(
		(async () => {
			// One language may fail without the others.
			await Promise.all(['/offline', '/zh-hant/offline', '/en/offline'].map((path) => prepare(path).catch(() => undefined)));
			await worker.skipWaiting();
		})(),
	);
});

worker.addEventListener('activate', (event) => {
	event.waitUntil(
		(async () => {
			const old = (await caches.keys()).filter((name) => name !== pages && name !== files && name !== instead);
			await Promise.all(old.map((name) => caches.delete(name)));
			await worker.clients.claim();
			void keepOpen().catch(() => undefined); // not waited for: until this ends, what the pages ask for is held back
		})(),
	);
});

/** A street walk asks for what it needs without a network: its page, and the built files it has loaded. */
worker.addEventListener('message', (event) => {
	const { walk, files: names } = event.data as { walk?: unknown; files?: unknown };
	if (typeof walk !== 'string' || !/^(\/zh-hant|\/en)?\/walk$/.test(walk) || !Array.isArray(names)) return;
	event.waitUntil(
		(async () => {
			// The files come first: the page must not stand in without them.
			const cache = await caches.open(files);
			const ours = names.filter((name): name is string => typeof name === 'string' && name.startsWith('/static/'));
			await Promise.all(ours.map(async (name) => (await cache.match(name)) ?? cache.add(name)));
			await prepare(walk);
		})().catch(() => undefined),
	);
});

worker.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
	if (url.pathname.startsWith('/static/')) event.respondWith(file(request));
	else if (request.mode === 'navigate') event.respondWith(page(request));
});
