// GET forms and links with data-into="#region" replace that region only; without script they are plain navigations. Whatever
// is unexpected (another page, not HTML, no such region, no answer) becomes a plain navigation too.
import { parsePage } from './policy.ts';

/** How long an answer may take before the rows turn grey, and before a sentence says so (design: Skeleton). */
const greyAfter = 400;
const slowAfter = 8000;

let latest = 0;
let running: AbortController | undefined;
let shown = address();

function address(): string {
	return location.pathname + location.search;
}

/** Turns the region grey in the shape of its template, if it is still waiting then; the returned function calls that off. */
function wait(region: HTMLElement): () => void {
	const shape = region.querySelector<HTMLTemplateElement>('template[data-skeleton]');
	const grey = setTimeout(() => {
		if (!shape) return;
		region.prepend(shape.content.cloneNode(true));
		region.classList.add('waiting');
	}, greyAfter);
	const slow = setTimeout(() => region.querySelector('[data-slow]')?.removeAttribute('hidden'), slowAfter);
	return () => {
		clearTimeout(grey);
		clearTimeout(slow);
	};
}

/** Replaces the region by that of the page at url. Only the latest call counts. */
export async function show(url: URL, selector: string, push: boolean): Promise<void> {
	const mine = ++latest;
	running?.abort();
	running = new AbortController();
	const old = document.querySelector<HTMLElement>(selector);
	if (!old) {
		location.assign(url);
		return;
	}
	old.setAttribute('aria-busy', 'true');
	const settle = wait(old);
	try {
		const answer = await fetch(url, { headers: { 'X-Partial': selector.slice(1) }, signal: running.signal, credentials: 'same-origin' });
		if (mine !== latest) return;
		const elsewhere = answer.redirected && new URL(answer.url).pathname !== url.pathname;
		const html = (answer.headers.get('content-type') ?? '').startsWith('text/html');
		const page = html && !elsewhere ? parsePage(await answer.text()) : undefined;
		if (mine !== latest) return;
		const next = page?.querySelector<HTMLElement>(selector);
		if (!page || !next) {
			location.assign(url);
			return;
		}
		const focused = document.activeElement?.id;
		old.replaceWith(next);
		if (focused) document.getElementById(focused)?.focus();
		if (page.title) document.title = page.title;
		if (push) history.pushState({ into: selector }, '', url);
		shown = address();
		document.dispatchEvent(new CustomEvent('region', { detail: next }));
	} catch (problem) {
		if ((problem as Error).name !== 'AbortError') location.assign(url);
	} finally {
		settle();
		if (mine === latest) document.querySelector(selector)?.removeAttribute('aria-busy');
	}
}

/** The address a GET form asks for, without its empty fields. */
export function addressOf(form: HTMLFormElement, button?: HTMLElement | null): URL {
	const url = new URL(form.getAttribute('action') ?? '', location.href);
	const data = new FormData(form);
	if (button instanceof HTMLButtonElement && button.name) data.append(button.name, button.value);
	const pairs = [...data].filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '');
	url.search = new URLSearchParams(pairs).toString();
	return url;
}

/** Listens on the whole document, so that replaced regions need no new listeners. */
export function partial(): void {
	document.addEventListener('submit', (event) => {
		const form = event.target as HTMLFormElement;
		const into = form.dataset.into;
		if (!into || form.method !== 'get' || event.defaultPrevented) return;
		event.preventDefault();
		void show(addressOf(form, event.submitter), into, true);
	});

	let timer: ReturnType<typeof setTimeout> | undefined;
	document.addEventListener('change', (event) => {
		// data-auto is the media query under which a choice applies at once; elsewhere the form's button does.
		const form = (event.target as HTMLInputElement).form;
		if (!form?.dataset.into || !form.dataset.auto || !matchMedia(form.dataset.auto).matches) return;
		clearTimeout(timer);
		timer = setTimeout(() => form.requestSubmit(), 150);
	});

	document.addEventListener('click', (event) => {
		if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
		const link = (event.target as Element).closest<HTMLAnchorElement>('a[data-into]');
		if (!link || link.getAttribute('href')?.startsWith('#')) return;
		event.preventDefault();
		void show(new URL(link.href), link.dataset.into ?? '', true);
	});

	addEventListener('popstate', (event) => {
		if (address() === shown) return; // only the part after # changed
		const into = (event.state as { into?: string } | null)?.into ?? document.querySelector<HTMLElement>('[data-into]')?.dataset.into;
		if (into) void show(new URL(location.href), into, false);
		else location.reload();
	});
}
