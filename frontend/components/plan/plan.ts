// Pan and zoom of a street plan drawn by the server. Buttons and keys always work; drag and pinch only repeat them (WCAG 2.5.1,
// 2.5.7). Pins keep their size on the screen.
import { show } from '../../src/partial.ts';

interface Box {
	x: number;
	y: number;
	w: number;
	h: number;
}

const deepest = 8;
const step = 0.6;

export function plan(root: HTMLElement): void {
	const svg = root.querySelector<SVGSVGElement>('svg:not(.ic)');
	if (!svg) return;
	const [x = 0, y = 0, w = 0, h = 0] = (svg.getAttribute('viewBox') ?? '').split(/[ ,]+/).map(Number);
	const full: Box = { x, y, w, h };
	if (!(w > 0 && h > 0)) return;
	const view = { ...full };

	const put = () => {
		view.w = Math.min(full.w, Math.max(full.w / deepest, view.w));
		view.h = (view.w * full.h) / full.w;
		view.x = Math.min(full.x + full.w - view.w, Math.max(full.x, view.x));
		view.y = Math.min(full.y + full.h - view.h, Math.max(full.y, view.y));
		svg.setAttribute('viewBox', [view.x, view.y, view.w, view.h].map((n) => Math.round(n * 10) / 10).join(' '));
		const scale = view.w / full.w;
		for (const pin of svg.querySelectorAll<SVGGElement>('.pin')) {
			pin.setAttribute('transform', `translate(${pin.dataset.x ?? '0'} ${pin.dataset.y ?? '0'}) scale(${String(scale)})`);
		}
		// A whole plan leaves the swipe to the page; a part of it takes it.
		svg.classList.toggle('zoomed', scale < 1);
	};
	const zoom = (factor: number, cx = view.x + view.w / 2, cy = view.y + view.h / 2) => {
		const before = view.w;
		view.w = Math.min(full.w, Math.max(full.w / deepest, view.w * factor));
		const real = view.w / before;
		view.x = cx - (cx - view.x) * real;
		view.y = cy - (cy - view.y) * real;
		put();
	};
	const at = (p: { clientX: number; clientY: number }): [number, number] => {
		const r = svg.getBoundingClientRect();
		return [view.x + ((p.clientX - r.left) / r.width) * view.w, view.y + ((p.clientY - r.top) / r.height) * view.h];
	};

	const tools = root.querySelector<HTMLElement>('.map-z');
	if (tools) tools.hidden = false;
	root.addEventListener('click', (event) => {
		const target = event.target as Element;
		const what = target.closest<HTMLElement>('[data-do]')?.dataset.do;
		if (what === 'in') zoom(step);
		else if (what === 'out') zoom(1 / step);
		else if (what === 'all') {
			Object.assign(view, full);
			put();
		}
		const href = target.closest<SVGGElement>('[data-href]')?.dataset.href;
		if (!href) return;
		// A pin that chooses changes the region it is in; one that leads to a shop leads there.
		const url = new URL(href, location.href);
		const into = root.closest<HTMLElement>('[data-region]')?.id;
		if (into && url.pathname === location.pathname) void show(url, `#${into}`, true);
		else location.assign(url);
	});

	svg.tabIndex = 0;
	svg.addEventListener('keydown', (event) => {
		const by = view.w / 6;
		const keys: Record<string, () => void> = {
			ArrowLeft: () => (view.x -= by),
			ArrowRight: () => (view.x += by),
			ArrowUp: () => (view.y -= by),
			ArrowDown: () => (view.y += by),
			'+': () => zoom(step),
			'=': () => zoom(step),
			'-': () => zoom(1 / step),
		};
		const move = keys[event.key];
		// A whole plan cannot be moved: the arrows then scroll the page as everywhere.
		if (!move || event.ctrlKey || event.metaKey || (event.key.startsWith('Arrow') && view.w >= full.w)) return;
		event.preventDefault();
		move();
		put();
	});

	const fingers = new Map<number, PointerEvent>();
	let apart = 0;
	svg.addEventListener('pointerdown', (event) => {
		fingers.set(event.pointerId, event);
		apart = 0;
	});
	svg.addEventListener('pointermove', (event) => {
		const before = fingers.get(event.pointerId);
		if (!before) return;
		const r = svg.getBoundingClientRect();
		if (fingers.size === 1) {
			// Captured only once it moves: a captured press would never become a click on a pin.
			if (Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY) < 4 && !svg.hasPointerCapture(event.pointerId)) return;
			svg.setPointerCapture(event.pointerId);
			view.x -= ((event.clientX - before.clientX) / r.width) * view.w;
			view.y -= ((event.clientY - before.clientY) / r.height) * view.h;
			put();
		}
		fingers.set(event.pointerId, event);
		const [a, b] = [...fingers.values()];
		if (a && b) {
			const now = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
			if (apart) zoom(apart / now, ...at({ clientX: (a.clientX + b.clientX) / 2, clientY: (a.clientY + b.clientY) / 2 }));
			apart = now;
		}
	});
	for (const over of ['pointerup', 'pointercancel', 'pointerleave'] as const) {
		svg.addEventListener(over, (event) => {
			fingers.delete(event.pointerId);
			apart = 0;
		});
	}
	svg.addEventListener(
		'wheel',
		(event) => {
			if (!event.ctrlKey) return; // a plain wheel scrolls the page
			event.preventDefault();
			zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, ...at(event));
		},
		{ passive: false },
	);
	put();
}
