// The shops a visitor keeps, as a list of shop codes in this browser only. They leave it solely in the link the visitor opens
// or shares.

const key = 'favourites';
const most = 50;

/** The kept codes, newest last. Anything that is not such a list counts as empty. */
export function kept(): string[] {
	try {
		const list: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
		return Array.isArray(list) ? list.filter((id): id is string => typeof id === 'string' && /^[\w-]{1,40}$/.test(id)).slice(-most) : [];
	} catch {
		return [];
	}
}

function keep(list: string[]): boolean {
	try {
		localStorage.setItem(key, JSON.stringify(list.slice(-most)));
		document.dispatchEvent(new Event('favourites'));
		return true;
	} catch {
		return false; // storage full or forbidden
	}
}

/** The star of one shop (data-id). */
export function favourite(root: HTMLElement): void {
	const id = root.dataset.id ?? '';
	const word = root.querySelector('span');
	const show = () => {
		const on = kept().includes(id);
		root.setAttribute('aria-pressed', String(on));
		if (word) word.textContent = (on ? root.dataset.kept : root.dataset.add) ?? '';
	};
	root.addEventListener('click', () => {
		const others = kept().filter((other) => other !== id);
		if (!keep(kept().includes(id) ? others : [...others, id])) root.hidden = true;
		show();
	});
	show();
	root.hidden = false;
}

/** The link to the kept shops; it appears with the first of them. */
export function favouritesLink(root: HTMLElement): void {
	const link = root as HTMLAnchorElement;
	const path = new URL(link.href).pathname;
	const count = root.querySelector('[data-count]');
	const show = () => {
		const ids = kept();
		root.hidden = ids.length === 0;
		link.href = `${path}?ids=${ids.join(',')}`;
		if (count) count.textContent = String(ids.length);
	};
	document.addEventListener('favourites', show);
	show();
}
