export default {
	extends: 'stylelint-config-standard',
	rules: {
		// Literal colours live in the tokens alone; paper (the poster, printing) is black and white by nature.
		'color-no-hex': true,
		'color-named': 'never',
		'declaration-property-value-no-unknown': [
			true,
			{ ignoreProperties: { page: ['/.+/'], size: ['/.+/'], 'text-autospace': ['/.+/'], 'text-spacing-trim': ['/.+/'] } },
		],
		'property-no-unknown': [true, { ignoreProperties: ['text-autospace', 'text-spacing-trim'] }],
		// Safari 14 and Chromium 87 know neither @layer nor nesting, and plain single classes need neither.
		'at-rule-disallowed-list': ['layer', 'container', 'scope'],
		'max-nesting-depth': 0,
		'selector-max-id': 0,
		// Order between components is stated by styles/main.css.
		'no-descending-specificity': null,
		'import-notation': 'url',
		'media-feature-range-notation': 'prefix',
		'property-no-vendor-prefix': [true, { ignoreProperties: ['tap-highlight-color'] }],
	},
	overrides: [{ files: ['styles/tokens.css', 'styles/print.css', 'components/poster/poster.css'], rules: { 'color-no-hex': null } }],
};
