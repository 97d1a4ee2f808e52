import { beforeEach, describe, expect, it, vi } from 'vitest';
import { favourite, favouritesLink, kept } from './favourite.ts';

const star = () => document.querySelector('button')!;
const link = () => document.querySelector('a')!;

beforeEach(() => {
	localStorage.clear();
	document.body.innerHTML =
		'<button hidden data-id="YY0218" data-kept="收藏了" data-add="收藏"><span>收藏</span></button><a hidden href="/en/favourites"><span data-count></span></a>';
	favourite(star());
	favouritesLink(link());
});

describe('the star', () => {
	it('keeps and lets go, in words and state', () => {
		expect(star().hidden).toBe(false);
		expect(star().getAttribute('aria-pressed')).toBe('false');
		star().click();
		expect(kept()).toEqual(['YY0218']);
		expect(star().textContent).toBe('收藏了');
		expect(star().getAttribute('aria-pressed')).toBe('true');
		star().click();
		expect(kept()).toEqual([]);
		expect(star().textContent).toBe('收藏');
	});
	it('goes away when nothing can be stored', () => {
		const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
			throw new Error('full');
		});
		star().click();
		expect(star().hidden).toBe(true);
		full.mockRestore();
	});
});

describe('the link', () => {
	it('appears with the first shop and carries the codes', () => {
		expect(link().hidden).toBe(true);
		star().click();
		expect(link().hidden).toBe(false);
		expect(link().getAttribute('href')).toBe('/en/favourites?ids=YY0218');
		expect(link().textContent).toBe('1');
	});
});

describe('kept', () => {
	it.each([
		['nothing', null],
		['not JSON', '{'],
		['not a list', '{"a":1}'],
		['strange codes', '["a b", 7, "<x>", "../x"]'],
	])('is empty for %s', (_, stored) => {
		if (stored !== null) localStorage.setItem('favourites', stored);
		expect(kept()).toEqual([]);
	});
	it('holds at most the newest 50', () => {
		localStorage.setItem('favourites', JSON.stringify(Array.from({ length: 60 }, (_, i) => `S${i}`)));
		expect(kept()).toHaveLength(50);
		expect(kept()[0]).toBe('S10');
	});
});
