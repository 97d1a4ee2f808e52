import { called } from '../components/actions/called.ts';
import { share } from '../components/actions/share.ts';
import { copy } from '../components/facts/copy.ts';
import { favourite, favouritesLink } from '../components/favourite/favourite.ts';
import { errors } from '../components/field/errors.ts';
import { near } from '../components/near/near.ts';
import { offline } from '../components/offline/offline.ts';
import { plan } from '../components/plan/plan.ts';
import { suggest } from '../components/search/suggest.ts';
import { menu, printed } from '../components/site/site.ts';
import { speak } from '../components/speak/speak.ts';

/** What a script does for one element. It touches nothing outside that element except what its own comment names. */
export type Module = (root: HTMLElement) => void;

/** The modules by the name in data-module="…". */
export const modules: Record<string, Module> = {
	called,
	copy,
	errors,
	favourite,
	favourites: favouritesLink,
	menu,
	near,
	offline,
	plan,
	printed,
	share,
	speak,
	suggest,
};

/** What only forms need comes in a file of its own, asked for by the first page that has such an element. */
const forms = () => import('./forms.ts').then((file) => file.forms);

/** Starts the modules within a part of the page, those of forms too when it has one that the table here does not know. */
export function startAll(within: ParentNode): void {
	start(within);
	const more = [...within.querySelectorAll<HTMLElement>('[data-module]')].some((root) => !((root.dataset.module ?? '') in modules));
	if (!more) return;
	forms().then(
		(table) => start(within, table),
		(problem: unknown) => console.error('scripts of forms', problem),
	);
}

const started = new WeakSet<Element>();

/** Starts the modules within a part of the page, each once. One that throws is reported; the others live. */
export function start(within: ParentNode, table: Record<string, Module> = modules): void {
	for (const root of within.querySelectorAll<HTMLElement>('[data-module]')) {
		const module = table[root.dataset.module ?? ''];
		if (!module || started.has(root)) continue;
		started.add(root);
		try {
			module(root);
		} catch (problem) {
			console.error(`module ${root.dataset.module ?? ''}`, problem);
		}
	}
}
