import { defineConfig } from 'vitest/config';
import { sprite } from './icons/sprite.ts';

// Old phones stay in use: WeChat's browser on Android is about Chromium 87 at the oldest, iOS 14 is the oldest Safari.
const target = ['chrome87', 'safari14'];

export default defineConfig({
	base: '/static/',
	publicDir: false,
	plugins: [sprite()],
	build: {
		outDir: 'dist/static',
		assetsDir: '',
		emptyOutDir: true,
		manifest: 'manifest.json',
		target,
		cssTarget: target,
		assetsInlineLimit: 0, // the policy allows no data: addresses
		modulePreload: { polyfill: false },
		rolldownOptions: { input: { main: 'src/main.ts', sw: 'src/sw.ts', style: 'styles/main.css' } },
	},
	test: { environment: 'jsdom', include: ['src/**/*.test.ts', 'components/**/*.test.ts', 'styles/**/*.test.ts', 'icons/**/*.test.ts'] },
});
