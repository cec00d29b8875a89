/** The check of the catalogues sees what is wrong. */
import { expect, test } from 'vitest';
import { calls, complaints, patterns, quoted } from './catalogue-check.ts';

const CATALOGUE = {
  'a.plain': 'Plain',
  'a.named': 'Hello {name}',
  'a.many': { one: '{count} word', other: '{count} words' },
  'b.x': 'It has {seconds}',
};
const expand = (pattern: string) => (pattern === 'b.*' ? ['b.x'] : []);
const wrong = (code: string) => calls(code).flatMap((call) => complaints(call, CATALOGUE, expand));

test('a place that is not filled is told of', () => {
  expect(wrong("t('a.plain'); t('a.named', { name: first(one, two) }); t('a.many', { count })")).toEqual([]);
  expect(wrong("t('a.named')")).toEqual(['a.named needs name; it gets nothing']);
  expect(wrong("t('a.many', { name, total: 1 })")).toEqual(['a.many needs count; it gets name, total']);
});

test('both sides of a choice and what is put together are looked at', () => {
  expect(wrong("t(one ? 'a.plain' : 'a.named', {})")).toEqual(['a.named needs name; it gets nothing']);
  expect(wrong('t(`b.${kind}`)')).toEqual(['b.x needs seconds; it gets nothing']);
  expect(wrong("tryT(`b.${kind}`, 'a.plain', { seconds: 5 })")).toEqual([]);
});

test('places that are made elsewhere are left to whoever makes them', () => {
  expect(wrong("t('a.named', places)")).toEqual([]);
});

test('definitions and other functions are no calls', () => {
  expect(calls("function t(key: Key, params?: Params) {} ; put('a.plain'); one.t('x')")).toEqual([]);
});

test('texts and templates are found', () => {
  const code = "const a = 'a.plain'; const b = `b.${kind}.c`; const url = `/x/${y}`;";
  expect(quoted(code).has('a.plain')).toBe(true);
  expect([...patterns(code)]).toEqual(['b.*.c']);
});
