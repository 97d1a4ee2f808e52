// A server for one file of tests, with accounts of every role and a clock of its own. Its tests change what others would look at, so
// each worker has a store to itself.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from './pages.ts';
import { forget, took } from './people.ts';

/** The server of the file whose tests a worker is at. */
interface Own {
	file: string;
	origin: string;
	data: string;
	server: ChildProcess;
}

let current: Own | undefined;
process.once('exit', () => current?.server.kill('SIGTERM'));

/** Starts the server of a file, in place of the one of the file before. */
async function of(file: string, clock: string): Promise<Own> {
	if (current?.file === file) return current;
	current?.server.kill('SIGTERM');
	const data = mkdtempSync(join(tmpdir(), 'shangquan-own-'));
	cpSync(await filled(clock), data, { recursive: true });
	current = { file, ...(await start(data, clock)) };
	return current;
}

/** What belongs to the whole run; while a test is at a server of its own, the name leads there. */
const run = process.env.E2E_DATA ?? tmpdir();

/** A folder with the sample district and the accounts as a server has them at that time: made once in a run, for starting on a copy takes a third of the work. */
async function filled(clock: string): Promise<string> {
	const folder = join(run, `filled-${clock.replaceAll(/\W/g, '')}`);
	let mine = true;
	try {
		mkdirSync(`${folder}.lock`);
	} catch {
		mine = false; // another worker is at it, or was
	}
	for (let tries = 0; !mine && tries < 600; tries++) {
		if (existsSync(folder)) return folder;
		await new Promise((r) => setTimeout(r, 100));
	}
	if (!mine) throw new Error('nobody filled the folder in a minute');
	const data = mkdtempSync(join(run, 'filling-'));
	// A minute before, so that no clock ever goes back, and three codes of each app are still good.
	const before = Date.parse(clock) - 60_000;
	try {
		const { server } = await start(data, new Date(before).toISOString());
		await stop(server);
		took(data, before);
		renameSync(data, folder);
	} catch (e) {
		rmdirSync(`${folder}.lock`); // the next one tries, instead of waiting for nothing
		throw e;
	}
	return folder;
}

/** A server over a folder, when it answers: on that port, or on any. */
async function start(data: string, clock: string, port?: number): Promise<Omit<Own, 'file'>> {
	port ??= await freePort();
	const origin = `http://localhost:${String(port)}`;
	const env = { ...process.env, ...settings(data, port, origin), SHANGQUAN_CLOCK: clock };
	const server = spawn('../dist/shangquan', ['serve'], { env, stdio: 'ignore' });
	try {
		await answers(origin, server);
	} catch (e) {
		server.kill('SIGTERM');
		throw e;
	}
	return { origin, data, server };
}

async function stop(server: ChildProcess): Promise<void> {
	const gone = new Promise((done) => server.once('exit', done));
	server.kill('SIGTERM');
	await gone;
}

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
				await stop(current.server);
				current.server = (await start(current.data, clock, Number(new URL(own).port))).server;
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

/**
 * A port that nobody listens on, so that two runs on one machine do not meet. It is below those that a connection or a program is given
 * which asks for any: a browser may take one of them before the server does, or while it is started again.
 */
async function freePort(): Promise<number> {
	for (;;) {
		const port = 20_000 + Math.floor(Math.random() * 10_000);
		const server = createServer();
		const free = await new Promise<boolean>((found) => {
			server.once('error', () => {
				found(false);
			});
			server.listen(port, '127.0.0.1', () => {
				found(true);
			});
		});
		if (!free) continue;
		await new Promise((closed) => server.close(closed));
		return port;
	}
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
