import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
	vi.unstubAllGlobals();
	vi.resetModules();
});

it('makes one policy, named app, that lets one script address through', async () => {
	const createPolicy = vi.fn((_: string, rules: { createHTML(s: string): string; createScriptURL(s: string): string }) => rules);
	vi.stubGlobal('trustedTypes', { createPolicy });
	const { parsePage, workerURL } = await import('./policy.ts');
	expect(createPolicy).toHaveBeenCalledOnce();
	expect(createPolicy.mock.calls[0]?.[0]).toBe('app');
	expect(workerURL()).toBe('/sw.js');
	expect(() => createPolicy.mock.calls[0]?.[1].createScriptURL('https://evil.example/x.js')).toThrow(TypeError);
	expect(parsePage('<title>店</title><p>').title).toBe('店');
});

it('works where Trusted Types are unknown', async () => {
	const { parsePage } = await import('./policy.ts');
	expect(parsePage('<p id="x">').getElementById('x')).not.toBeNull();
});
