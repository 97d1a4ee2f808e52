import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const list = fileURLToPath(new URL('icons.txt', import.meta.url));
const mark = fileURLToPath(new URL('icon.svg', import.meta.url));
const lucide = fileURLToPath(new URL('../node_modules/lucide-static/icons/', import.meta.url));

/** Reads "our word = Lucide's name" lines; # begins a comment. */
export function parseList(text: string): Map<string, string> {
	const icons = new Map<string, string>();
	for (const line of text.split('\n')) {
		if (line.trim() === '' || line.startsWith('#')) continue;
		const [ours, theirs, more] = line.split('=').map((s) => s.trim());
		if (!ours || !theirs || more !== undefined) throw new Error(`icons.txt: cannot read "${line}"`);
		if (icons.has(ours)) throw new Error(`icons.txt: ${ours} is there twice`);
		icons.set(ours, theirs);
	}
	return icons;
}

/**
 * Keeps two decimals, a hundredth of the 24 units, which nobody sees. Cut and not rounded: digits before the point may be the flags of an
 * arc ("012.911" is 0, 1, 2.911) and must stay as they are, and a point always stays, since "1.996.5" is two numbers.
 */
export function shorten(drawing: string): string {
	return drawing.replace(/(\.\d\d)\d+/g, '$1');
}

/** Makes one <symbol> of a whole Lucide file: the drawing only, since size, stroke and colour come from our style sheet. */
export function symbol(id: string, svg: string): string {
	const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)?.[1];
	if (!inner) throw new Error(`no drawing in the icon ${id}`);
	const drawing = inner
		.replace(/\s+/g, ' ')
		.replace(/> </g, '><')
		.replace(/ \/>/g, '/>')
		.replace(/ fill="currentColor"/g, '')
		.trim();
	return `<symbol id="${id}" viewBox="0 0 24 24">${shorten(drawing)}</symbol>`;
}

/** The sprite as text. */
export function makeSprite(): string {
	const symbols = [...parseList(readFileSync(list, 'utf8'))].map(([ours, theirs]) => symbol(ours, readFileSync(`${lucide}${theirs}.svg`, 'utf8')));
	return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

/** Puts the sprite and the mark of the site beside the other built files and into the manifest. */
export function sprite(): Plugin {
	return {
		name: 'icon-sprite',
		apply: 'build',
		buildStart() {
			this.addWatchFile(list);
			this.emitFile({ type: 'asset', name: 'icons.svg', originalFileName: 'icons/icons.txt', source: makeSprite() });
			this.emitFile({ type: 'asset', name: 'icon.svg', originalFileName: 'icons/icon.svg', source: readFileSync(mark, 'utf8') });
		},
	};
}
