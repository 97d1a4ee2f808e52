// The HTML as the server sends it, by the rules of the components (.htmlvalidate.json), and the document of the API, by OpenAPI's own schema.
import { Validator } from '@seriousme/openapi-schema-validator';
import { FileSystemConfigLoader, HtmlValidate } from 'html-validate';
import { allPages, expect, languages, names, test } from './pages.ts';

const validator = new HtmlValidate(new FileSystemConfigLoader());

for (const prefix of languages) {
	test(`valid HTML on every page ${prefix || '/'}`, async ({ request }, info) => {
		test.skip(info.project.name !== 'desktop', 'the server sends the same to both');
		const pages = await allPages(request);
		for (const name of names) {
			const path = prefix + pages[name];
			const html = await (await request.get(path, { headers: { Cookie: 'theme=dark; size=large' } })).text();
			const { results } = await validator.validateString(html, 'e2e/page.html');
			const found = results.flatMap((r) => r.messages).map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`);
			expect(found, path).toEqual([]);
		}
	});
}

test('the document of the API is OpenAPI 3.1', async ({ request }, info) => {
	test.skip(info.project.name !== 'desktop', 'the server sends the same to both');
	const openapi = new Validator();
	const read = async (change: (document: Record<string, unknown>) => void) => {
		const document = (await (await request.get('/api/openapi.json')).json()) as Record<string, unknown>;
		change(document);
		return openapi.validate(document);
	};
	expect(await read(() => undefined)).toEqual({ valid: true });
	expect(openapi.version).toBe('3.1');
	expect(() => openapi.resolveRefs()).not.toThrow(); // every reference leads somewhere
	expect((await read((document) => delete document.info)).valid).toBe(false);
});
