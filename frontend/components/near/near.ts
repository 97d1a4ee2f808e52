import { show } from '../../src/partial.ts';
import { say } from '../../src/said.ts';

/** A button that sorts by the way from here. The position goes into the address rounded to about 10 metres and is kept
 *  nowhere else. A refusal or a failure becomes a sentence. */
export function near(root: HTMLElement): void {
	const geolocation = navigator.geolocation as Geolocation | undefined;
	if (!geolocation) return;
	root.hidden = false;
	root.addEventListener('click', () => {
		root.setAttribute('aria-busy', 'true');
		say(root, root.dataset.wait ?? '');
		geolocation.getCurrentPosition(
			({ coords }) => {
				root.removeAttribute('aria-busy');
				say(root, '');
				void show(nearAddress(location.href, coords.latitude, coords.longitude), root.dataset.into ?? '', true);
			},
			(problem) => {
				root.removeAttribute('aria-busy');
				say(root, (problem.code === 1 ? root.dataset.refused : root.dataset.unknown) ?? '');
			},
			{ enableHighAccuracy: false, timeout: 10_000, maximumAge: 60_000 },
		);
	});
}

/** The same search from page 1, the near ones first. */
export function nearAddress(href: string, latitude: number, longitude: number): URL {
	const url = new URL(href);
	url.searchParams.set('near', `${latitude.toFixed(4)},${longitude.toFixed(4)}`);
	url.searchParams.set('sort', 'near');
	url.searchParams.delete('page');
	url.hash = '';
	return url;
}
