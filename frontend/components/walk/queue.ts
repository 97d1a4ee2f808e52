// What a street walk keeps: the stops of a side, and the answers that wait for the network. Nothing here touches the page.

/** A stop as the server writes it. */
export interface Stop {
	listing: string;
	unit: string;
	house: string;
	rev: number;
	door: string;
	name: string;
	lang?: string;
	kind: string;
	phone: string;
	hours: string;
	checked: string;
}

/** A side of a street with its stops, under the address of its page. owner tells whose it is, without saying who. */
export interface Side {
	path: string;
	street: string;
	title: string;
	lead: string;
	owner: string;
	stops: Stop[];
	kinds: { Value: string; Label: string }[];
}

export interface Said {
	name?: string;
	phone?: string;
	hours?: string;
	category?: string;
	house?: string;
}

/** What somebody said of a stop. The id makes that it counts once however often it is sent. */
export interface Answer {
	id: string;
	owner: string;
	street: string;
	house: string;
	listing: string;
	unit: string;
	rev: number;
	kind: string;
	at: string;
	said: Said;
}

export interface Result {
	id: string;
	answer: string;
	state: 'taken' | 'done' | 'waits' | 'conflict' | 'wrong' | 'dropped';
	problem?: string;
}

/** The answer that a form gives about a stop. */
export function answerOf(side: Side, stop: Stop, fields: FormData, kind: string, id: string, now: Date): Answer {
	const text = (name: string) => {
		const value = fields.get(name);
		return typeof value === 'string' ? value.trim() : '';
	};
	const said: Said = {};
	const names: Partial<Record<keyof Said, string>> =
		kind === 'new'
			? { name: 'new.name', category: 'new.category', house: 'new.house' }
			: kind === 'changed'
				? { name: 'name', phone: 'phone', hours: 'hours' }
				: {};
	for (const [key, field] of Object.entries(names)) {
		const value = text(field);
		if (value) said[key as keyof Said] = value;
	}
	const { listing, unit, house, rev } = stop;
	return { id, owner: side.owner, street: side.street, house, listing, unit, rev, kind, at: now.toISOString(), said };
}

/** The waiting answers that a new one stands in for: about the same shop or unit the last word counts. A new shop replaces nothing. */
export function replaced(waiting: Answer[], next: Answer): Answer[] {
	if (next.kind === 'new') return [];
	return waiting.filter(
		(a) =>
			a.kind !== 'new' && a.owner === next.owner && a.street === next.street && a.listing === next.listing && a.unit === next.unit && a.house === next.house,
	);
}

/** What the results of a batch leave: the answers that are dealt with, how many somebody has to decide, how many were refused. */
export function settle(results: Result[]): { gone: string[]; open: number; refused: number } {
	const left = results.filter((r) => r.state !== 'taken');
	const toChoose = left.filter((r) => r.answer && (r.state === 'conflict' || r.state === 'wrong'));
	return { gone: left.map((r) => r.id), open: toChoose.length, refused: left.filter((r) => !r.answer && r.state === 'wrong').length };
}

/** An id for an answer. Old phones have no randomUUID. */
export function newID(): string {
	return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
