/** The line under a field that says how many characters may still be typed. Nothing is cut off; the server has the last word. */
export function left(root: HTMLElement): void {
	const field = document.getElementById(root.dataset.of ?? '') as HTMLInputElement | HTMLTextAreaElement | null;
	const max = Number(root.dataset.max);
	if (!field || !max) return;
	const tell = () => {
		const rest = max - Array.from(field.value).length;
		root.classList.toggle('over', rest < 0);
		root.textContent = ((rest < 0 ? root.dataset.over : root.dataset.left) ?? '').replace('{n}', String(Math.abs(rest)));
	};
	field.addEventListener('input', tell);
	if (field.value) tell();
}
