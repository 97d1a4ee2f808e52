// A server for one file of tests, with accounts of every role and a clock of its own. Its tests change what others would look at, so
// each worker has a store to itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from './pages.ts';
import { forget } from './people.ts';

/** The test function of a file whose server shows this time at its start; own is the address of the server, later starts it again over the same store at another time. */
export function withServer(clock: string) {
	const running = new Map<string, { server: ChildProcess; env: NodeJS.ProcessEnv }>();
	return base.extend<object, { own: string; later: (clock: string) => Promise<void> }>({
		own: [
			// eslint-disable-next-line no-empty-pattern -- Playwright reads the names of fixtures from the pattern
			async ({}, use) => {
				const data = mkdtempSync(join(tmpdir(), 'shangquan-own-'));
				const port = await freePort();
				const origin = `http://localhost:${String(port)}`;
				const before = process.env.E2E_DATA;
				process.env.E2E_DATA = data; // where people.ts finds who there is
				const env = { ...process.env, ...settings(data, port, origin), SHANGQUAN_CLOCK: clock };
				const server = spawn('../dist/shangquan', ['serve'], { env, stdio: 'ignore' });
				running.set(origin, { server, env });
				await answers(origin, server);
				await use(origin);
				running.get(origin)?.server.kill('SIGTERM');
				process.env.E2E_DATA = before;
			},
			{ scope: 'worker' },
		],
		later: [
			async ({ own }, use) => {
				await use(async (clock) => {
					const before = running.get(own);
					forget(own);
					if (!before) throw new Error('there is no server to start again');
					const gone = new Promise((done) => before.server.once('exit', done));
					before.server.kill('SIGTERM');
					await gone;
					const env = { ...before.env, SHANGQUAN_CLOCK: clock };
					const server = spawn('../dist/shangquan', ['serve'], { env, stdio: 'ignore' });
					running.set(own, { server, env });
					await answers(own, server);
				});
			},
			{ scope: 'worker' },
		],
		baseURL: async ({ own }, use) => {
			await use(own);
		},
	});
}

function settings(data: string, port: number, origin: string): Record<string, string> {
	return {
		SHANGQUAN_ADDR: `127.0.0.1:${String(port)}`,
		SHANGQUAN_ORIGIN: origin,
		SHANGQUAN_STORE: `file:${join(data, 'shangquan.db')}`,
		SHANGQUAN_MEDIA: `file:${join(data, 'media')}`,
		SHANGQUAN_SAMPLE: 'true',
		SHANGQUAN_DEMO: 'true',
		SHANGQUAN_RATE_FACTOR: '0',
		SHANGQUAN_LOG_LEVEL: 'error',
	};
}

/** A port that nobody uses: two runs on one machine do not meet. */
function freePort(): Promise<number> {
	return new Promise((found, failed) => {
		const server = createServer();
		server.once('error', failed);
		server.listen(0, '127.0.0.1', () => {
			const at = server.address();
			server.close(() => {
				found(typeof at === 'object' && at ? at.port : 0);
			});
		});
	});
}

async function answers(origin: string, server: ChildProcess): Promise<void> {
	for (let tries = 0; tries < 300; tries++) {
		if (server.exitCode !== null) throw new Error('the server did not start');
		const ready = await fetch(`${origin}/readyz`).then(
			(r) => r.ok,
			() => false,
		);
		if (ready) return;
		await new Promise((r) => setTimeout(r, 100));
	}
	throw new Error('the server did not answer in half a minute');
}
