// The modules of forms: portal, desk and account pages load this file, pages for everyone do not.
import { creditcode } from '../components/field/creditcode.ts';
import { left } from '../components/field/left.ts';
import { reveal } from '../components/field/reveal.ts';
import { hours } from '../components/hours/hours.ts';
import { preview } from '../components/hours/preview.ts';
import { passkey } from '../components/passkey/passkey.ts';
import { twins } from '../components/roll/twins.ts';
import { progress } from '../components/progress/progress.ts';
import type { Module } from './modules.ts';

/** The modules by the name in data-module="…". */
export const forms: Record<string, Module> = { creditcode, hours, left, passkey, preview, progress, reveal, twins, walk };

/** The street walk comes in a file of its own: nobody else loads it. */
function walk(root: HTMLElement): void {
	import('../components/walk/walk.ts').then(
		(file) => file.walk(root),
		(problem: unknown) => console.error('street walk', problem),
	);
}
