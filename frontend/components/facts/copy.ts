import { say } from '../../src/said.ts';

/** A button that copies data-copy; it shows only where the browser lets it. */
export function copy(root: HTMLElement): void {
	const clipboard = navigator.clipboard as Clipboard | undefined;
	if (!clipboard) return;
	root.hidden = false;
	root.addEventListener('click', () => {
		clipboard.writeText(root.dataset.copy ?? '').then(
			() => say(root, root.dataset.copied ?? ''),
			() => (root.hidden = true),
		);
	});
}
