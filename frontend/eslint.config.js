import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
	{ ignores: ['dist', 'node_modules', 'test-results', 'playwright-report'] },
	eslint.configs.recommended,
	{ files: ['**/*.ts'], extends: [...tseslint.configs.strictTypeChecked], languageOptions: { parserOptions: { projectService: true } } },
	{
		files: ['**/*.ts'],
		rules: {
			// `() => (x = 1)` and `() => void f()` say enough.
			'@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			// HTML from text enters by src/policy.ts only; Trusted Types would stop the rest in browsers that know them.
			'no-restricted-properties': ['error', { property: 'innerHTML' }, { property: 'outerHTML' }, { property: 'insertAdjacentHTML' }],
			'no-restricted-globals': ['error', 'alert', 'confirm', 'prompt'],
		},
	},
	{ files: ['e2e/**/*.ts', '**/*.test.ts'], rules: { 'no-restricted-properties': 'off', '@typescript-eslint/no-non-null-assertion': 'off' } },
	{ files: ['**/*.js'], languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } } },
);
