import { expect, it, vi } from 'vitest';
import { start } from './modules.ts';

it('starts each module once, and a broken one does not stop the others', () => {
	document.body.innerHTML = '<p data-module="bad"></p><p data-module="good"></p><p data-module="unknown"></p>';
	const report = vi.spyOn(console, 'error').mockImplementation(() => undefined);
	const good = vi.fn();
	const table = {
		bad: () => {
			throw new Error('broken');
		},
		good,
	};
	start(document, table);
	start(document, table);
	expect(good).toHaveBeenCalledOnce();
	expect(report).toHaveBeenCalledOnce();
	report.mockRestore();
});
