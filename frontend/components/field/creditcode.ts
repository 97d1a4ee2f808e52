/** What is wrong with a unified social credit code, and where; and the kind of body it was given to. */
export interface Read {
	wrong?: 'length' | 'letter' | 'check';
	place?: number;
	letter?: string;
	kind?: string;
}

// The rules of services/creditcode, which has the last word; one file of vectors tests both.
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const length = 18;
const kinds: Record<string, string> = {
	91: 'company',
	92: 'individual',
	93: 'cooperative',
	51: 'association',
	52: 'private',
	53: 'foundation',
	11: 'public',
	12: 'public',
	13: 'public',
	19: 'public',
};

/** The characters of a code as typed: full-width ones narrow, without spaces and hyphens. */
function characters(typed: string): string[] {
	return Array.from(
		typed
			.normalize('NFKC')
			.replace(/[\s\-‐‑–—−]/gu, '')
			.toUpperCase(),
	);
}

/** Reads a code as people type it; nothing typed is right and has no kind. */
export function read(typed: string): Read {
	if (typed.length > 100) return { wrong: 'length' };
	const code = characters(typed);
	if (code.length === 0) return {};
	let sum = 0;
	let weight = 1;
	for (const [i, letter] of code.entries()) {
		const value = alphabet.indexOf(letter);
		if (value < 0 || (i >= 2 && i < 8 && value > 9)) return { wrong: 'letter', place: i + 1, letter };
		if (i < length - 1) sum += value * weight;
		weight = (weight * 3) % alphabet.length;
	}
	if (code.length !== length) return { wrong: 'length' };
	if (code[length - 1] !== alphabet[(alphabet.length - (sum % alphabet.length)) % alphabet.length]) return { wrong: 'check' };
	return { kind: kinds[code.slice(0, 2).join('')] ?? 'other' };
}

/**
 * The line under a field for a credit code that says, when it is left or has all its characters, what is wrong with it, or whose kind it
 * is. The words come with the line; nothing is sent, and the form goes without it.
 */
export function creditcode(root: HTMLElement): void {
	const field = document.getElementById(root.dataset.of ?? '') as HTMLInputElement | null;
	if (!field) return;
	const words = (name: string) => root.dataset[name] ?? '';
	const tell = () => {
		const it = read(field.value);
		let text = '';
		if (it.wrong)
			text = words(it.wrong)
				.replace('{n}', String(it.place ?? ''))
				.replace('{c}', it.letter ?? '');
		else if (it.kind) text = words(it.kind);
		root.classList.toggle('over', it.wrong !== undefined);
		if (root.textContent !== text) root.textContent = text; // said again only when it says something else
	};
	field.addEventListener('input', () => {
		if (root.textContent || characters(field.value).length >= length) tell();
	});
	field.addEventListener('change', tell);
}
