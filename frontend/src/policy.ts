// The one place where text from the server becomes a page or a script. The policy of the site allows no other (security 4.1,
// require-trusted-types-for). Text enters as HTML only to be parsed into a document that never runs scripts.

const worker = '/sw.js';

interface Policy {
	createHTML(text: string): string;
	createScriptURL(url: string): string;
}

const rules: Policy = {
	createHTML: (text) => text,
	createScriptURL: (url) => {
		if (url !== worker) throw new TypeError(`not a script of ours: ${url}`);
		return url;
	},
};

interface Factory {
	createPolicy(name: string, rules: Policy): Policy;
}

const policy = (globalThis as { trustedTypes?: Factory }).trustedTypes?.createPolicy('app', rules) ?? rules;

/** Parses a page of our own server. Scripts in it do not run and nothing of it loads. */
export function parsePage(text: string): Document {
	return new DOMParser().parseFromString(policy.createHTML(text), 'text/html');
}

/** The address of the service worker. */
export function workerURL(): string {
	return policy.createScriptURL(worker);
}
