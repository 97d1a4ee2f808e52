import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { called } from './called.ts';

const beacon = vi.fn<(to: string) => boolean>(() => true);

beforeEach(() => {
	document.body.innerHTML =
		'<div data-to="/shops/a/called"><a href="tel:+862112345678"><b>打电话</b></a><a href="/shops/a/go">怎么走</a><a href="https://shop.example/">网址</a></div>';
	beacon.mockClear();
	vi.stubGlobal('navigator', { sendBeacon: beacon });
});
afterEach(() => vi.unstubAllGlobals());

it('tells once that a number was tapped, and of nothing else', () => {
	called(document.querySelector('div')!);
	document.querySelectorAll('a')[1]!.click();
	expect(beacon).not.toHaveBeenCalled();
	document.querySelector('b')!.click();
	document.querySelector('b')!.click();
	expect(beacon).toHaveBeenCalledExactlyOnceWith('/shops/a/called');
});

it('tells once that the website of the shop was opened', () => {
	const root = document.querySelector('div')!;
	called(root);
	document.querySelectorAll('a')[2]!.click();
	expect(beacon).not.toHaveBeenCalled(); // of a shop without one
	root.dataset.site = 'https://shop.example/';
	root.dataset.visited = '/shops/a/visited';
	document.querySelectorAll('a')[2]!.click();
	document.querySelectorAll('a')[2]!.click();
	document.querySelector('b')!.click();
	expect(beacon.mock.calls).toEqual([['/shops/a/visited'], ['/shops/a/called']]);
});

it('leaves the link alone where the browser cannot tell', () => {
	vi.stubGlobal('navigator', {});
	called(document.querySelector('div')!);
	expect(() => document.querySelector('b')!.click()).not.toThrow();
});
