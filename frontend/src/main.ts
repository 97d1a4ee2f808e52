// Everything here improves a page that is whole without it.
import { startAll } from './modules.ts';
import { partial } from './partial.ts';
import { workerURL } from './policy.ts';

startAll(document);
partial();
document.addEventListener('region', (event) => startAll((event as CustomEvent<HTMLElement>).detail));

if ('serviceWorker' in navigator) {
	addEventListener('load', () => {
		navigator.serviceWorker.register(workerURL()).catch((problem: unknown) => console.error('offline copy', problem));
	});
}
