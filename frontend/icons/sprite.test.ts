// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { makeSprite, parseList, shorten, symbol } from './sprite.ts';

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
	it("leaves out a dot's own colour: its stroke draws it", () => {
		expect(symbol('x', '<svg><circle r=".5" fill="currentColor" /></svg>')).toBe('<symbol id="x" viewBox="0 0 24 24"><circle r=".5"/></symbol>');
	});
	it('refuses a file without a drawing', () => {
		expect(() => symbol('x', 'nothing')).toThrow(/x/);
	});
});

describe('shorten', () => {
	it.each([
		['M13.832 16.568', 'M13.83 16.56'],
		['m1.996.5', 'm1.99.5'],
		['a.8.8 0 0 1-.8-.8', 'a.8.8 0 0 1-.8-.8'],
		['-1.2345-6', '-1.23-6'],
		['a5 5 0 012.911-4.544', 'a5 5 0 012.91-4.54'],
		['a5 5 0 019.999.325', 'a5 5 0 019.99.32'],
		['v.0004', 'v.00'],
	])('%j becomes %j', (before, after) => expect(shorten(before)).toBe(after));
});

describe('makeSprite', () => {
	it('finds every icon of the list and stays small', () => {
		const sprite = makeSprite();
		expect(sprite.match(/<symbol /g)?.length).toBeGreaterThan(40);
		expect(sprite).not.toMatch(/script|href|style=|currentColor/);
	});
});
