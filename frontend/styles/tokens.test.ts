// @vitest-environment node
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8');

/** The custom properties of the first block whose selector line is exactly this. */
function block(selector: string): Map<string, string> {
	const at = css.indexOf(`${selector} {`);
	if (at < 0) throw new Error(`no block ${selector}`);
	const body = css.slice(css.indexOf('{', at) + 1, css.indexOf('}', at));
	return new Map([...body.matchAll(/(--[\w-]+|color-scheme):\s*([^;]+);/g)].map((m) => [m[1]!, m[2]!.replace(/\s+/g, ' ')]));
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
	const long = hex.length === 4 ? hex.slice(1).replace(/./g, '$&$&') : hex.slice(1);
	const [r, g, b] = [0, 2, 4].map((i) => {
		const c = parseInt(long.slice(i, i + 2), 16) / 255;
		return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
	}) as [number, number, number];
	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
	const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
	return (high + 0.05) / (low + 0.05);
}

const light = block(':root');
const dark = new Map([...light, ...block(":root[data-theme='dark']")]);
const large = block(":root[data-size='large']");

const text: [string, string[]][] = [
	['--ink', ['--paper', '--surface', '--sunken']],
	[
		'--ink-2',
		['--paper', '--surface', '--sunken', '--jade-wash', '--amber-wash', '--cinnabar-wash', '--indigo-wash', '--map-block', '--map-road', '--map-plaza'],
	],
	['--ink-3', ['--paper', '--surface', '--sunken']],
	['--cinnabar', ['--paper', '--surface', '--cinnabar-wash']],
	['--jade', ['--paper', '--surface', '--jade-wash']],
	['--amber', ['--paper', '--surface', '--amber-wash']],
	['--indigo', ['--paper', '--surface', '--indigo-wash']],
	['--on-ink', ['--ink']],
	['--on-seal', ['--cinnabar', '--jade', '--amber']],
	['--enamel-ink', ['--enamel']],
	['--ink', ['--map-block', '--map-road', '--amber-wash', '--jade-wash']],
];
const shapes: [string, string[]][] = [
	['--line-strong', ['--paper', '--surface']],
	['--jade', ['--map-block', '--map-road', '--map-plaza']],
	['--amber', ['--map-block', '--map-road']],
	['--cinnabar', ['--map-block', '--map-road']],
	['--indigo', ['--paper', '--surface', '--sunken']],
];

describe.each([
	['light', light],
	['dark', dark],
])('contrast in the %s theme (C1)', (_, tokens) => {
	const check = (pairs: [string, string[]][], least: number) => {
		const poor = pairs.flatMap(([front, grounds]) =>
			grounds
				.map((ground) => ({ pair: `${front} on ${ground}`, ratio: contrast(tokens.get(front)!, tokens.get(ground)!) }))
				.filter(({ ratio }) => ratio < least),
		);
		expect(poor).toEqual([]);
	};
	it('text has at least 4.5 : 1', () => check(text, 4.5));
	it('borders of controls, marks and the focus ring have at least 3 : 1', () => check(shapes, 3));
	it('second texts in large text have at least 7 : 1 (A1)', () => {
		expect(large.get('--ink-3')).toBe('var(--ink-2)');
		check([['--ink-2', ['--paper', '--surface', '--sunken']]], 7);
	});
});

describe('themes', () => {
	it('are the same whether chosen or taken from the device', () => {
		expect(block(':root:not([data-theme])')).toEqual(block(":root[data-theme='dark']"));
	});
	it('give every colour of the light theme a dark one', () => {
		const colours = [...light].filter(([, value]) => value.startsWith('#')).map(([name]) => name);
		const missing = colours.filter((name) => !block(":root[data-theme='dark']").has(name));
		expect(missing).toEqual([]);
	});
});

describe('large text (A1)', () => {
	const px = (value: string) => parseFloat(value) * 16;
	it('has a body of 21 px, nothing under 18 px, and targets of 60 px', () => {
		expect(px(large.get('--fs-3')!)).toBe(21);
		for (const size of ['--fs-1', '--fs-2', '--fs-4', '--fs-5', '--fs-6']) expect(px(large.get(size)!)).toBeGreaterThanOrEqual(18);
		expect(px(large.get('--tap')!)).toBe(60);
		expect(Number(large.get('--lh-text'))).toBeGreaterThanOrEqual(1.3);
	});
});
