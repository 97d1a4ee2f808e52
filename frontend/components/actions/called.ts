/**
 * Tells the site, once a page each, that a number within was tapped or the shop's own website opened, for the owner's numbers: data-to and
 * data-visited are where, data-site is the website. Nothing waits for it.
 */
export function called(root: HTMLElement): void {
	const told = new Set<string>();
	root.addEventListener('click', (event) => {
		const link = (event.target as Element).closest('a')?.getAttribute('href');
		if (!link || !('sendBeacon' in navigator)) return; // switched off, or a browser that has none
		const to = link.startsWith('tel:') ? root.dataset.to : link === root.dataset.site ? root.dataset.visited : undefined;
		if (to && !told.has(to) && navigator.sendBeacon(to)) told.add(to);
	});
}
