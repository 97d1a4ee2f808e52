import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { desk, phone } from './e2e/windows.ts';

// The real server over the embedded engines, with the sample district, on a port of its own. Its clock starts on a Thursday evening,
// so that what is open does not depend on when the tests run.
const port = Number(process.env.E2E_PORT ?? 18080);
const origin = `http://localhost:${port}`;
// The configuration is read again by every worker; the folder is the first one's.
const data = (process.env.E2E_DATA ??= mkdtempSync(join(tmpdir(), 'shangquan-e2e-')));

const chromium = {
	executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium-headless-shell',
	args: [
		'--no-sandbox',
		'--disable-gpu',
		'--disable-quic',
		'--no-first-run',
		'--disable-background-networking',
		'--disable-component-update',
		'--disable-sync',
	],
};

export default defineConfig({
	testDir: 'e2e',
	fullyParallel: true,
	forbidOnly: Boolean(process.env.CI),
	retries: 0,
	workers: 3, // one more than the machine of continuous integration has cores: somebody always waits for a page
	reporter: [['line']],
	timeout: 120_000,
	expect: { timeout: 10_000 },
	use: {
		baseURL: origin,
		locale: 'zh-CN',
		timezoneId: 'Asia/Shanghai',
		contextOptions: { reducedMotion: 'reduce' },
		// A worker of the offline copy starts a process for each window and goes between every page and the network, which is a quarter of
		// the work of most tests. Those of the offline copy, of searching and of the portal have it, as everybody has.
		serviceWorkers: 'block',
		// Every test opens windows that live for seconds: what is compiled, kept in reserve or collected for a long life is never paid back.
		launchOptions: {
			...chromium,
			args: [...chromium.args, '--js-flags=--no-maglev --no-turbofan --single-threaded-gc', '--disable-site-isolation-trials'],
		},
	},
	projects: [
		// What customers press differs with the width. What people with accounts press does not: their stories are told once, with each
		// in the window they have, and each page they come to is looked at in both.
		{ name: 'phone', testIgnore: ['**/lighthouse.spec.ts', '**/stories/**'], use: phone },
		{ name: 'desktop', testIgnore: ['**/lighthouse.spec.ts', '**/every-page.spec.ts', '**/stories/**'], use: desk },
		{ name: 'stories', testMatch: '**/stories/**', use: phone },
		// After the others and alone, because it measures time, and with scripts as fast as they are for everybody.
		{
			name: 'lighthouse',
			testMatch: '**/lighthouse.spec.ts',
			dependencies: ['phone', 'desktop', 'stories'],
			use: { launchOptions: chromium, serviceWorkers: 'allow' },
		},
		...(process.env.SCREENSHOTS ? [{ name: 'screenshots', testMatch: '**/screenshots.ts' }] : []),
	],
	webServer: {
		command: '../dist/shangquan serve',
		url: `${origin}/readyz`,
		timeout: 60_000,
		gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
		env: {
			SHANGQUAN_ADDR: `127.0.0.1:${port}`,
			SHANGQUAN_ORIGIN: origin,
			SHANGQUAN_STORE: `file:${join(data, 'shangquan.db')}`,
			SHANGQUAN_MEDIA: `file:${join(data, 'media')}`,
			SHANGQUAN_SAMPLE: 'true',
			SHANGQUAN_DEMO: 'true',
			SHANGQUAN_RATE_FACTOR: '0',
			SHANGQUAN_LOG_LEVEL: 'error',
			SHANGQUAN_CLOCK: '2026-10-15T19:20:00+08:00',
		},
	},
});
