import { say } from '../../src/said.ts';

/** What the server answers once it took a passkey. */
interface Answer {
	to: string;
	kept?: string;
	csrf: string;
}

/** The form that makes a passkey (with a name field) or uses one. It shows only where the browser has passkeys. */
export function passkey(root: HTMLElement): void {
	const credentials = navigator.credentials as CredentialsContainer | undefined;
	if (!(root instanceof HTMLFormElement) || !credentials || typeof PublicKeyCredential === 'undefined') return;
	root.hidden = false;
	const button = root.querySelector<HTMLButtonElement>('button[type=submit]');
	root.addEventListener('submit', (event) => {
		event.preventDefault();
		if (!button || button.disabled) return;
		button.disabled = true;
		run(root, credentials).then(goOn, (problem: unknown) => {
			console.info('passkey', problem);
			button.disabled = false;
			say(button, root.dataset.wrong ?? '');
		});
	});
}

async function run(form: HTMLFormElement, credentials: CredentialsContainer): Promise<Answer> {
	const name = form.querySelector<HTMLInputElement>('input[name=name]')?.value;
	const options = (await post(form, form.dataset.start, {})) as { publicKey: Options };
	const publicKey = binary(options.publicKey);
	const made =
		name === undefined
			? await credentials.get({ publicKey: publicKey as unknown as PublicKeyCredentialRequestOptions })
			: await credentials.create({ publicKey: publicKey as unknown as PublicKeyCredentialCreationOptions });
	const { back, kept } = form.dataset;
	return (await post(form, form.dataset.finish, { name, back, kept, answer: plain(made as PublicKeyCredential) })) as Answer;
}

async function post(form: HTMLFormElement, to = '', body: unknown): Promise<unknown> {
	const headers = { 'Content-Type': 'application/json', Accept: 'application/json', 'X-Csrf-Token': form.dataset.csrf ?? '' };
	const answer = await fetch(to, { method: 'POST', headers, body: JSON.stringify(body), credentials: 'same-origin' });
	if (!answer.ok) throw new Error(`${to}: ${answer.status}`);
	return answer.json();
}

/** Goes on to where the answer says, with what the page there has to be given. */
function goOn({ to, kept, csrf }: Answer): void {
	if (!kept) {
		location.assign(to);
		return;
	}
	const form = document.createElement('form');
	form.method = 'post';
	form.action = to;
	for (const [name, value] of Object.entries({ csrf, kept })) {
		const field = document.createElement('input');
		field.type = 'hidden';
		field.name = name;
		field.value = value;
		form.append(field);
	}
	document.body.append(form);
	form.submit();
}

interface Described {
	id: string;
}

interface Options {
	challenge: string;
	user?: { id: string };
	excludeCredentials?: Described[];
	allowCredentials?: Described[];
}

/** The options as the browser wants them: base64url becomes bytes. */
export function binary(options: Options): object {
	const list = (all?: Described[]) => all?.map((one) => ({ ...one, id: bytes(one.id) }));
	return {
		...options,
		challenge: bytes(options.challenge),
		user: options.user && { ...options.user, id: bytes(options.user.id) },
		excludeCredentials: list(options.excludeCredentials),
		allowCredentials: list(options.allowCredentials),
	};
}

/** The answer of the browser as the server wants it: bytes become base64url. */
export function plain(made: PublicKeyCredential): object {
	const response: Record<string, unknown> = {};
	for (const part of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
		const value = (made.response as unknown as Record<string, unknown>)[part];
		if (value instanceof ArrayBuffer) response[part] = text(value);
	}
	return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: made.getClientExtensionResults(), response };
}

function bytes(base64url: string): Uint8Array {
	const raw = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
	return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

function text(buffer: ArrayBuffer): string {
	const raw = String.fromCharCode(...new Uint8Array(buffer));
	return btoa(raw).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
