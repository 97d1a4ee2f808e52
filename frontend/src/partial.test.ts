import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addressOf, partial, show } from './partial.ts';

const page = (body: string, title = '找店') => new Response(`<title>${title}</title>${body}`, { headers: { 'content-type': 'text/html; charset=utf-8' } });
const answer = vi.fn<(url: URL | string, init?: RequestInit) => Promise<Response>>();
const tick = () => new Promise((done) => setTimeout(done));

beforeAll(partial);
beforeEach(() => {
	vi.stubGlobal('fetch', answer);
	history.replaceState(null, '', '/');
	document.body.innerHTML =
		'<form action="/" data-into="#found"><input id="q" name="q" value="面"><input name="cat" value=""></form><main id="found"><button id="b">旧</button></main>';
});
afterEach(() => {
	answer.mockReset();
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

describe('a GET form with data-into', () => {
	it('replaces its region only, keeps the focus, sets title and address, and tells who listens', async () => {
		answer.mockResolvedValue(page('<main id="found"><button id="b">新</button></main>', '面（第 1 页）'));
		const told = vi.fn();
		document.addEventListener('region', told, { once: true });
		document.getElementById('b')!.focus();
		document.querySelector('form')!.requestSubmit();
		expect(document.getElementById('found')!.getAttribute('aria-busy')).toBe('true');
		await vi.waitFor(() => expect(told).toHaveBeenCalledOnce());
		expect(String(answer.mock.calls[0]![0])).toBe(`${location.origin}/?q=${encodeURIComponent('面')}`);
		expect(document.getElementById('found')!.textContent).toBe('新');
		expect(document.getElementById('found')!.hasAttribute('aria-busy')).toBe(false);
		expect(document.activeElement?.id).toBe('b');
		expect(document.title).toBe('面（第 1 页）');
		expect(location.search).toBe(`?q=${encodeURIComponent('面')}`);
		expect(history.state).toEqual({ into: '#found' });
	});

	it('leaves out empty fields and adds the pressed button', () => {
		const form = document.querySelector('form')!;
		const button = document.createElement('button');
		button.name = 'open';
		button.value = 'now';
		expect(addressOf(form, button).search).toBe(`?q=${encodeURIComponent('面')}&open=now`);
	});
});

describe('answers that come late', () => {
	it('lose against the latest question', async () => {
		let first: (r: Response) => void = () => undefined;
		answer.mockImplementationOnce(() => new Promise((done) => (first = done)));
		answer.mockResolvedValueOnce(page('<main id="found">二</main>'));
		const one = show(new URL('/?q=1', location.href), '#found', true);
		const two = show(new URL('/?q=2', location.href), '#found', true);
		await two;
		first(page('<main id="found">一</main>'));
		await one;
		expect(document.getElementById('found')!.textContent).toBe('二');
		expect(location.search).toBe('?q=2');
	});

	it('show the shape of the rows after 400 ms and a sentence after 8 s', () => {
		vi.useFakeTimers();
		document.getElementById('found')!.innerHTML = '<template data-skeleton><p data-slow hidden>网有点慢</p></template>';
		answer.mockImplementation(() => new Promise(() => undefined));
		void show(new URL('/?q=1', location.href), '#found', true);
		vi.advanceTimersByTime(399);
		expect(document.querySelector('.waiting')).toBeNull();
		vi.advanceTimersByTime(2);
		expect(document.querySelector('.waiting [data-slow]')).not.toBeNull();
		expect(document.querySelector<HTMLElement>('[data-slow]')!.hidden).toBe(true);
		vi.advanceTimersByTime(8000);
		expect(document.querySelector<HTMLElement>('[data-slow]')!.hidden).toBe(false);
	});
});

describe('a filter', () => {
	it.each([
		['applies at once in a wide window', true, 1],
		['waits for the button in a narrow one', false, 0],
	])('%s', async (_, wide, times) => {
		vi.useFakeTimers();
		vi.stubGlobal('matchMedia', () => ({ matches: wide }));
		answer.mockResolvedValue(page('<main id="found"></main>'));
		document.querySelector('form')!.dataset.auto = '(min-width: 60rem)';
		document.getElementById('q')!.dispatchEvent(new Event('change', { bubbles: true }));
		await vi.advanceTimersByTimeAsync(200);
		expect(answer).toHaveBeenCalledTimes(times);
	});
});

describe('links with data-into', () => {
	const click = (html: string, init: MouseEventInit = {}) => {
		document.body.insertAdjacentHTML('beforeend', html);
		const event = new MouseEvent('click', { bubbles: true, cancelable: true, ...init });
		let taken = false;
		const last = (e: Event) => {
			taken = e.defaultPrevented;
			e.preventDefault(); // jsdom cannot navigate
		};
		addEventListener('click', last, { once: true });
		document.querySelector('a')!.dispatchEvent(event);
		return taken;
	};
	it('swap', async () => {
		answer.mockResolvedValue(page('<main id="found">店</main>'));
		expect(click('<a href="/?open=now" data-into="#found">x</a>')).toBe(true);
		await vi.waitFor(() => expect(document.getElementById('found')!.textContent).toBe('店'));
	});
	it.each([
		['opened in a new tab', '<a href="/?a" data-into="#found">x</a>', { ctrlKey: true }],
		['to a part of the page', '<a href="#f-group" data-into="#found">x</a>', {}],
		['without data-into', '<a href="#x">x</a>', {}],
	])('%s are left to the browser', (_, html, init) => {
		expect(click(html, init)).toBe(false);
		expect(answer).not.toHaveBeenCalled();
	});
});

describe('going back', () => {
	it('fetches the region of the earlier address', async () => {
		answer.mockImplementation(() => Promise.resolve(page('<main id="found">新</main>')));
		await show(new URL('/?q=1', location.href), '#found', true);
		answer.mockClear();
		history.replaceState(null, '', '/?q=0');
		dispatchEvent(new PopStateEvent('popstate', { state: { into: '#found' } }));
		await vi.waitFor(() => expect(answer).toHaveBeenCalledOnce());
		expect(String(answer.mock.calls[0]![0])).toContain('q=0');
	});
	it('does nothing when only the part after # changed', async () => {
		answer.mockImplementation(() => Promise.resolve(page('<main id="found">新</main>')));
		await show(new URL('/?q=1', location.href), '#found', true);
		answer.mockClear();
		dispatchEvent(new PopStateEvent('popstate', { state: null }));
		await tick();
		expect(answer).not.toHaveBeenCalled();
	});
});
