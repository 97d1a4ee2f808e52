/** The menu of phones: Escape and a press elsewhere close it, as people expect of a menu. */
export function menu(root: HTMLElement): void {
	const details = root as HTMLDetailsElement;
	root.addEventListener('keydown', (event) => {
		if (event.key !== 'Escape' || !details.open) return;
		details.open = false;
		root.querySelector('summary')?.focus();
	});
	document.addEventListener('click', (event) => {
		if (details.open && !root.contains(event.target as Node)) details.open = false;
	});
}

/** The date of printing, known only when it happens; until then it is that of the page. */
export function printed(root: HTMLElement): void {
	addEventListener('beforeprint', () => {
		root.textContent = new Date().toLocaleDateString(document.documentElement.lang, { dateStyle: 'long' });
	});
}
