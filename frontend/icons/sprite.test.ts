// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { makeSprite, parseList, symbol } from './sprite.ts';

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

describe('makeSprite', () => {
	it('finds every icon of the list and stays small', () => {
		const sprite = makeSprite();
		expect(sprite.match(/<symbol /g)?.length).toBeGreaterThan(40);
		expect(sprite).not.toMatch(/script|href|style=|currentColor/);
	});
});
