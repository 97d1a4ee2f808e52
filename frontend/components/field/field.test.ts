import { expect, it } from 'vitest';
import { left } from './left.ts';
import { reveal } from './reveal.ts';

it('shows a password, hides it again, and sends it as a password', () => {
	document.body.innerHTML =
		'<form><input id="p" type="password"><button type="button" aria-controls="p" aria-pressed="false" data-hide="不显示" hidden>显示</button></form>';
	const [field, button] = [document.querySelector('input')!, document.querySelector('button')!];
	reveal(button);
	expect(button.hidden).toBe(false);
	button.click();
	expect([field.type, button.textContent, button.getAttribute('aria-pressed')]).toEqual(['text', '不显示', 'true']);
	field.form!.dispatchEvent(new SubmitEvent('submit'));
	expect(field.type).toBe('password');
	button.click();
	button.click();
	expect([field.type, button.textContent, button.getAttribute('aria-pressed')]).toEqual(['password', '显示', 'false']);
});

it('says how many characters are left, counting a rare character as one', () => {
	document.body.innerHTML = '<input id="f"><p data-of="f" data-max="3" data-left="还能写 {n} 个字" data-over="多了 {n} 个字">最多 3 个字</p>';
	const [field, line] = [document.querySelector('input')!, document.querySelector('p')!];
	left(line);
	expect(line.textContent).toBe('最多 3 个字');
	const type = (text: string) => {
		field.value = text;
		field.dispatchEvent(new Event('input'));
		return line.textContent;
	};
	expect(type('𠮷面')).toBe('还能写 1 个字');
	expect(type('云间面馆')).toBe('多了 1 个字');
	expect(line.classList.contains('over')).toBe(true);
	expect(type('')).toBe('还能写 3 个字');
	expect(line.classList.contains('over')).toBe(false);
});
