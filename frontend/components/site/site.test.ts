import { expect, it } from 'vitest';
import { menu, printed } from './site.ts';

it('closes the menu on Escape, giving the focus back, and on a press elsewhere', () => {
	document.body.innerHTML = '<details open><summary>菜单</summary><a href="/">找店</a></details><main></main>';
	const details = document.querySelector('details')!;
	menu(details);
	details.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
	expect(details.open).toBe(false);
	details.open = true;
	details.querySelector('a')!.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
	expect(details.open).toBe(true);
	document.querySelector('main')!.click();
	expect(details.open).toBe(false);
});

it('writes the date of printing', () => {
	document.documentElement.lang = 'zh-Hans';
	document.body.innerHTML = '<span></span>';
	printed(document.querySelector('span')!);
	dispatchEvent(new Event('beforeprint'));
	expect(document.querySelector('span')!.textContent).toMatch(/^\d{4}年\d{1,2}月\d{1,2}日$/);
});
