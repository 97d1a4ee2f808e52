// A bar that follows what goes on at the server. It asks for the page it is on and takes over the bar of the answer; when the answer has
// none, it is over, and the page is loaded anew.
import { parsePage } from '../../src/policy.ts';

const every = 1000;

export function progress(root: HTMLElement): void {
	const look = async () => {
		if (!root.isConnected) return;
		try {
			const answer = await fetch(location.href, { credentials: 'same-origin' });
			if (answer.ok && !answer.redirected) {
				const next = parsePage(await answer.text()).querySelector<HTMLElement>('[data-module="progress"]');
				if (!next) {
					location.reload();
					return;
				}
				follow(root, next);
			} else if (answer.redirected) {
				location.reload(); // to sign in again
				return;
			}
		} catch {
			// The network is away; the next look may find it.
		}
		setTimeout(() => void look(), every);
	};
	setTimeout(() => void look(), every);
}

/** Brings the bar and its words up to date, without replacing what has the focus. */
export function follow(root: HTMLElement, next: HTMLElement): void {
	const label = root.querySelector('label');
	const said = next.querySelector('label');
	if (label && said && label.textContent !== said.textContent) label.textContent = said.textContent;
	const bar = root.querySelector('progress');
	const now = next.querySelector('progress');
	if (!bar || !now) return;
	for (const name of ['max', 'value']) {
		const value = now.getAttribute(name);
		if (value === null) bar.removeAttribute(name);
		else bar.setAttribute(name, value);
	}
}
