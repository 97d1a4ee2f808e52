/** Says that the page is a kept copy and of when. The service worker marks a copy with data-saved on the root element. */
export function offline(root: HTMLElement): void {
	const saved = new Date(document.documentElement.dataset.saved ?? '');
	if (Number.isNaN(saved.getTime())) return;
	const said = root.querySelector('[data-said]');
	if (said) said.textContent = (root.dataset.words ?? '').replace('{time}', when(saved, new Date(), document.documentElement.lang));
	root.hidden = false;
}

/** The time of day, with the date when it was another day. */
export function when(saved: Date, now: Date, lang: string): string {
	const clock = `${String(saved.getHours())}:${String(saved.getMinutes()).padStart(2, '0')}`;
	if (saved.toDateString() === now.toDateString()) return clock;
	if (lang === 'en') return `${clock} on ${String(saved.getDate())} ${saved.toLocaleString('en-GB', { month: 'long' })}`;
	return `${String(saved.getMonth() + 1)} 月 ${String(saved.getDate())} 日 ${clock}`;
}
