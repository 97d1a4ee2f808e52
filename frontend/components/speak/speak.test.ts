import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readable, speak } from './speak.ts';

class Speech {
	lang = '';
	rate = 1;
	onend: () => void = () => undefined;
	constructor(readonly text: string) {}
}
const synth = { speaking: false, getVoices: vi.fn(() => [{ lang: 'zh-CN' }]), speak: vi.fn<(s: Speech) => void>(), cancel: vi.fn(), addEventListener: vi.fn() };
const button = () => document.querySelector('button')!;

beforeEach(() => {
	document.documentElement.lang = 'zh-Hans';
	document.body.innerHTML =
		'<button hidden data-of="about" data-stop="停下"><span>朗读</span></button><div id="about">云间面馆 <svg>x</svg><button>抄</button><p hidden>没有</p>本地老面馆。</div>';
	synth.speaking = false;
	synth.speak.mockReset();
	vi.stubGlobal('SpeechSynthesisUtterance', Speech);
});
afterEach(() => vi.unstubAllGlobals());

it('reads the text with a voice of the language and can be stopped', () => {
	vi.stubGlobal('speechSynthesis', synth);
	speak(button());
	expect(button().hidden).toBe(false);
	button().click();
	const said = synth.speak.mock.calls[0]![0];
	expect(said.text).toBe('云间面馆 本地老面馆。');
	expect(said.lang).toBe('zh-CN');
	expect(button().textContent).toBe('停下');
	synth.speaking = true;
	button().click();
	expect(synth.cancel).toHaveBeenCalled();
	expect(button().textContent).toBe('朗读');
});

it.each([
	['there is no voice for the language', () => vi.stubGlobal('speechSynthesis', { ...synth, getVoices: () => [{ lang: 'de-DE' }] })],
	['the browser cannot speak', () => undefined],
])('stays hidden when %s', (_, prepare) => {
	prepare();
	speak(button());
	expect(button().hidden).toBe(true);
});

it('leaves out what nobody would read', () => {
	expect(readable(document.getElementById('about')!)).toBe('云间面馆 本地老面馆。');
});
