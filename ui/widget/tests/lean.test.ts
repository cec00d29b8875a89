/** What the build leaves out of the framework (`lean.ts`), nothing in the chat may need. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '../src/frame/main.ts');
const OURS = /\b(?:from|import) '((?:\.|@recado\/)[^']+\.(?:ts|svelte))'/g;

/** A module of ours and all that it brings along, by their paths. */
function gather(path: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(path)) return found;
  const code = readFileSync(path, 'utf8');
  found.set(path, code);
  const { resolve } = createRequire(path);
  for (const [, name] of code.matchAll(OURS)) gather(resolve(name!), found);
  return found;
}

const sources = [...gather(MAIN)].map(([path, code]) => [basename(path), code] as const);

/** A component without what it shows under conditions: what is left of `{:else}` belongs to a list. */
function unconditional(code: string): string {
  const less = code.replace(/\{#if(?:(?!\{#if)[^])*?\{\/if\}/g, '');
  return less === code ? code : unconditional(less);
}

const NEVER: [what: string, written: RegExp][] = [
  ['proxied state', /\$state\s*[<(]/],
  ['an error boundary', /<svelte:boundary/],
  ['something awaited while drawing', /\{#await|\{@const [^}]*await |\$derived\(await|\$effect\.pending/],
  ['animation or transition', /\s(?:animate|transition|in|out):\w/],
  ['list that counts its places and is kept by another key', /\{#each [^\n]* as (?:\w+|\{[^}]*\}), (\w+) \((?!\1\))/],
  ['a component bound to a variable', /<[A-Z]\w*[^>]*\sbind:this/],
  ['stores and other things of former versions', /from 'svelte\/(store|legacy)'|export let |\$:/],
];

test.each(NEVER)('there is no %s', (_, written) => {
  expect(sources.filter(([, code]) => written.test(code)).map(([name]) => name)).toEqual([]);
});

test('there is no list with something in its place while it is empty', () => {
  const listed = /\{#each(?:(?!\{\/each\})[^])*\{:else\}/;
  expect(sources.filter(([, code]) => listed.test(unconditional(code))).map(([name]) => name)).toEqual([]);
  const nested = '{#if a}{#each b as c (c)}{#if d}1{:else}2{/if}{:else}3{/each}{/if}{#each b as c (c)}{#if d}1{:else}2{/if}';
  expect([listed.test(unconditional(`${nested}{:else}3{/each}`)), listed.test(unconditional(`${nested}{/each}`))]).toEqual([true, false]);
});

test('what is looked for would be found', () => {
  const written =
    '<svelte:boundary>{#await x}<Header bind:this={a} />$state(1) export let b {#each all as { id }, i (id)}<p in:fade>';
  for (const [what, pattern] of NEVER) expect([what, pattern.test(written)]).toEqual([what, true]);
  expect(NEVER.find(([, pattern]) => pattern.test('let shown = $state<Entry[]>([]);'))?.[0]).toBe('proxied state');
});

test('what the chat shares with other pages is read too', () => {
  const names = sources.map(([name]) => name);
  expect(names).toEqual(expect.arrayContaining(['App.svelte', 'book.svelte.ts', 'api.ts', 'live.ts', 'outbox.ts']));
});

test('what is fetched later brings no styles, which nothing here would fetch before it', () => {
  const later = [...gather(join(import.meta.dirname, '../src/frame/emoji.ts')).entries()];
  expect(later.map(([path]) => basename(path))).toContain('picker.ts');
  expect(later.filter(([path, code]) => path.endsWith('.svelte') || /import '[^']+\.css'/.test(code))).toEqual([]);
});
