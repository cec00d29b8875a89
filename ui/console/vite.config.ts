import { emoji } from '../shared/emoji/plugin.ts';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const ALONE = ['desk', 'desk-losses', 'drafts', 'leaving', 'moves', 'queue', 'session', 'team'].map((name) => `tests/${name}.test.ts`);

/** The operators' console: one page whose scripts, styles and fonts are separate hashed files, as its CSP asks. */
export default defineConfig({
  plugins: [svelte(), emoji()],
  // As it is, it needs what the plugin does to it.
  optimizeDeps: { exclude: ['emoji-picker-element'] },
  // Tests run on what the browser runs: Svelte has another self for servers, in which nothing reacts.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  build: {
    outDir: '../../recado/pages/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The service worker is asked for by its name, and imports nothing.
    rolldownOptions: {
      input: { index: 'index.html', sw: 'worker/sw.ts' },
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: process.env.RECADO_API ?? 'http://127.0.0.1:8000', ws: true } },
  },
  // Setting a page up takes longer than a file's tests: files share one, but for those that write to it after their end.
  test: {
    environment: 'jsdom',
    setupFiles: ['tests/setup.ts'],
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE } },
      { extends: true, test: { name: 'together', isolate: false, include: ['tests/**/*.test.ts'], exclude: ALONE } },
    ],
  },
});
