// Suggestions under the search field: a list of links, reached by arrow keys (combobox pattern of the ARIA authoring guide).

interface Suggestion {
	text: string;
	note?: string;
	href: string;
	lang?: string;
	parts?: { Text: string; Hit: boolean }[];
}

const pause = 120;

export function suggest(root: HTMLElement): void {
	const input = root.querySelector<HTMLInputElement>('input[type=search]');
	const url = root.dataset.url;
	if (!input || !url) return;

	const list = document.createElement('ul');
	list.className = 'suggest';
	list.id = `${input.id}-list`;
	list.hidden = true;
	list.setAttribute('role', 'listbox');
	list.setAttribute('aria-label', input.labels?.[0]?.textContent ?? '');
	const status = document.createElement('span');
	status.className = 'vh';
	status.setAttribute('role', 'status');
	root.append(list, status);
	for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': list.id })) {
		input.setAttribute(name, value);
	}

	let items: Suggestion[] = [];
	let chosen = -1;
	let latest = 0;
	let timer: ReturnType<typeof setTimeout> | undefined;

	const choose = (n: number) => {
		chosen = n;
		[...list.children].forEach((option, i) => option.setAttribute('aria-selected', String(i === n)));
		if (n >= 0) input.setAttribute('aria-activedescendant', `${list.id}-${String(n)}`);
		else input.removeAttribute('aria-activedescendant');
	};
	const close = () => {
		clearTimeout(timer);
		latest++;
		items = [];
		list.hidden = true;
		list.replaceChildren();
		input.setAttribute('aria-expanded', 'false');
		choose(-1);
	};
	const go = (n: number) => {
		const href = items[n]?.href;
		if (href) location.assign(href);
	};

	const fill = (found: Suggestion[]) => {
		const kept = items[chosen]?.href; // who went down the list before this answer came stays where they were
		items = found;
		list.replaceChildren(
			...found.map((item, i) => {
				const option = document.createElement('li');
				option.id = `${list.id}-${String(i)}`;
				option.setAttribute('role', 'option');
				option.append(words(item));
				return option;
			}),
		);
		list.hidden = found.length === 0;
		input.setAttribute('aria-expanded', String(found.length > 0));
		status.textContent = found.length ? (root.dataset.found ?? '').replace('{n}', String(found.length)) : '';
		choose(found.findIndex((item) => item.href === kept));
	};

	const ask = async () => {
		const mine = ++latest;
		const q = input.value.trim();
		if (!q) {
			close();
			return;
		}
		try {
			const answer = await fetch(`${url}?q=${encodeURIComponent(q)}`, { headers: { Accept: 'application/json' }, credentials: 'same-origin' });
			const body = (await answer.json()) as { items?: Suggestion[] };
			if (mine === latest) fill(body.items ?? []);
		} catch {
			if (mine === latest) close(); // searching works without suggestions
		}
	};
	const askSoon = () => {
		clearTimeout(timer);
		timer = setTimeout(() => void ask(), pause);
	};

	// While pinyin is being turned into characters the field holds neither yet.
	input.addEventListener('input', (event) => {
		if (!event.isComposing) askSoon();
	});
	input.addEventListener('compositionend', askSoon);
	input.addEventListener('keydown', (event) => {
		if (event.isComposing || list.hidden) return;
		const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };
		const by = steps[event.key];
		if (by) {
			event.preventDefault();
			const n = items.length + 1; // one stop is the field itself
			choose(((chosen + 1 + by + n) % n) - 1);
		} else if (event.key === 'Enter' && chosen >= 0) {
			event.preventDefault();
			go(chosen);
		} else if (event.key === 'Escape') {
			event.preventDefault();
			close();
		}
	});
	input.addEventListener('blur', close);
	list.addEventListener('pointerdown', (event) => event.preventDefault()); // keeps the field focused until the click
	list.addEventListener('click', (event) => {
		const option = (event.target as Element).closest('li');
		if (option) go([...list.children].indexOf(option));
	});
	root.addEventListener('submit', close);
}

/** The text with its hits marked, and the note. */
function words(item: Suggestion): DocumentFragment {
	const out = document.createDocumentFragment();
	const text = document.createElement('span');
	if (item.lang) text.lang = item.lang;
	for (const part of item.parts?.length ? item.parts : [{ Text: item.text, Hit: false }]) {
		const piece = part.Hit ? document.createElement('mark') : document.createTextNode('');
		piece.textContent = part.Text;
		text.append(piece);
	}
	out.append(text);
	if (item.note) {
		const note = document.createElement('small');
		note.textContent = item.note;
		out.append(note);
	}
	return out;
}
