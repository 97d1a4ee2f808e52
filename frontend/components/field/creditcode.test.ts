import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { creditcode, read } from './creditcode.ts';

interface Vector {
	name: string;
	typed: string;
	code?: string;
	wrong?: string;
	place?: number;
	kind?: string;
}

// The vectors of services/creditcode: the page and the server say the same.
const vectors = JSON.parse(readFileSync('../services/creditcode/testdata/vectors.json', 'utf8')) as Vector[];

it.each(vectors)('reads $name', ({ typed, wrong, place, kind }) => {
	const got = read(typed);
	expect(got.wrong).toBe(wrong);
	expect(got.kind).toBe(kind);
	if (place) expect(got.place).toBe(place);
});

it('says nothing before all characters are there or the field is left, and then what is wrong, or the kind', () => {
	document.body.innerHTML =
		'<input id="c"><p data-of="c" data-length="要 18 位" data-letter="第 {n} 位的“{c}”不对" data-check="抄错了一位" data-company="是企业的" data-individual="是个体工商户的" data-other="对得上"></p>';
	const [field, line] = [document.querySelector('input')!, document.querySelector('p')!];
	creditcode(line);
	const type = (text: string, event = 'input') => {
		field.value = text;
		field.dispatchEvent(new Event(event));
		return line.textContent;
	};
	expect(type('9135O1')).toBe('');
	expect(type('9135O1', 'change')).toBe('第 5 位的“O”不对');
	expect(line.classList.contains('over')).toBe(true);
	expect(type('9135')).toBe('要 18 位'); // once something was said it stays true
	expect(type('91350100 M000100Y43')).toBe('是企业的');
	expect(line.classList.contains('over')).toBe(false);
	expect(type('91350100 M000100Y44')).toBe('抄错了一位');
	expect(type('')).toBe('');
});
