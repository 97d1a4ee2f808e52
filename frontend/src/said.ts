/** Says a sentence right after an element, to eyes and to screen readers; a later one replaces it. */
export function say(after: HTMLElement, sentence: string): void {
	let place = after.parentElement?.querySelector<HTMLElement>(':scope > .said');
	if (!place) {
		place = document.createElement('span');
		place.className = 'said';
		place.setAttribute('role', 'status');
		after.parentElement?.append(place);
	}
	place.textContent = sentence;
}
