// Everything here improves a page that is whole without it.
import { start } from './modules.ts';
import { partial } from './partial.ts';
import { workerURL } from './policy.ts';

start(document);
partial();
document.addEventListener('region', (event) => start((event as CustomEvent<HTMLElement>).detail));

if ('serviceWorker' in navigator) {
	addEventListener('load', () => {
		navigator.serviceWorker.register(workerURL()).catch((problem: unknown) => console.error('offline copy', problem));
	});
}
