import { beforeEach, describe, expect, it } from 'vitest';
import { plan } from './plan.ts';

let root: HTMLElement;
let svg: SVGSVGElement;
const box = () => svg.getAttribute('viewBox')!.split(' ').map(Number);
const press = (what: string) => root.querySelector<HTMLElement>(`[data-do=${what}]`)!.click();
const key = (k: string) => {
	const event = new KeyboardEvent('keydown', { key: k, cancelable: true });
	svg.dispatchEvent(event);
	return event.defaultPrevented;
};

beforeEach(() => {
	document.body.innerHTML =
		'<div class="mapbox"><svg viewBox="0 0 1600 800"><g class="pin" data-x="10" data-y="20"></g></svg>' +
		'<div class="map-z" hidden><button data-do="in"><svg class="ic"></svg></button><button data-do="out"></button><button data-do="all"></button></div></div>';
	root = document.querySelector<HTMLElement>('.mapbox')!;
	svg = root.querySelector<SVGSVGElement>('svg')!;
	plan(root);
});

describe('the buttons', () => {
	it('appear with the script', () => expect(root.querySelector<HTMLElement>('.map-z')!.hidden).toBe(false));
	it('zoom in about the middle, and pins keep their size', () => {
		press('in');
		expect(box()).toEqual([320, 160, 960, 480]);
		expect(svg.querySelector('.pin')!.getAttribute('transform')).toBe('translate(10 20) scale(0.6)');
	});
	it('go out again, never beyond the whole', () => {
		press('in');
		press('out');
		press('out');
		expect(box()).toEqual([0, 0, 1600, 800]);
	});
	it('stop at an eighth', () => {
		for (let i = 0; i < 12; i++) press('in');
		expect(box().slice(2)).toEqual([200, 100]);
	});
	it('show the whole at once', () => {
		press('in');
		press('all');
		expect(box()).toEqual([0, 0, 1600, 800]);
	});
});

describe('the keys', () => {
	it('zoom and move, inside the plan', () => {
		key('+');
		key('ArrowRight');
		expect(box()).toEqual([480, 160, 960, 480]);
		for (let i = 0; i < 9; i++) key('ArrowDown');
		expect(box()[1]).toBe(320);
	});
	it('leave the arrows to the page while the whole is shown', () => expect(key('ArrowDown')).toBe(false));
	it('leave other keys alone', () => expect(key('a')).toBe(false));
});

it('leaves a drawing without a size alone', () => {
	document.body.innerHTML = '<div><svg></svg></div>';
	expect(() => plan(document.querySelector<HTMLElement>('div')!)).not.toThrow();
});
