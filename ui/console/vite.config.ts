import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

/** The operators' console: one page whose scripts, styles and fonts are separate hashed files, as its CSP asks. */
export default defineConfig({
  plugins: [svelte()],
  // Tests run on what the browser runs: Svelte has another self for servers, in which nothing reacts.
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  build: {
    outDir: '../../recado/pages/console',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: { '/api': { target: process.env.RECADO_API ?? 'http://127.0.0.1:8000', ws: true } },
  },
  test: { environment: 'jsdom', setupFiles: ['tests/setup.ts'] },
});
