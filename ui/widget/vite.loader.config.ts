import { defineConfig } from 'vite';

/**
 * The one script a site carries: a single file that leaves no names behind. It is built first and empties the folder;
 * the chat itself is a build of its own, since a single file could load nothing later.
 */
export default defineConfig({
  build: {
    outDir: '../../recado/pages/widget',
    emptyOutDir: true,
    target: 'es2020',
    cssTarget: ['chrome111', 'firefox115', 'safari16.4'],
    modulePreload: false,
    reportCompressedSize: false,
    lib: { entry: 'src/loader/main.ts', formats: ['iife'], name: 'recado_', fileName: () => 'loader.js' },
  },
});
