import { type Result, type Side, type Stop, answerOf, newID, replaced, settle } from './queue.ts';
import { forget, keepAnswer, keepSide, sideAt, waiting } from './store.ts';

/** How many answers are sent at once. */
const batch = 50;

/** The side as the server tells it, with what it takes to send answers. */
interface Told extends Omit<Side, 'path'> {
	csrf: string;
	open: number;
}

type Reached = { told: Told } | { none: 'offline' | 'signin' };

/** Goes through the stops of a side of a street without loading pages, and keeps what is said until the network takes it. Touches the
 *  title of the page, when it stands in for one that could not be loaded. */
export function walk(root: HTMLElement): void {
	begin(root).catch((problem: unknown) => console.error('street walk', problem));
}

async function begin(root: HTMLElement): Promise<void> {
	const path = location.pathname;
	const words = root.dataset;
	const data = words.data || `${path}/stops`;
	const find = (selector: string) => root.querySelector<HTMLElement>(selector);
	let side = await sideAt(path);
	let n = Math.max(Number(new URLSearchParams(location.search).get('at') ?? words.start ?? 1), 1);
	let open = 0;
	let sending = false;

	const say = (text: string, bad = false) => {
		const box = find('[data-state]');
		const inside = find('[data-say]');
		if (!box || !inside) return;
		inside.textContent = text;
		box.hidden = !text;
		box.classList.toggle('warn', bad);
	};

	/** The words for what waits. */
	const tell = async (why?: 'offline' | 'signin', refused = 0) => {
		const all = await waiting();
		const own = all.filter((a) => !side || a.owner === side.owner).length;
		const said: string[] = [];
		if (why === 'offline') said.push(words.offline ?? '');
		if (why === 'signin') said.push(words.signin ?? '');
		if (own) said.push((words.waiting ?? '').replace('{n}', String(own)));
		else if (!why && said.length === 0) said.push(words.sent ?? '');
		if (all.length > own) said.push((words.others ?? '').replace('{n}', String(all.length - own)));
		if (refused) said.push(words.refused ?? '');
		if (open) said.push((words.open ?? '').replace('{n}', String(open)));
		say(said.join(' '), Boolean(why) || open > 0 || refused > 0);
		const link = find('[data-to-open]');
		if (link) link.hidden = open === 0;
	};

	/** Asks for the side anew. */
	const reach = async (): Promise<Reached> => {
		try {
			const answer = await fetch(data, { headers: { accept: 'application/json' }, credentials: 'same-origin' });
			if (answer.redirected || !(answer.headers.get('content-type') ?? '').includes('json')) return { none: answer.status >= 500 ? 'offline' : 'signin' };
			if (!answer.ok) return { none: answer.status >= 500 ? 'offline' : 'signin' };
			return { told: (await answer.json()) as Told };
		} catch {
			return { none: 'offline' };
		}
	};

	const took = async (told: Told) => {
		const { street, title, lead, owner, stops, kinds } = told;
		side = { path, street, title, lead, owner, stops, kinds };
		open = told.open;
		await keepSide(side);
	};

	/** Sends what waits, if the network is there; then the side is asked for again, because revisions have moved. */
	const sync = async () => {
		if (sending) return;
		sending = true;
		try {
			const first = await reach();
			if ('none' in first) {
				await tell(first.none);
				return;
			}
			let refused = 0;
			let sent = 0;
			const own = (await waiting()).filter((a) => a.owner === first.told.owner);
			for (let at = 0; at < own.length; at += batch) {
				const part = own.slice(at, at + batch);
				const answer = await fetch(words.send ?? '', {
					method: 'POST',
					credentials: 'same-origin',
					headers: { 'content-type': 'application/json', 'x-csrf-token': first.told.csrf, accept: 'application/json' },
					body: JSON.stringify({ answers: part }),
				}).catch(() => undefined);
				if (!answer?.ok) {
					await tell(answer?.status === 401 || answer?.status === 403 ? 'signin' : 'offline');
					return;
				}
				const { results } = (await answer.json()) as { results: Result[] };
				const done = settle(results);
				await forget(done.gone);
				refused += done.refused;
				sent += done.gone.length;
			}
			const last = sent ? await reach() : first;
			if ('told' in last) {
				await took(last.told);
				refresh();
			}
			if (sent || open || refused) await tell(undefined, refused);
			else say('');
		} finally {
			sending = false;
		}
	};

	/** Writes the present stop into the page. */
	const show = () => {
		if (!side) return;
		const stop = side.stops[n - 1];
		const box = find('[data-stop]');
		const end = find('[data-end]');
		if (box) box.hidden = !stop;
		if (end) end.hidden = Boolean(stop);
		step(-1, n > 1);
		step(1, Boolean(stop));
		if (stop && box) fill(box, stop);
		history.replaceState(null, '', `${path}?at=${String(n)}`);
	};

	const step = (by: number, there: boolean) => {
		const link = root.querySelector<HTMLAnchorElement>(`[data-step="${String(by)}"]`);
		if (!link) return;
		link.hidden = !there;
		link.href = `${path}?at=${String(n + by)}`;
	};

	const fill = (box: HTMLElement, stop: Stop) => {
		const vacant = stop.listing === '';
		text(box, '[data-n]', String(n));
		text(box, '[data-all]', String(side?.stops.length ?? 0));
		text(box, '[data-door]', stop.door);
		text(box, '[data-name]', vacant ? (words.vacant ?? '') : stop.name);
		text(box, '[data-checked]', stop.checked);
		const name = box.querySelector('[data-name]');
		if (stop.lang && stop.lang !== document.documentElement.lang) name?.setAttribute('lang', stop.lang);
		else name?.removeAttribute('lang');
		for (const key of ['kind', 'phone', 'hours'] as const) {
			const dd = box.querySelector<HTMLElement>(`[data-${key}]`);
			if (!dd) continue;
			dd.textContent = vacant ? '' : stop[key];
			if (dd.parentElement) dd.parentElement.hidden = !dd.textContent;
		}
		for (const part of box.querySelectorAll<HTMLElement>('[data-shop]')) part.hidden = vacant;
		for (const part of box.querySelectorAll<HTMLElement>('[data-unit]')) part.hidden = !vacant;
		const kinds = box.querySelector<HTMLSelectElement>('[data-kinds]');
		if (kinds && side && kinds.options.length <= 1) kinds.replaceChildren(...side.kinds.map((k) => new Option(k.Label, k.Value)));
	};

	/** After a sync: the same stop in the new list, wherever it stands now. */
	const refresh = () => {
		if (!side) return;
		n = Math.min(n, side.stops.length + 1);
		show();
	};

	root.addEventListener('submit', (event) => {
		const stop = side?.stops[n - 1];
		if (!side || !stop || !(event.target instanceof HTMLFormElement)) return;
		event.preventDefault();
		const form = event.target;
		const fields = new FormData(form);
		const pressed = (event.submitter as HTMLButtonElement | null)?.value;
		const said = fields.get('kind');
		const kind = pressed || (typeof said === 'string' ? said : '');
		const answer = answerOf(side, stop, fields, kind, newID(), new Date());
		if (kind === 'changed' && Object.keys(answer.said).length === 0) {
			form.querySelector<HTMLElement>('input:not([type=hidden])')?.focus();
			return;
		}
		(async () => {
			await keepAnswer(answer, sending ? [] : replaced(await waiting(), answer));
			form.reset();
			form.closest('details')?.removeAttribute('open');
			if (kind !== 'new') n++;
			show();
			find('[data-door]')?.scrollIntoView({ block: 'nearest' });
			await tell(navigator.onLine ? undefined : 'offline');
			if (navigator.onLine) await sync();
		})().catch((problem: unknown) => console.error('street walk', problem));
	});
	root.addEventListener('click', (event) => {
		const link = (event.target as Element).closest<HTMLElement>('[data-step]');
		if (!link || !side) return;
		event.preventDefault();
		n = Math.min(Math.max(n + Number(link.dataset.step), 1), side.stops.length + 1);
		show();
	});
	addEventListener('online', () => void sync());
	addEventListener('offline', () => void tell('offline'));

	const now = await reach();
	if ('told' in now) {
		await took(now.told);
		show();
		keepForLater();
		await sync();
	} else if (side) {
		standIn(side);
		show();
		await tell(now.none);
	} else {
		say(words.none ?? '', true);
		const box = find('[data-stop]');
		if (box && !words.data) box.hidden = true;
	}
}

/** The page that stands in takes the title of the one that could not be loaded. */
function standIn(side: Side): void {
	for (const [id, said] of [
		['walk-title', side.title],
		['walk-lead', side.lead],
	] as const) {
		const element = document.getElementById(id);
		if (element) element.textContent = said;
	}
}

function text(box: HTMLElement, selector: string, said: string): void {
	const element = box.querySelector(selector);
	if (element) element.textContent = said;
}

/** Asks the worker to keep the page that stands in, and the built files of this one. */
function keepForLater(): void {
	if (!('serviceWorker' in navigator)) return;
	const prefix = /^\/(zh-hant|en)(?=\/|$)/.exec(location.pathname)?.[0] ?? '';
	const files = performance
		.getEntriesByType('resource')
		.map((entry) => new URL(entry.name, location.origin))
		.filter((url) => url.origin === location.origin && url.pathname.startsWith('/static/'))
		.map((url) => url.pathname);
	void navigator.serviceWorker.ready.then((ready) => ready.active?.postMessage({ walk: `${prefix}/walk`, files }));
}
