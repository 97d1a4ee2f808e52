import { expect, it, vi } from 'vitest';
import { start, startAll } from './modules.ts';

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

it('asks for the modules of forms only where the page has one', async () => {
	document.body.innerHTML = '<p data-module="printed"></p>';
	startAll(document);
	document.body.innerHTML = '<input id="f" value="云"><p data-module="left" data-of="f" data-max="3" data-left="还能写 {n} 个字"></p>';
	startAll(document);
	expect(document.querySelector('p')!.textContent).toBe('');
	await vi.waitFor(() => expect(document.querySelector('p')!.textContent).toBe('还能写 2 个字'));
});
