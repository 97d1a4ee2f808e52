import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { offline, when } from './offline.ts';

const banner = () => document.querySelector('p')!;
beforeEach(() => {
	document.body.innerHTML = '<p hidden data-words="下面是 {time} 存下的内容"><span data-said></span></p>';
	document.documentElement.lang = 'zh-Hans';
});
afterEach(() => delete document.documentElement.dataset.saved);

describe('the banner', () => {
	it.each([[undefined], [''], ['yesterday']])('stays away for a page that is no copy (%j)', (saved) => {
		if (saved !== undefined) document.documentElement.dataset.saved = saved;
		offline(banner());
		expect(banner().hidden).toBe(true);
	});
	it('says when the copy was made', () => {
		const now = new Date();
		document.documentElement.dataset.saved = now.toISOString();
		offline(banner());
		expect(banner().hidden).toBe(false);
		expect(banner().textContent).toBe(`下面是 ${when(now, now, 'zh-Hans')} 存下的内容`);
	});
});

describe('when', () => {
	const saved = new Date(2026, 9, 15, 9, 5);
	it.each([
		['the same day', new Date(2026, 9, 15, 23, 0), 'zh-Hans', '9:05'],
		['another day', new Date(2026, 9, 16, 0, 1), 'zh-Hans', '10 月 15 日 9:05'],
		['another day in English', new Date(2026, 9, 16, 0, 1), 'en', '9:05 on 15 October'],
	])('%s', (_, now, lang, want) => expect(when(saved, now, lang)).toBe(want));
});
