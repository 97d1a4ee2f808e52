// The store of a street walk on the phone. Signing out clears it (Clear-Site-Data), and it holds nothing the public may not see.
import type { Answer, Side } from './queue.ts';

const name = 'walk';

function opened(): Promise<IDBDatabase> {
	return new Promise((done, fail) => {
		const asked = indexedDB.open(name, 1);
		asked.onupgradeneeded = () => {
			asked.result.createObjectStore('sides', { keyPath: 'path' });
			asked.result.createObjectStore('answers', { keyPath: 'id' });
		};
		asked.onsuccess = () => done(asked.result);
		asked.onerror = () => fail(asked.error ?? new Error('no store'));
	});
}

async function run<T>(store: 'sides' | 'answers', mode: IDBTransactionMode, f: (s: IDBObjectStore) => IDBRequest<T> | undefined): Promise<T | undefined> {
	const db = await opened();
	try {
		return await new Promise<T | undefined>((done, fail) => {
			const t = db.transaction(store, mode);
			const asked = f(t.objectStore(store));
			t.oncomplete = () => done(asked?.result);
			t.onerror = () => fail(t.error ?? new Error('store'));
			t.onabort = () => fail(t.error ?? new Error('store'));
		});
	} finally {
		db.close();
	}
}

export const keepSide = (side: Side) => run('sides', 'readwrite', (s) => s.put(side));

export const sideAt = (path: string): Promise<Side | undefined> =>
	run<Side | undefined>('sides', 'readonly', (s) => s.get(path) as IDBRequest<Side | undefined>);

export const waiting = async (): Promise<Answer[]> => (await run<Answer[]>('answers', 'readonly', (s) => s.getAll() as IDBRequest<Answer[]>)) ?? [];

/** Adds an answer and takes away those it stands in for, as one. */
export const keepAnswer = (next: Answer, instead: Answer[]) =>
	run('answers', 'readwrite', (s) => {
		for (const a of instead) s.delete(a.id);
		return s.put(next);
	});

export const forget = (ids: string[]) =>
	run('answers', 'readwrite', (s) => {
		for (const id of ids) s.delete(id);
		return undefined;
	});
