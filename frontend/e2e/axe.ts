// Asks axe about a page in all its looks, each question once. What a rule reads decides when it has to be asked again:
// words and roles change with the page, the language and what is shown; sizes and places with the layout; contrast with the colours.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import { type Page, expect } from '@playwright/test';
import { wide } from './pages.ts';
import { desk, phone } from './windows.ts';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const ofLayout = ['target-size', 'scrollable-region-focusable'];
const ofColour = ['link-in-text-block'];

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Brings axe to every page that is opened from now on, to be started where it is asked: sending it to each page anew takes longer than
 * some of the checks, and starting it on pages that nobody asks about is a fifth of opening them.
 */
export async function prepare(page: Page): Promise<void> {
	await page.addInitScript({ content: `globalThis.startAxe = () => {${source}\n};` });
}

/** What of the frame round the pages, its header, menu and footer, has been seen shown, in each language: every page has the same. */
const frames = new Set<string>();

/** What has been asked about the document that is loaded. */
export class Asked {
	private readonly shown = new Set<string>();
	private readonly laid = new Set<string>();
	private everyText: boolean;

	/** everyText: the first look asks about the contrast of every piece of text, not of one of each kind. */
	constructor({ everyText = false } = {}) {
		this.everyText = everyText;
	}

	/** The findings in the look the page has now that no earlier look can have answered. */
	async findings(page: Page): Promise<string[]> {
		const { shown, frame, laid, bare } = await geometry(page);
		const colour = bare ? ofColour : [];
		const rules = !this.shown.has(shown) || !frames.has(frame) ? tags : this.laid.has(laid) ? colour : [...ofLayout, ...colour];
		this.shown.add(shown);
		frames.add(frame);
		this.laid.add(laid);
		const all = this.everyText;
		this.everyText = false;
		return ask(page, rules, all);
	}
}

/** Fails when the page is wider than its window. */
export async function fits(page: Page, what: string): Promise<void> {
	expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), what).toBe(0);
}

/**
 * Asks axe about the page as it is, then in dark and large text, in its window and in the other one, and whether it scrolls sideways.
 * It stays dark and large.
 */
export async function inEveryLook(page: Page): Promise<void> {
	const asked = new Asked();
	const own = page.viewportSize() ?? phone.viewport;
	for (const [window, theme, size] of [
		[own, 'light', ''],
		[own, 'dark', 'large'],
		[(wide(page) ? phone : desk).viewport, 'dark', 'large'],
	] as const) {
		await page.setViewportSize(window);
		await page.evaluate(
			([t, s]) => {
				document.documentElement.dataset.theme = t;
				if (s) document.documentElement.dataset.size = s;
			},
			[theme, size],
		);
		const what = `${page.url()}, ${String(window.width)} px, ${theme} ${size}`;
		expect(await asked.findings(page), what).toEqual([]);
		await fits(page, what);
	}
	await page.setViewportSize(own);
}

/**
 * Which elements can be seen, of what the page is about and of the frame round it, where every element lies, and whether a link in a text
 * is told from it by its colour alone: the one with a line below it is a link in every theme.
 */
function geometry(page: Page): Promise<{ shown: string; frame: string; laid: string; bare: boolean }> {
	return page.evaluate(() => {
		const block = (e: Element) => ['block', 'list-item', 'table', 'flex', 'grid', 'inline-block'].includes(getComputedStyle(e).display);
		const bare = [...document.querySelectorAll('a[href], [role=link]')].some((link) => {
			if (!link.checkVisibility() || block(link) || getComputedStyle(link).textDecorationLine.includes('underline')) return false;
			let around = link.parentElement;
			while (around && !block(around)) around = around.parentElement;
			const text = around?.cloneNode(true) as Element | undefined;
			for (const e of text?.querySelectorAll('a, button, [role=link], [role=button]') ?? []) e.remove();
			return Boolean(text?.textContent.trim());
		});
		const main = document.querySelector('main');
		const shown: string[] = [];
		const frame = [document.documentElement.lang];
		const laid: string[] = [];
		for (const e of document.querySelectorAll('*')) {
			const r = e.getBoundingClientRect();
			const visible = e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && r.right > 0 && r.bottom + scrollY > 0;
			(main?.contains(e) ? shown : frame).push(visible ? (r.width * r.height > 1 ? '2' : '1') : '0');
			// Where something lies that nobody sees is no question: in a closed menu lies the switch to the theme that is not on.
			laid.push(visible ? [r.left, r.top + scrollY, r.width, r.height].map(Math.round).join() : '');
		}
		return { shown: shown.join(''), frame: frame.join(''), laid: `${innerWidth} ${laid.join(' ')}`, bare };
	});
}

type WithAxe = { axe?: typeof axe; startAxe: () => void };

/** The kinds of text, as contrast knows them, whose contrast is right. What is known of one page holds on every other. */
const right = new Set<number>();

/** The kinds that axe cannot decide about by one of them, because something covers it, say. */
const hard = new Set<number>();

/**
 * Asks axe by these rules or tags, and about contrast in the same run: reading the page is half of each. Contrast is the dearest rule
 * by far, and the rows of a list answer alike, on every page and in every language. Text is of one kind when everything that contrast
 * is computed from is the same for it and for all that lies around it; one of each kind is asked, once, and where axe cannot decide
 * about that one, all of the kind. everyText asks about all text there is.
 */
