import { say } from '../../src/said.ts';

/** A link to pass on. Where the browser can share, it opens that; else the address is copied and a sentence says so. WeChat
 *  can do neither for a page, but has its own menu, which the sentence names. */
export function share(root: HTMLElement): void {
	const { title = '', text = '', copied = '', wechat = '' } = root.dataset;
	const url = (root as HTMLAnchorElement).href;
	root.addEventListener('click', (event) => {
		const inWeChat = /MicroMessenger/i.test(navigator.userAgent);
		const canShare = typeof navigator.share === 'function' && !inWeChat;
		const clipboard = navigator.clipboard as Clipboard | undefined;
		if (!canShare && !clipboard) return; // the link opens the short address, which can be passed on from there
		event.preventDefault();
		if (canShare) {
			navigator.share({ title, text, url }).catch(() => undefined); // closing the sheet is not an error
			return;
		}
		clipboard?.writeText(url).then(
			() => say(root, inWeChat ? wechat : copied),
			() => location.assign(url),
		);
	});
}
