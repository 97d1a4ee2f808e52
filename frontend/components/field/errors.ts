/** Moves the focus to the error summary of a form that came back, so that a screen reader begins there. */
export function errors(root: HTMLElement): void {
	root.focus();
}
