export default {
	printWidth: 160,
	singleQuote: true,
	overrides: [{ files: '*.css', options: { printWidth: 140 } }],
};
