import { describe, expect, it } from 'vitest';
import { type Answer, type Side, type Stop, answerOf, newID, replaced, settle } from './queue.ts';

const stop: Stop = { listing: 'l1', unit: '', house: '218', rev: 4, door: '218 号', name: '余天成', kind: '药店', phone: '', hours: '', checked: '' };
const side: Side = { path: '/desk/walk/z/even', street: 's1', title: '中山中路', lead: '双号一侧', owner: 'me', stops: [stop], kinds: [] };

function fields(values: Record<string, string>): FormData {
	const form = new FormData();
	for (const [name, value] of Object.entries(values)) form.set(name, value);
	return form;
}
const answer = (more: Partial<Answer> = {}): Answer => ({ ...answerOf(side, stop, fields({}), 'same', 'a1', new Date(0)), ...more });

describe('an answer', () => {
	it.each([
		['same', { name: '别的' }, {}],
		['changed', { name: ' 余天成堂 ', phone: '', hours: '9:00-17:00' }, { name: '余天成堂', hours: '9:00-17:00' }],
		['new', { name: '不是这个', 'new.name': '阿婆馄饨', 'new.category': 'noodles', 'new.house': '' }, { name: '阿婆馄饨', category: 'noodles' }],
	])('%s takes its own fields', (kind, typed, said) => {
		const got = answerOf(side, stop, fields(typed), kind, 'a1', new Date('2026-10-15T02:20:00Z'));
		expect(got).toEqual({ id: 'a1', owner: 'me', street: 's1', house: '218', listing: 'l1', unit: '', rev: 4, kind, at: '2026-10-15T02:20:00.000Z', said });
	});
	it('has an id nobody else has', () => expect(new Set(Array.from({ length: 50 }, newID)).size).toBe(50));
});

describe('the last word about a shop counts', () => {
	it.each([
		['the same shop', answer(), 1],
		['another shop', answer({ listing: 'l2' }), 0],
		['somebody else', answer({ owner: 'you' }), 0],
		['a new shop at the door', answer({ kind: 'new' }), 0],
	])('%s', (_, before, want) => expect(replaced([before], answer({ id: 'a2', kind: 'gone' }))).toHaveLength(want));
	it('a new shop replaces nothing', () => expect(replaced([answer()], answer({ kind: 'new' }))).toEqual([]));
});

it('what is not settled by the server stays', () => {
	expect(
		settle([
			{ id: '1', answer: 'x', state: 'done' },
			{ id: '2', answer: 'y', state: 'conflict' },
			{ id: '3', answer: '', state: 'wrong' },
			{ id: '4', answer: 'z', state: 'taken' },
		]),
	).toEqual({ gone: ['1', '2', '3'], open: 1, refused: 1 });
});
