import { expect, test } from 'vitest';
import en from '../src/frame/words/en.json';
import es from '../src/frame/words/es.json';
import pt from '../src/frame/words/pt.json';

const places = (sentence: unknown): string[] => JSON.stringify(sentence).match(/\{\w+\}/g) ?? [];

test.each([
  ['es', es],
  ['pt', pt],
])('%s says everything that English says, with the same places', (_, catalogue: Record<string, unknown>) => {
  expect(Object.keys(catalogue)).toEqual(Object.keys(en));
  for (const [key, sentence] of Object.entries(en))
    expect([key, places(catalogue[key])]).toEqual([key, places(sentence)]);
});

test('no two languages share a sentence by mistake', () => {
  const same = Object.entries(en).filter(([key, sentence]) => es[key as keyof typeof en] === sentence);
  expect(same).toEqual([]);
});
