import { start } from '../../src/modules.ts';
import { parsePage } from '../../src/policy.ts';

/** How long nothing may change before the server is asked, so that a row of choices is one question. */
const pause = 400;

/** 顾客会看到: asks the server what it would say whenever the form changes. Without an answer the old words turn grey. */
export function preview(root: HTMLElement): void {
	const form = root.closest('form');
	if (!form) return;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let running: AbortController | undefined;
	const ask = async () => {
		running?.abort();
		const mine = (running = new AbortController());
		const data = new FormData(form);
		data.set('do', root.dataset.do ?? 'preview');
		const pairs = [...data].filter((pair): pair is [string, string] => typeof pair[1] === 'string');
		root.setAttribute('aria-busy', 'true');
		try {
			const answer = await fetch(form.action, {
				method: 'POST',
				headers: { 'X-Partial': root.id },
				body: new URLSearchParams(pairs),
				credentials: 'same-origin',
				signal: mine.signal,
			});
			const next = answer.ok ? parsePage(await answer.text()).getElementById(root.id) : null;
			if (!next || mine !== running) return;
			root.replaceChildren(...next.childNodes);
			root.removeAttribute('aria-busy');
			start(root);
		} catch (problem) {
			if ((problem as Error).name !== 'AbortError') console.error('preview', problem);
		}
	};
	form.addEventListener('change', () => {
		clearTimeout(timer);
		timer = setTimeout(() => void ask(), pause);
	});
}
