import { say } from '../../src/said.ts';

const maxSpans = 3;

/** Gives the spans of a day the numbers they have now: names, ids, what readers hear, the values of the buttons. */
function number(day: HTMLElement): void {
	const { row = '', open = '', close = '', remove = '' } = day.dataset;
	const spans = day.querySelectorAll<HTMLElement>('.span');
	spans.forEach((span, i) => {
		const nth = (pattern: string) => pattern.replace('{n}', String(i + 1));
		span.querySelectorAll('select').forEach((list, end) => {
			list.name = list.id = `${row}_${i}_${end ? 'close' : 'open'}`;
			list.setAttribute('aria-label', nth(end ? close : open));
		});
		const button = span.querySelector('button');
		button?.setAttribute('value', `del:${row}:${i}`);
		button?.setAttribute('aria-label', nth(remove));
	});
	const add = day.querySelector<HTMLElement>(':scope > button');
	if (add) add.hidden = spans.length >= maxSpans;
}

/** Takes the mistake off a day whose times are others now; the server looks again when the form is saved. */
function clear(day: HTMLElement): void {
	day.querySelector('.err')?.classList.remove('err');
	day.querySelectorAll('.spans > :not(.span)').forEach((note) => note.remove());
	day.querySelectorAll('[aria-invalid]').forEach((list) => {
		list.removeAttribute('aria-invalid');
		list.removeAttribute('aria-describedby');
	});
}

/** Makes the time nobody has chosen the chosen one. */
function blank(list: HTMLSelectElement): void {
	if (!list.querySelector('option[value=""]')) list.prepend(new Option(list.dataset.choose ?? '', ''));
	list.value = '';
}

function add(day: HTMLElement): void {
	const spans = day.querySelectorAll<HTMLElement>('.span');
	const last = spans[spans.length - 1];
	if (!last || spans.length >= maxSpans) return;
	const next = last.cloneNode(true) as HTMLElement;
	last.after(next);
	next.querySelectorAll('select').forEach(blank);
	number(day);
	next.querySelector('select')?.focus();
}

/** Takes away a span. A day without any is closed: the last one stays for when its box is ticked again. */
function remove(day: HTMLElement, span: HTMLElement): void {
	const box = day.querySelector<HTMLInputElement>('.box');
	if (day.querySelectorAll('.span').length > 1) {
		span.remove();
		number(day);
	} else if (box) {
		span.querySelectorAll('select').forEach(blank);
		box.checked = false;
	}
	box?.focus();
}

/** Gives a day the times of another. */
function copy(from: HTMLElement, to: HTMLElement): void {
	const box = (day: HTMLElement) => day.querySelector<HTMLInputElement>('.box');
	const spans = to.querySelector('.spans');
	if (!spans) return;
	spans.replaceChildren(
		...[...from.querySelectorAll<HTMLElement>('.span')].map((span) => {
			const other = span.cloneNode(true) as HTMLElement;
			const chosen = span.querySelectorAll('select');
			other.querySelectorAll('select').forEach((list, i) => (list.value = chosen[i]?.value ?? ''));
			return other;
		}),
	);
	const [a, b] = [box(from), box(to)];
	if (a && b) b.checked = a.checked;
	clear(to);
	number(to);
}

/** The rows of opening hours: adds, removes and copies spans at once instead of asking the server for the form anew. */
export function hours(root: HTMLElement): void {
	root.addEventListener('click', (event) => {
		const button = (event.target as Element).closest<HTMLButtonElement>('button[name="do"]');
		const day = button?.closest<HTMLElement>('.day');
		const verb = button?.value.split(':')[0];
		const span = button?.closest<HTMLElement>('.span');
		if (verb === 'add' && day) add(day);
		else if (verb === 'del' && day && span) {
			clear(day);
			remove(day, span);
		} else if (verb === 'copy') {
			const days = [...root.querySelectorAll<HTMLElement>('.each > .day')];
			const monday = days[0];
			if (!button || !monday) return;
			for (const other of days.slice(1, 5)) copy(monday, other);
			say(button, button.dataset.said ?? '');
		} else return;
		event.preventDefault();
		root.dispatchEvent(new Event('change', { bubbles: true }));
	});
}
