import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { share } from './share.ts';

const link = () => document.querySelector('a')!;
const click = () => {
	const event = new MouseEvent('click', { bubbles: true, cancelable: true });
	let taken = false;
	const last = (e: Event) => {
		taken = e.defaultPrevented;
		e.preventDefault(); // jsdom cannot navigate
	};
	addEventListener('click', last, { once: true });
	link().dispatchEvent(event);
	return taken;
};

beforeEach(() => {
	document.body.innerHTML =
		'<div><a href="https://x.example/s/YY0218" data-title="云间面馆" data-text="中山中路 218 号" data-copied="抄好了" data-wechat="点右上角">转发</a></div>';
});
afterEach(() => vi.unstubAllGlobals());

it('opens the sheet of the device', () => {
	const sheet = vi.fn(() => Promise.reject(new Error('closed')));
	vi.stubGlobal('navigator', { share: sheet, userAgent: 'Safari' });
	share(link());
	expect(click()).toBe(true);
	expect(sheet).toHaveBeenCalledWith({ title: '云间面馆', text: '中山中路 218 号', url: 'https://x.example/s/YY0218' });
});

it.each([
	['copies where there is none', 'Chrome', '抄好了'],
	['names the menu of WeChat inside it', 'MicroMessenger/8.0', '点右上角'],
])('%s', async (_, userAgent, sentence) => {
	const writeText = vi.fn(() => Promise.resolve());
	vi.stubGlobal('navigator', { clipboard: { writeText }, userAgent });
	share(link());
	expect(click()).toBe(true);
	await vi.waitFor(() => expect(document.querySelector('[role=status]')?.textContent).toBe(sentence));
	expect(writeText).toHaveBeenCalledWith('https://x.example/s/YY0218');
});

it('stays a link where nothing else works', () => {
	vi.stubGlobal('navigator', { userAgent: 'old' });
	share(link());
	expect(click()).toBe(false);
});
