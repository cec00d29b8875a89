/** What the build leaves out of the framework (`lean.ts`), nothing in the chat may need. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FRAME = join(import.meta.dirname, '../src/frame');
const sources = readdirSync(FRAME)
  .filter((name) => /\.(ts|svelte)$/.test(name))
  .map((name) => [name, readFileSync(join(FRAME, name), 'utf8')] as const);

const NEVER: [what: string, written: RegExp][] = [
  ['proxied state', /\$state\(/],
  ['an error boundary', /<svelte:boundary/],
  ['something awaited while drawing', /\{#await|\{@const [^}]*await |\$derived\(await|\$effect\.pending/],
  ['a component bound to a variable', /<[A-Z]\w*[^>]*\sbind:this/],
  ['stores and other things of former versions', /from 'svelte\/(store|legacy)'|export let |\$:/],
];

test.each(NEVER)('there is no %s', (_, written) => {
  expect(sources.filter(([, code]) => written.test(code)).map(([name]) => name)).toEqual([]);
});

test('what is looked for would be found', () => {
  const written = '<svelte:boundary>{#await x}<Header bind:this={a} />$state(1) export let b';
  for (const [what, pattern] of NEVER) expect([what, pattern.test(written)]).toEqual([what, true]);
});
