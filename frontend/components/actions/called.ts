/** Tells the site, once a page, that a number within was tapped, for the owner's numbers: data-to is where. Nothing waits for it. */
export function called(root: HTMLElement): void {
	let told = false;
	root.addEventListener('click', (event) => {
		const link = (event.target as Element).closest('a[href^="tel:"]');
		if (!link || told || !('sendBeacon' in navigator)) return; // switched off, or a browser that has none
		told = navigator.sendBeacon(root.dataset.to ?? '');
	});
}
