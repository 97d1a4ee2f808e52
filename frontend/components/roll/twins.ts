import type { Module } from '../../src/modules.ts';

/** A shop that may be the one somebody is typing. */
interface Twin {
	title: string;
	note: string;
	href: string;
	lang?: string;
}

/** How long to wait after a key before asking, in milliseconds. */
const pause = 350;

/** Shows, under the fields of a new shop, which shops it may be already. The fields are those of the form it stands in. */
export const twins: Module = (root) => {
	const form = root.closest('form');
	if (!form) return;
	let timer = 0;
	let asked = '';
	let pending: AbortController | undefined;

	const ask = async () => {
		const query = new URLSearchParams();
		for (const name of ['name', 'address.line', 'phones']) {
			const field = form.elements.namedItem(name);
			if (field instanceof HTMLInputElement && field.value.trim()) query.set(name, field.value.trim());
		}
		if (query.toString() === asked) return;
		asked = query.toString();
		pending?.abort();
		if (!query.has('name')) {
			show(root, []);
			return;
		}
		pending = new AbortController();
		try {
			const answer = await fetch(`${root.dataset.src ?? ''}?${asked}`, { signal: pending.signal });
			if (answer.ok) show(root, ((await answer.json()) as { items: Twin[] }).items);
		} catch {
			// Without an answer the form asks when it is sent.
		}
	};
	form.addEventListener('input', () => {
		clearTimeout(timer);
		timer = window.setTimeout(() => void ask(), pause);
	});
};

function show(root: HTMLElement, items: Twin[]): void {
	root.hidden = items.length === 0;
	if (items.length === 0) {
		root.replaceChildren();
		return;
	}
	const box = element('div', 'callout warn');
	const inner = element('div');
	const lead = element('p');
	const bold = element('b');
	bold.textContent = root.dataset.lead ?? '';
	lead.append(bold);
	const list = element('ul', 'dots');
	for (const item of items) {
		const line = element('li');
		const link = document.createElement('a');
		link.href = item.href;
		link.target = '_blank';
		link.rel = 'noopener';
		if (item.lang) link.lang = item.lang;
		link.textContent = item.title;
		line.append(link, ` ${item.note}`);
		list.append(line);
	}
	inner.append(lead, list);
	box.append(inner);
	root.replaceChildren(box);
}

function element(name: string, className = ''): HTMLElement {
	const made = document.createElement(name);
	if (className) made.className = className;
	return made;
}
