// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { makeSprite, parseList, round, symbol } from './sprite.ts';

describe('parseList', () => {
	it('reads names, comments and empty lines', () => {
		expect([...parseList('# icons\n\nnav = navigation-2\nx = x\n')]).toEqual([
			['nav', 'navigation-2'],
			['x', 'x'],
		]);
	});
	it.each([['nav'], ['nav ='], ['a = b = c'], ['a = b\na = c']])('refuses %j', (text) => {
		expect(() => parseList(text)).toThrow(/icons.txt/);
	});
});

describe('symbol', () => {
	it('keeps the drawing and leaves size, stroke and colour to the style sheet', () => {
		const svg = '<!-- @license --><svg width="24" stroke="currentColor">\n  <path d="M1 1" />\n  <path d="M2 2" />\n</svg>';
		expect(symbol('x', svg)).toBe('<symbol id="x" viewBox="0 0 24 24"><path d="M1 1"/><path d="M2 2"/></symbol>');
	});
	it('refuses a file without a drawing', () => {
		expect(() => symbol('x', 'nothing')).toThrow(/x/);
	});
});

describe('round', () => {
	it.each([
		['M13.832 16.568', 'M13.83 16.57'],
		['m1.996.5', 'm2.0.5'],
		['a.8.8 0 0 1-.8-.8', 'a.8.8 0 0 1-.8-.8'],
		['-1.2345-6', '-1.23-6'],
		['v.0004', 'v0.0'],
	])('%j becomes %j', (before, after) => expect(round(before)).toBe(after));
});

describe('makeSprite', () => {
	it('finds every icon of the list and stays small', () => {
		const sprite = makeSprite();
		expect(sprite.match(/<symbol /g)?.length).toBeGreaterThan(40);
		expect(sprite).not.toMatch(/script|href|style=|currentColor/);
	});
});
