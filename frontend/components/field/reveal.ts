/** The button beside a password: shows it and hides it again. It changes the field it controls. */
export function reveal(root: HTMLElement): void {
	const field = document.getElementById(root.getAttribute('aria-controls') ?? '');
	if (!(field instanceof HTMLInputElement)) return;
	const show = root.textContent;
	root.hidden = false;
	root.addEventListener('click', () => {
		const shown = field.type === 'password';
		field.type = shown ? 'text' : 'password';
		root.setAttribute('aria-pressed', String(shown));
		root.textContent = shown ? (root.dataset.hide ?? '') : show;
	});
	// What was shown is sent as a password again, so that the browser keeps it as one and no other field.
	field.form?.addEventListener('submit', () => (field.type = 'password'));
}
