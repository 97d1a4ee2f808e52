import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { suggest } from './suggest.ts';

const ask = vi.fn<(url: string) => Promise<Response>>();
let input: HTMLInputElement;
const list = () => document.querySelector<HTMLElement>('.suggest')!;
const options = () => [...list().children].map((o) => o.textContent);
const key = (k: string) => {
	const event = new KeyboardEvent('keydown', { key: k, cancelable: true, bubbles: true });
	input.dispatchEvent(event);
	return event.defaultPrevented;
};
const type = async (text: string, composing = false) => {
	input.value = text;
	input.dispatchEvent(new InputEvent('input', { bubbles: true, isComposing: composing }));
	await vi.advanceTimersByTimeAsync(130);
};

beforeEach(() => {
	vi.useFakeTimers();
	vi.stubGlobal('fetch', ask);
	ask.mockImplementation(() =>
		Promise.resolve(
			Response.json({
				items: [
					{
						text: '余天成堂药号',
						note: '药店',
						href: '/shops/ytc',
						parts: [
							{ Text: '余天成', Hit: true },
							{ Text: '堂药号', Hit: false },
						],
					},
					{ text: '<b>药</b>店', href: '/?cat=pharmacy' },
				],
			}),
		),
	);
	document.body.innerHTML = '<form data-url="/suggest" data-found="有 {n} 条可选"><label for="q">搜</label><input id="q" type="search"></form>';
	input = document.querySelector('input')!;
	suggest(document.querySelector('form')!);
});
afterEach(() => {
	ask.mockReset();
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

describe('typing', () => {
	it('asks once after a pause and lists text, hits and notes as text', async () => {
		input.value = '余';
		input.dispatchEvent(new InputEvent('input'));
		await type('余天');
		expect(ask).toHaveBeenCalledOnce();
		expect(ask.mock.calls[0]![0]).toBe(`/suggest?q=${encodeURIComponent('余天')}`);
		expect(options()).toEqual(['余天成堂药号药店', '<b>药</b>店']);
		expect(list().querySelector('mark')!.textContent).toBe('余天成');
		expect(list().querySelector('b')).toBeNull();
		expect(input.getAttribute('aria-expanded')).toBe('true');
		expect(document.querySelector('[role=status]')!.textContent).toBe('有 2 条可选');
	});
	it('waits while characters are being composed', async () => {
		await type('yu', true);
		expect(ask).not.toHaveBeenCalled();
		input.dispatchEvent(new Event('compositionend'));
		await vi.advanceTimersByTimeAsync(130);
		expect(ask).toHaveBeenCalledOnce();
	});
	it('closes the list for an empty field, for Escape and for an answer that cannot be read', async () => {
		await type('余');
		await type(' ');
		expect(list().hidden).toBe(true);
		await type('余');
		expect(key('Escape')).toBe(true);
		expect(list().hidden).toBe(true);
		ask.mockResolvedValue(new Response('no json'));
		await type('药');
		expect(list().hidden).toBe(true);
	});
	it('drops answers to earlier letters', async () => {
		let late: (r: Response) => void = () => undefined;
		ask.mockImplementationOnce(() => new Promise((done) => (late = done)));
		await type('余');
		await type('余天');
		late(Response.json({ items: [] }));
		await vi.advanceTimersByTimeAsync(1);
		expect(options()).toHaveLength(2);
	});
});

describe('the arrow keys', () => {
	it('go through the list and the field in a circle', async () => {
		await type('余');
		const active = () => input.getAttribute('aria-activedescendant');
		expect(key('ArrowDown')).toBe(true);
		expect(active()).toBe('q-list-0');
		expect(list().children[0]!.getAttribute('aria-selected')).toBe('true');
		key('ArrowDown');
		expect(active()).toBe('q-list-1');
		key('ArrowDown');
		expect(active()).toBeNull();
		key('ArrowUp');
		expect(active()).toBe('q-list-1');
	});
	it('stay at what was chosen when another answer comes, and at the field when it is gone', async () => {
		const active = () => input.getAttribute('aria-activedescendant');
		await type('余');
		key('ArrowDown');
		ask.mockResolvedValueOnce(
			Response.json({
				items: [
					{ text: '余庆里', href: '/streets/yql' },
					{ text: '余天成', href: '/shops/ytc' },
				],
			}),
		);
		await type('余天');
		expect(active()).toBe('q-list-1');
		expect(list().children[1]!.getAttribute('aria-selected')).toBe('true');
		ask.mockResolvedValueOnce(Response.json({ items: [{ text: '余庆里', href: '/streets/yql' }] }));
		await type('余庆');
		expect(active()).toBeNull();
		expect(list().children[0]!.getAttribute('aria-selected')).toBe('false');
	});
	it('leave Enter to the form until something is chosen', async () => {
		await type('余');
		expect(key('Enter')).toBe(false);
	});
});
