import { emoji } from '../shared/emoji/plugin.ts';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { minify } from 'terser';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { lean } from './lean.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Scopes of two letters, one for each component: a visitor pays for every byte. */
const scopes = new Map<string, string>();
function scope(file: string): string {
  const index = scopes.get(file) ?? `${LETTERS[Math.floor(scopes.size / 26)]}${LETTERS[scopes.size % 26]}`;
  scopes.set(file, index);
  return index;
}

/** Leaves out the tokens that nothing in the chat refers to; the console needs many more. And the spaces that were left. */
function usedTokens(): Plugin {
  return {
    name: 'used-tokens',
    enforce: 'post',
    generateBundle(_, bundle) {
      const files = Object.values(bundle);
      const scripts = files.map((file) => (file.type === 'chunk' ? file.code : '')).join('');
      for (const file of files) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.css')) continue;
        // The console's accent: the chat has its inbox's.
        let [before, after] = ['', String(file.source).replace(/--accent:\s*oklch\([^)]*\);?/g, '')];
        while (before !== after) {
          before = after;
          const used = new Set((before + scripts).match(/var\(--[\w-]+/g));
          after = before.replace(/(--[\w-]+):[^;{}]*(;|(?=\}))/g, (all, token) =>
            used.has(`var(${token}`) ? all : '',
          );
        }
        file.source = after.replace(/,\s+/g, ',');
      }
    },
  };
}

/** What the minifier of the build has left goes through another one: together they come to half a kilobyte less than either. */
function minifiedAgain(): Plugin {
  return {
    name: 'minified-again',
    enforce: 'post',
    async generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        const { code } = await minify(file.code, { module: true, ecma: 2020, compress: { passes: 3, keep_fargs: false } });
        file.code = code ?? file.code;
      }
    },
  };
}

/**
 * The chat's own catalogues, which every visitor loads, with short keys in the place of those that are only ever written out; and all of them
 * without spaces. Their names come of what is in the sources: whoever changes this changes a word, too.
 */
function shortWords(): Plugin {
  const known = Object.keys(JSON.parse(readFileSync('src/frame/words/en.json', 'utf8')) as object);
  // What has a dot is no other word of the code; of the last three families keys are put together.
  const long = known.sort().filter((key) => /\./.test(key) && !/^(ask\.(name|email|wrong)|refused)/.test(key));
  const short = new Map(long.map((key, index) => [key, index.toString(36)]));
  return {
    name: 'short-words',
    apply: 'build',
    enforce: 'pre',
    transform: (code, id) =>
      id.includes('/widget/src/frame/') && !id.endsWith('.json') ? code.replace(/(?<=')[\w.]+(?=')/g, (word) => short.get(word) ?? word) : null,
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !file.fileName.endsWith('.json')) continue;
        const words = JSON.parse(String(file.source)) as object;
        const own = file.originalFileNames.some((name) => name.includes('src/frame/'));
        const entries = Object.entries(words).map(([key, text]) => [short.get(key) ?? key, text]);
        file.source = JSON.stringify(own ? Object.fromEntries(entries) : words);
      }
    },
  };
}

/**
 * What a browser could not fetch once it holds to be missing for as long as the page lives, at that address: after a minute without a
 * connection the ways to files, emoji and voice would be dead. So whatever is fetched later is asked for at another one from then on.
 */
function fetchedAgain(): Plugin {
  const fetch = '{let more={};self.L=a=>import(a+(more[a]??="")).catch(e=>{more[a]+="?";throw e})}';
  return {
    name: 'fetched-again',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        file.code = file.code.replace(/\bimport\((?=[`"']\.\/)/g, 'self.L(');
        if (file.isEntry) file.code = fetch + file.code;
      }
    },
  };
}

/** The page without what only its author reads, every browser adds, or its headers say, and without leave to fetch from elsewhere. */
function packedPage(): Plugin {
  return {
    name: 'packed-page',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => html.replace(/ crossorigin|<meta charset="utf-8" \/>| \/(?=>)|<\/?(head|body)>|<\/html>/g, '').replace(/>\s+</g, '><').trim(),
    },
  };
}

/** The chat in its frame: `frame.html`, and hashed files below `/widget-assets/` that never change under their name. */
export default defineConfig({
  plugins: [
    svelte({ compilerOptions: { runes: true, cssHash: ({ filename }) => scope(filename) } }),
    lean(),
    shortWords(),
    emoji(),
    usedTokens(),
    fetchedAgain(),
    minifiedAgain(),
    packedPage(),
  ],
  build: {
    outDir: '../../recado/pages/widget',
    emptyOutDir: false,
    assetsDir: 'widget-assets',
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: { input: 'frame.html' },
  },
  // Setting the environment up takes longer than a file's tests: files share it, and each leaves it as it was.
  test: { environment: 'jsdom', isolate: false },
});