async function ask(page: Page, runOnly: string[], everyText: boolean): Promise<string[]> {
	const { decided, undecided, findings } = await page.evaluate(
		async ({ runOnly, everyText, right, hard }) => {
			const read = [
				...[
					'color',
					'background-color',
					'background-image',
					'background-clip',
					'opacity',
					'filter',
					'mix-blend-mode',
					'text-shadow',
					'-webkit-text-fill-color',
				],
				...['position', 'clip', 'clip-path', 'overflow', 'visibility', 'display', 'text-indent'],
			];
			// FNV-1a, twice, to 52 bits: a kind has to be told from thousands of others.
			const hash = (text: string): number => {
				let a = 0x811c9dc5;
				let b = 0x1000193;
				for (let i = 0; i < text.length; i++) {
					a = Math.imul(a ^ text.charCodeAt(i), 0x1000193);
					b = Math.imul(b ^ text.charCodeAt(i), 0x5bd1e995);
				}
				return (a >>> 6) * 0x4000000 + (b >>> 6);
			};
			const known = new Map<Element | null, number>([[null, 0]]);
			const idOf = (e: Element | null): number => {
				const before = known.get(e);
				if (!e || before !== undefined) return before ?? 0;
				const style = getComputedStyle(e);
				const pseudo = ['::before', '::after'].map((p) => getComputedStyle(e, p).content);
				const off = e.matches(':disabled, [aria-disabled=true], [inert]');
				const id = hash([idOf(e.parentElement), e.tagName, off, ...pseudo, ...read.map((p) => style.getPropertyValue(p))].join('|'));
				known.set(e, id);
				return id;
			};
			const isRight = new Set(right.split(' ').map(Number));
			const isHard = new Set(hard.split(' ').map(Number));
			const kinds = new Map<number, Element[]>();
			const kindOf = new Map<Element, number>();
			for (const e of document.querySelectorAll('body *')) {
				const text = [...e.childNodes].map((n) => (n.nodeType === Node.TEXT_NODE ? (n.nodeValue ?? '').trim() : '')).join('');
				if (!text && !e.matches('input, select, textarea')) continue;
				if (!e.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
				const style = getComputedStyle(e);
				// Large text by WCAG, which needs less contrast: 18 pt, or bold 14 pt. All other sizes answer alike.
				const px = parseFloat(style.fontSize);
				const large = px >= 24 || (px >= 18.66 && Number(style.fontWeight) >= 700);
				const one = e.textContent.trim().length === 1; // one letter alone may be an icon: axe does not decide there
				const small = hash(`${String(idOf(e))} ${String(one)}`);
				const kind = large ? hash(`${String(small)} large`) : small;
				if ((isRight.has(kind) || isRight.has(small)) && !everyText) continue; // large text is asked for less
				kinds.set(kind, [...(kinds.get(kind) ?? []), e]);
				kindOf.set(e, kind);
			}
			const page = globalThis as unknown as WithAxe;
			if (!page.axe) page.startAxe();
			const { axe } = page;
			if (!axe) throw new Error('axe did not start');
			axe.configure({ rules: [{ id: 'color-contrast', selector: '[data-asked]' }] });
			const run = async (runOnly: string[], about: Element[]) => {
				for (const e of about) e.setAttribute('data-asked', '');
				const byTag = runOnly.some((one) => one.startsWith('wcag')); // contrast is among those
				const asked = await axe.run({
					runOnly: byTag || about.length === 0 ? runOnly : [...runOnly, 'color-contrast'],
					rules: byTag && about.length === 0 ? { 'color-contrast': { enabled: false } } : {},
					resultTypes: ['violations', 'incomplete'],
					elementRef: true,
				});
				for (const e of about) e.removeAttribute('data-asked');
				return {
					findings: asked.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`),
					undecided: asked.incomplete.filter((v) => v.id === 'color-contrast').flatMap((v) => v.nodes.map((n) => n.element as Element)),
				};
			};
			if (runOnly.length === 0 && kinds.size === 0) return { decided: [], undecided: [], findings: [] };
			const whole = (kind: number) => everyText || isHard.has(kind);
			const first = await run(
				runOnly,
				[...kinds].flatMap(([kind, all]) => (whole(kind) ? all : all.slice(0, 1))),
			);
			const undecided = [...new Set(first.undecided.map((e) => kindOf.get(e) ?? 0))];
			const rest = undecided.filter((kind) => !whole(kind)).flatMap((kind) => kinds.get(kind)?.slice(1) ?? []);
			const second = rest.length > 0 ? await run([], rest) : { findings: [] };
			return { decided: [...kinds.keys()].filter((kind) => !undecided.includes(kind)), undecided, findings: [...first.findings, ...second.findings] };
		},
		{ runOnly, everyText, right: [...right].join(' '), hard: [...hard].join(' ') }, // as text, which is sent ten times as fast
	);
	for (const kind of undecided) hard.add(kind);
	if (findings.length === 0) for (const kind of decided) right.add(kind);
	return findings;
}
