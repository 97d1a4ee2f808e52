import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { copy } from './copy.ts';

const button = () => document.querySelector('button')!;
beforeEach(() => {
	document.body.innerHTML = '<dd><button hidden data-copy="中山中路 218 号" data-copied="抄好了">复制地址</button></dd>';
});
afterEach(() => vi.unstubAllGlobals());

it('stays hidden where copying is not possible', () => {
	vi.stubGlobal('navigator', {});
	copy(button());
	expect(button().hidden).toBe(true);
});

it('copies and says so', async () => {
	const writeText = vi.fn(() => Promise.resolve());
	vi.stubGlobal('navigator', { clipboard: { writeText } });
	copy(button());
	expect(button().hidden).toBe(false);
	button().click();
	await vi.waitFor(() => expect(document.querySelector('[role=status]')?.textContent).toBe('抄好了'));
	expect(writeText).toHaveBeenCalledWith('中山中路 218 号');
});
