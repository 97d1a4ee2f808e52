// The demonstration accounts of the server under test, and how they sign in.
import { createHmac } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type Page, expect } from '@playwright/test';
import { prepare } from './axe.ts';
import { desk, phone } from './windows.ts';

export type Who = 'owner' | 'manager' | 'staff' | 'rival' | 'plaza' | 'coordinator' | 'second' | 'liaison' | 'auditor' | 'admin';

/** A demonstration account as the server wrote it beside its store. */
export interface Person {
	key: Who;
	name: string;
	contact: string;
	password: string;
	account_id: string;
	secret?: string;
	merchant_id?: string;
	listing_ids?: string[];
}

const data = () => process.env.E2E_DATA ?? '';

export function person(who: Who): Person {
	const all = JSON.parse(readFileSync(join(data(), 'demo-accounts.json'), 'utf8')) as Person[];
	const found = all.find((one) => one.key === who);
	if (!found) throw new Error(`nobody is called ${who}`);
	return found;
}

/** The code of an authenticator app for a time step of 30 s (RFC 6238). */
export function totp(secret: string, step: number): string {
	let bits = '';
	for (const letter of secret) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
	const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(step));
	const mac = createHmac('sha1', key).update(counter).digest();
	const at = (mac[19] ?? 0) & 15;
	return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Says that everybody of a store took their last code in setting the account up, at that time. */
export function took(folder: string, at: number): void {
	const all = JSON.parse(readFileSync(join(folder, 'demo-accounts.json'), 'utf8')) as Person[];
	for (const { key } of all) writeFileSync(join(folder, `step-${key}`), String(Math.floor(at / 30_000)));
}

/** The time step of the server, whose clock is not ours. */
async function stepNow(page: Page): Promise<number> {
	const html = await (await page.request.get('/outbox')).text();
	const now = /data-now="([^"]+)"/.exec(html)?.[1];
	if (!now) throw new Error('the outbox says no time');
	return Math.floor(Date.parse(now) / 30_000);
}

/**
 * A code that nobody has used: each works once, and the server takes the one before and the one after the present. Two workers
 * never take the same, for the last one taken is kept beside the store.
 */
export async function freshCode(page: Page, who: Who): Promise<string> {
	const lock = join(data(), `lock-${who}`);
	const kept = join(data(), `step-${who}`);
	for (;;) {
		try {
			mkdirSync(lock);
		} catch {
			await page.waitForTimeout(100);
			continue;
		}
		try {
			const now = await stepNow(page);
			const last = existsSync(kept) ? Number(readFileSync(kept, 'utf8')) : now; // setting the account up took that of the moment
			const step = Math.max(last + 1, now - 1);
			if (step <= now + 1) {
				writeFileSync(kept, String(step));
				return totp(person(who).secret ?? '', step);
			}
		} finally {
			rmdirSync(lock);
		}
		await page.waitForTimeout(2_000);
	}
}

/**
 * Signs in through the pages and leaves the browser where that leads. Who works for the district gives a code, for which this waits
 * up to half a minute when another test has just taken one: openAs signs in once for several tests.
 */
export async function signIn(page: Page, who: Who, path?: string): Promise<void> {
	const { contact, password, secret } = person(who);
	await page.goto('/sign-in' + (path ? `?back=${encodeURIComponent(path)}` : ''));
	await page.locator('#name').fill(contact);
	await page.locator('#password').fill(password);
	await page.locator('#password').press('Enter');
	if (secret) {
		await expect(page.locator('#proof')).toBeVisible();
		await page.locator('#proof').fill(await freshCode(page, who));
		await page.locator('#proof').press('Enter');
	}
	await expect(page).not.toHaveURL(/sign-in/);
}

/** Sessions that openAs signed in, by server and person, with the time. */
const sessions = new Map<string, { at: number; state: Awaited<ReturnType<BrowserContext['storageState']>> }>();

/** A session says for ten minutes that its person has just been asked who they are. */
const fresh = 5 * 60_000;

/** Signs everybody at a server in anew from now on: its clock is another. */
export function forget(origin: string): void {
	for (const key of sessions.keys()) if (key.startsWith(origin)) sessions.delete(key);
}

/** Who works for the district. */
const atDesk = new Set<Who | undefined>(['coordinator', 'second', 'liaison', 'auditor', 'admin']);

/**
 * A window of somebody's own at a server, as they have it when none is given, signed in where who says as whom. Who was signed in here a
 * moment ago still is: the code of an app is good once, and the next one takes up to half a minute.
 */
export async function openAs(browser: Browser, own: string, who?: Who, path?: string, window = atDesk.has(who) ? desk : phone): Promise<Page> {
	const key = `${own} ${who ?? ''}`;
	const kept = sessions.get(key);
	const storageState = path && kept && Date.now() - kept.at < fresh ? kept.state : undefined;
	const context = await browser.newContext({
		baseURL: own,
		locale: 'zh-CN',
		...window,
		...(storageState && { storageState }),
	});
	const page = await context.newPage();
	await prepare(page);
	if (!who) return page;
	if (storageState && path) {
		await page.goto(path);
		if (!page.url().includes('/sign-in')) return page;
	}
	await signIn(page, who, path);
	const { cookies } = await context.storageState();
	sessions.set(key, { at: Date.now(), state: { cookies: cookies.filter((one) => one.name.includes('session')), origins: [] } });
	return page;
}
