// What people write who want a browser to run it, leave for another site or take the page over (requirement CON-01). Each calls hit with
// its number or asks elsewhere.example, so that a test says which one got through.
import { type Page, expect } from '@playwright/test';

const elsewhere = 'https://elsewhere.example';

export const attacks = [
	// Script, and elements that bring it in.
	'<script>hit(0)</script>',
	'<ScRiPt\n>hit(1)</sCrIpT >',
	`<script src="${elsewhere}/2.js"></script>`,
	'<scr<script>ipt>hit(3)</scr</script>ipt>',
	'<noscript><p title="</noscript><img src=x onerror=hit(4)>">',
	'<template><script>hit(5)</script></template><style><!--</style><script>hit(5)</script>-->',
	// Events, of elements that load, fail, open, take the focus or move.
	'<img src=x onerror="hit(6)">',
	'<img/src=`x`/onerror=hit(7)//',
	`<img src="${elsewhere}/8.png" srcset="${elsewhere}/8-2.png 2x">`,
	'<body onload=hit(9) onpageshow=hit(9)>',
	'<details open ontoggle="hit(10)">x</details>',
	'<input autofocus onfocus=hit(11)>',
	'<video><source onerror="hit(12)"></video><audio src=x onerror=hit(12)></audio>',
	'<p onmouseover=hit(13) onclick=hit(13) onpointerenter=hit(13) style="position:fixed;inset:0">x</p>',
	'<style>@keyframes k{}p{animation:k 1s}</style><p style="animation:k 1s" onanimationstart=hit(14)>x</p>',
	// Links whose address is a program, in the ways it is hidden.
	'<a href="javascript:hit(15)" style="position:fixed;inset:0">x</a>',
	'[按这里](javascript:hit(16))',
	'[按这里](JaVaScRiPt:hit(17))',
	'[按这里](&#106;ava&#115;cript&colon;hit(18))',
	'[按这里](java&Tab;script:hit(19))',
	'[按这里](<\\javascript:hit(20)>)',
	'<javascript:hit(21)>',
	'[按这里][脚注]\n\n[脚注]: javascript:hit(22)',
	'[hit(23)](data:text/html;base64,PHNjcmlwdD5oaXQoMjMpPC9zY3JpcHQ+)',
	'[按这里](vbscript:hit(24))',
	// Drawings and formulas, where elements have other names and other rules.
	'<svg onload="hit(25)"><script>hit(25)</script></svg>',
	'<svg><a xlink:href="javascript:hit(26)"><text y=20>x</text></a><animate attributeName=href values="javascript:hit(26)"/></svg>',
	'<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><image href=x onerror=hit(27) /></svg>#x"/></svg>',
	'<math href="javascript:hit(28)"><mtext><mglyph><style><img src=x onerror=hit(28)></style></mglyph></mtext></math>',
	// A page in the page, and another page instead of it.
	'<iframe srcdoc="<script>hit(29)</script>"></iframe>',
	'<iframe src="javascript:hit(30)"></iframe><object data="javascript:hit(30)"></object><embed src="javascript:hit(30)">',
	`<meta http-equiv="refresh" content="0;url=${elsewhere}/31">`,
	`<base href="${elsewhere}/32/"><link rel="stylesheet" href="32.css"><img src="32.png">`,
	`<form action="${elsewhere}/33"><button formaction="javascript:hit(33)" autofocus onfocus=hit(33)>按这里</button></form>`,
	// Styles that ask elsewhere or cover the page.
	`"><style>body{display:none;background:url(${elsewhere}/34.png)}@import "${elsewhere}/34.css";</style>`,
	// What ends an attribute or is markup only after Markdown has been at it.
	'![图](x" onerror="hit(35))',
	`![图](${elsewhere}/36.png "x" onload="hit(36)")`,
	'> - **<img src=x onerror=hit(37)>** *[按](javascript:hit(37))*\n> 1. # <svg onload=hit(37)>',
	'&lt;img src=x onerror=hit(38)&gt; &#60;script&#62;hit(38)&#60;/script&#62;',
	'`<img src=x onerror=hit(39)>` ~~~ <!--> <img src=x onerror=hit(39)> -->',
	// Templates, should anything read them once more.
	'{{constructor.constructor("hit(40)")()}} ${hit(40)} {{template "x" .}} <%= hit(40) %>',
	// Marks that turn the direction of writing, as entities: as they are, the form refuses them.
	'&#x202e;&#8238;&#x2066;<img src=x onerror=hit(41)>&#x200f;',
];

/** What may stand in a text: these elements, and no attribute, for none of the attacks is a link that is allowed. */
const kept = ['p', 'h2', 'h3', 'ul', 'ol', 'li', 'blockquote', 'hr', 'br', 'strong', 'em'];

/**
 * Opens a page that shows the attacks and fails when one of them does anything. The window must be one without a content policy: what
 * it would hold back has to do nothing by itself.
 */
export async function harmless(page: Page, path: string, text: string): Promise<void> {
	const done: string[] = [];
	await page.exposeFunction('hit', (n: number) => done.push(`ran: ${attacks[n] ?? String(n)}`));
	page.on('dialog', (dialog) => {
		done.push(`dialog: ${dialog.message()}`);
		void dialog.dismiss();
	});
	page.on('popup', (window) => done.push(`window: ${window.url()}`));
	page.on('console', (m) => done.push(`console: ${m.text()}`));
	page.on('pageerror', (e) => done.push(`error: ${e.message}`));
	page.on('request', (asked) => {
		if (new URL(asked.url()).origin !== new URL(page.url()).origin && page.url() !== 'about:blank') done.push(`asked: ${asked.url()}`);
	});
	page.on('framenavigated', (frame) => {
		if (!frame.url().endsWith(path)) done.push(`went to: ${frame.url()}`);
	});
	// In this window what runs is heard, or nothing below would mean anything.
	await page.setContent('<img src=x onerror=hit(-1)>');
	await expect.poll(() => done).toContain('ran: -1');
	done.length = 0;
	await page.goto(path, { waitUntil: 'networkidle' });
	const prose = page.locator(text);
	const found = await prose.evaluate(
		(prose, [kept, count]) => {
			for (const e of prose.querySelectorAll('*'))
				for (const event of ['mouseover', 'pointerenter', 'focus', 'click']) e.dispatchEvent(new MouseEvent(event, { bubbles: true }));
			return {
				marks: /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/.test(prose.textContent),
				foreign: [...prose.querySelectorAll('*')].filter((e) => e.attributes.length > 0 || !kept.includes(e.localName)).map((e) => e.outerHTML),
				lost: [...Array(count).keys()].filter((n) => !new RegExp(`hit\\(${String(n)}\\)|/${String(n)}(?!\\d)`).test(prose.textContent)),
			};
		},
		[kept, attacks.length] as const,
	);
	expect([...new Set(done)], 'what the attacks did').toEqual([]);
	expect(found).toEqual({ marks: false, foreign: [], lost: [] });
}
