// A server for one file of tests, with accounts of every role and a clock of its own. Its tests change what others would look at, so
// each worker has a store to itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from './pages.ts';
import { forget } from './people.ts';

/** The server of the file whose tests a worker is at. */
interface Own {
	file: string;
	origin: string;
	data: string;
	env: NodeJS.ProcessEnv;
	server: ChildProcess;
}

let current: Own | undefined;
process.once('exit', () => current?.server.kill('SIGTERM'));

/** Starts the server of a file, in place of the one of the file before. */
async function of(file: string, clock: string): Promise<Own> {
	if (current?.file === file) return current;
	current?.server.kill('SIGTERM');
	const data = mkdtempSync(join(tmpdir(), 'shangquan-own-'));
	const port = await freePort();
	const origin = `http://localhost:${String(port)}`;
	const env = { ...process.env, ...settings(data, port, origin), SHANGQUAN_CLOCK: clock };
	current = { file, origin, data, env, server: start(env) };
	await answers(origin, current.server);
	return current;
}

const start = (env: NodeJS.ProcessEnv) => spawn('../dist/shangquan', ['serve'], { env, stdio: 'ignore' });

/**
 * The test function of a file whose server shows this time at its start; own is the address of the server, later starts it again over the
 * same store at another time. The file's tests come one after the other, with serial
 * only as long as none failed. The server belongs to no fixture of a worker: those of each file
 * would be others, and every file would start a browser of its own.
 */
export function withServer(clock: string, mode: 'default' | 'serial' = 'default') {
	base.describe.configure({ mode });
	return base.extend<{ own: string; later: (clock: string) => Promise<void> }>({
		own: async ({ browser }, use, { file }) => {
			const { origin, data } = await of(file, clock);
			const before = process.env.E2E_DATA;
			process.env.E2E_DATA = data; // where people.ts finds who there is
			await use(origin);
			process.env.E2E_DATA = before;
			// The browser lives on to the next test, and each window left open holds connections: a server gives one address a hundred.
			await Promise.all(browser.contexts().map((context) => context.close()));
		},
		later: async ({ own }, use) => {
			await use(async (clock) => {
				if (!current) throw new Error('there is no server to start again');
				forget(own);
				const gone = new Promise((done) => current?.server.once('exit', done));
				current.server.kill('SIGTERM');
				await gone;
				current.server = start({ ...current.env, SHANGQUAN_CLOCK: clock });
				await answers(own, current.server);
			});
		},
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
