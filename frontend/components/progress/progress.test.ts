import { describe, expect, test } from 'vitest';
import { follow } from './progress.ts';

function bar(label: string, attributes: string): HTMLElement {
	const root = document.createElement('div');
	root.innerHTML = `<label for="b">${label}</label><progress id="b" ${attributes}></progress>`;
	return root;
}

describe('a bar that follows the server', () => {
	test('takes over how far it is and the words', () => {
		const root = bar('正在看文件', '');
		follow(root, bar('正在写入 50 / 100', 'max="100" value="50"'));
		expect(root.querySelector('label')?.textContent).toBe('正在写入 50 / 100');
		expect(root.querySelector('progress')?.getAttribute('max')).toBe('100');
		expect(root.querySelector('progress')?.value).toBe(50);
	});

	test('is open again when nobody knows how far', () => {
		const root = bar('正在写入 50 / 100', 'max="100" value="50"');
		follow(root, bar('正在看文件', ''));
		expect(root.querySelector('progress')?.hasAttribute('value')).toBe(false);
	});

	test('keeps the element that may have the focus', () => {
		const root = bar('一', 'max="2" value="1"');
		const was = root.querySelector('progress');
		follow(root, bar('二', 'max="2" value="2"'));
		expect(root.querySelector('progress')).toBe(was);
	});
});
