import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hours } from './hours.ts';
import { preview } from './preview.ts';

const list = (name: string, value: string) =>
	`<select id="${name}" name="${name}" data-choose="选时间"><option value="540">9:00</option><option value="1260">21:00</option></select>`.replace(
		`"${value}"`,
		`"${value}" selected`,
	);
const day = (
	row: string,
	spans: [string, string][],
	open = true,
) => `<div class="day" data-row="${row}" data-open="${row} {n} 开" data-close="${row} {n} 关" data-remove="删 {n}">
	<input class="box" type="checkbox" name="${row}_on" value="1"${open ? ' checked' : ''}><div class="spans">
	${spans.map(([o, c], i) => `<div class="span">${list(`${row}_${i}_open`, o)}${list(`${row}_${i}_close`, c)}<button name="do" value="del:${row}:${i}">×</button></div>`).join('')}
	</div><button name="do" value="add:${row}">加一段</button></div>`;

let form: HTMLFormElement;
const press = (value: string) => document.querySelector<HTMLButtonElement>(`button[value="${value}"]`)!.click();
const sent = () => Object.fromEntries([...new FormData(form)].map(([k, v]) => [k, v as string]));

beforeEach(() => {
	const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
	document.body.innerHTML = `<form action="/hours"><fieldset><div class="each"><p><button name="do" value="copy" data-said="抄好了">抄</button></p>${days
		.map((row) => day(row, row === 'mon' ? [['540', '1260']] : [['1260', '540']], row !== 'tue'))
		.join('')}</div></fieldset><section id="preview">旧</section></form>`;
	form = document.querySelector('form')!;
	form.addEventListener('submit', (event) => event.preventDefault());
	hours(document.querySelector('fieldset')!);
});

describe('the rows of hours', () => {
	it('get a span that nobody has chosen yet, up to three', () => {
		press('add:mon');
		expect(sent()).toMatchObject({ mon_0_open: '540', mon_0_close: '1260', mon_1_open: '', mon_1_close: '' });
		expect(document.activeElement?.id).toBe('mon_1_open');
		expect(document.getElementById('mon_1_close')!.getAttribute('aria-label')).toBe('mon 2 关');
		press('add:mon');
		expect(document.querySelector<HTMLButtonElement>('button[value="add:mon"]')!.hidden).toBe(true);
		expect(document.querySelectorAll('[data-row="mon"] .span')).toHaveLength(3);
	});

	it('lose a span and count anew', () => {
		press('add:mon');
		document.querySelector<HTMLSelectElement>('#mon_1_open')!.value = '1260';
		press('del:mon:0');
		expect(sent()).toMatchObject({ mon_0_open: '1260', mon_0_close: '' });
		expect('mon_1_open' in sent()).toBe(false);
	});

	it('are closed when the only span goes', () => {
		press('del:mon:0');
		expect('mon_on' in sent()).toBe(false);
		expect(sent()).toMatchObject({ mon_0_open: '', mon_0_close: '' });
	});

	it('are copied from Monday to Friday, the weekend left alone', () => {
		press('add:mon');
		press('copy');
		expect(sent()).toMatchObject({ tue_on: '1', tue_0_open: '540', fri_0_close: '1260', fri_1_open: '', sat_0_open: '1260' });
		expect(document.querySelector('.said')!.textContent).toBe('抄好了');
	});

	it('take a mistake away together with what was wrong', () => {
		const monday = document.querySelector('[data-row="mon"]')!;
		monday.querySelector('.spans')!.classList.add('err');
		monday.querySelector('.spans')!.insertAdjacentHTML('afterbegin', '<div id="mon-error">错</div>');
		document.getElementById('mon_0_close')!.setAttribute('aria-invalid', 'true');
		press('add:mon');
		expect(document.getElementById('mon-error')).not.toBeNull();
		press('del:mon:1');
		expect(document.getElementById('mon-error')).toBeNull();
		expect(document.querySelector('[aria-invalid]')).toBeNull();
	});
});

describe('what customers will see', () => {
	const answer = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
	beforeEach(() => {
		vi.useFakeTimers();
		vi.stubGlobal('fetch', answer);
		preview(document.getElementById('preview')!);
	});
	afterEach(() => {
		answer.mockReset();
		vi.unstubAllGlobals();
		vi.useRealTimers();
	});

	it('is asked for once after several changes, with what is in the form', async () => {
		answer.mockResolvedValue(new Response('<section id="preview"><p>营业中</p></section>'));
		press('add:mon');
		press('add:sat');
		await vi.advanceTimersByTimeAsync(500);
		expect(answer).toHaveBeenCalledOnce();
		const body = answer.mock.calls[0]![1].body as URLSearchParams;
		expect([body.get('do'), body.get('mon_0_open'), body.get('mon_1_open')]).toEqual(['preview', '540', '']);
		expect(document.getElementById('preview')!.textContent).toBe('营业中');
		expect(document.getElementById('preview')!.hasAttribute('aria-busy')).toBe(false);
	});

	it('stays as it was, marked as late, when nobody answers', async () => {
		const report = vi.spyOn(console, 'error').mockImplementation(() => undefined);
		answer.mockRejectedValue(new TypeError('offline'));
		press('add:mon');
		await vi.advanceTimersByTimeAsync(500);
		expect(document.getElementById('preview')!.textContent).toBe('旧');
		expect(document.getElementById('preview')!.getAttribute('aria-busy')).toBe('true');
		report.mockRestore();
	});
});
