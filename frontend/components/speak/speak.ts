/** Reads the element data-of aloud. The button shows only where the browser has a voice for the language of the page. */
export function speak(root: HTMLElement): void {
	const synth = (globalThis as { speechSynthesis?: SpeechSynthesis }).speechSynthesis;
	const word = root.querySelector('span');
	if (!synth || !word) return;
	const lang = document.documentElement.lang;
	const start = word.textContent;
	const offer = () => {
		root.hidden = !synth.getVoices().some((voice) => voice.lang.toLowerCase().startsWith(lang.slice(0, 2)));
	};
	const rest = () => {
		word.textContent = start;
		root.setAttribute('aria-pressed', 'false');
	};
	root.addEventListener('click', () => {
		if (synth.speaking) {
			synth.cancel();
			rest();
			return;
		}
		const text = document.getElementById(root.dataset.of ?? '');
		if (!text) return;
		const speech = new SpeechSynthesisUtterance(readable(text));
		speech.lang = lang === 'zh-Hant' ? 'zh-TW' : lang === 'en' ? 'en-GB' : 'zh-CN';
		speech.rate = 0.9; // a little slower than its usual pace: most who ask for it are older
		speech.onend = rest;
		speech.onerror = rest;
		word.textContent = root.dataset.stop ?? '';
		root.setAttribute('aria-pressed', 'true');
		synth.speak(speech);
	});
	addEventListener('pagehide', () => synth.cancel());
	synth.addEventListener('voiceschanged', offer); // Chromium loads its voices late
	offer();
}

/** What a person would read out: no buttons, no drawings, nothing hidden. */
export function readable(element: HTMLElement): string {
	const copy = element.cloneNode(true) as HTMLElement;
	copy.querySelectorAll('button, svg, nav, form, template, [hidden], [aria-hidden=true]').forEach((part) => part.remove());
	return copy.textContent.replace(/\s+/g, ' ').trim();
}
