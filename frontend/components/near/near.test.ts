import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { near, nearAddress } from './near.ts';

const locate = vi.fn<Geolocation['getCurrentPosition']>();
const button = () => document.querySelector('button')!;

beforeEach(() => {
	document.body.innerHTML =
		'<span><button hidden data-into="#found" data-wait="正在找" data-refused="没有允许" data-unknown="定不了位">离我近的</button></span>';
});
afterEach(() => {
	locate.mockReset();
	vi.unstubAllGlobals();
});

it('stays hidden where the browser cannot tell', () => {
	vi.stubGlobal('navigator', {});
	near(button());
	expect(button().hidden).toBe(true);
});

describe('pressed', () => {
	beforeEach(() => {
		vi.stubGlobal('navigator', { geolocation: { getCurrentPosition: locate } });
		near(button());
	});
	it.each([
		['refused', 1, '没有允许'],
		['not found', 2, '定不了位'],
		['too slow', 3, '定不了位'],
	])('says so when %s', (_, code, sentence) => {
		locate.mockImplementation((_done, failed) => failed?.({ code } as GeolocationPositionError));
		button().click();
		expect(document.querySelector('[role=status]')!.textContent).toBe(sentence);
		expect(button().hasAttribute('aria-busy')).toBe(false);
	});
	it('says that it is looking', () => {
		button().click();
		expect(document.querySelector('[role=status]')!.textContent).toBe('正在找');
		expect(button().getAttribute('aria-busy')).toBe('true');
	});
});

it('asks for the same search from page 1, to about 10 metres', () => {
	const url = nearAddress('https://x.example/?q=%E9%9D%A2&page=3&sort=door#f-at', 31.008123456, 121.2270001);
	expect(url.search).toBe('?q=%E9%9D%A2&sort=near&near=31.0081%2C121.2270');
	expect(url.hash).toBe('');
});
