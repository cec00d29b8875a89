import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  // Setting the environment up takes longer than a file's tests: files share it, and each leaves it as it was.
  test: { environment: 'jsdom', isolate: false, passWithNoTests: true },
});
