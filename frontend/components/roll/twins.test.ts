import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { twins } from './twins.ts';

const ask = vi.fn<(url: string) => Promise<Response>>();
const root = () => document.querySelector<HTMLElement>('.twins')!;
const type = async (text: string) => {
	const input = document.querySelector<HTMLInputElement>('[name="name"]')!;
	input.value = text;
	input.dispatchEvent(new InputEvent('input', { bubbles: true }));
	await vi.advanceTimersByTimeAsync(400);
};

beforeEach(() => {
	vi.useFakeTimers();
	vi.stubGlobal('fetch', ask);
	ask.mockImplementation(() => Promise.resolve(Response.json({ items: [{ title: '<b>云间</b>面馆', note: '中山中路 218 号', href: '/shops/yunjian' }] })));
	document.body.innerHTML =
		'<form><input name="name"><input name="address.line" value="中山中路"><div class="twins" data-src="/my/shops/like" data-lead="先看看：" hidden></div></form>';
	twins(root());
});

afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
	ask.mockReset();
});

it('names the shops that may be the one somebody types, as text', async () => {
	await type('云间');
	expect(ask.mock.calls[0]?.[0]).toBe(`/my/shops/like?name=${encodeURIComponent('云间')}&address.line=${encodeURIComponent('中山中路')}`);
	expect(root().hidden).toBe(false);
	expect(root().querySelector('a')?.textContent).toBe('<b>云间</b>面馆');
	expect(root().querySelector('a')?.getAttribute('href')).toBe('/shops/yunjian');
});

it('asks once for the same words, and says nothing without a name', async () => {
	await type('云间');
	await type('云间');
	expect(ask).toHaveBeenCalledTimes(1);
	await type('');
	expect(root().hidden).toBe(true);
	expect(ask).toHaveBeenCalledTimes(1);
});

it('stays quiet when nobody answers', async () => {
	ask.mockImplementation(() => Promise.reject(new Error('offline')));
	await type('云间');
	expect(root().hidden).toBe(true);
});
