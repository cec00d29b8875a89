import { afterEach, expect, test, vi } from 'vitest';
import { emojiOf, findEmoji, loadEmoji } from './catalogue.ts';
import { rowsFor } from './make.ts';
import { onlyEmoji } from './only.ts';
import { COMMON, Recent } from './recent.ts';
import { Shelf } from './shelf.ts';

const rows = { es: rowsFor('es'), en: rowsFor('en'), pt: rowsFor('pt') };
const all = { es: rows.es.map(emojiOf), en: rows.en.map(emojiOf), pt: rows.pt.map(emojiOf) };
const found = (locale: keyof typeof all, query: string, first?: string[]) =>
  findEmoji(all[locale], query, first).map(({ unicode }) => unicode);

afterEach(() => vi.unstubAllGlobals());

test('an emoji is found by its name and by other words in each language, accents or none, and by the codes of other places', () => {
  expect(found('es', 'corazón rojo')[0]).toBe('❤️');
  expect(found('es', 'CORAZON_rojo')[0]).toBe('❤️');
  expect(found('pt', 'coracao verm')[0]).toBe('❤️');
  expect(found('en', 'red hea')).toContain('❤️');
  expect(found('pt', 'festa')).toContain('🎉');
  for (const locale of ['es', 'en', 'pt'] as const) {
    expect(found(locale, 'tada')).toEqual(['🎉']);
    expect(found(locale, '+1')).toEqual(['👍']);
  }
  expect([found('es', 'xqz'), found('es', ''), found('es', '-')]).toEqual([[], [], []]);
});

test('those that are called so come first, of equals those that were used last, and then the order of all', () => {
  expect(found('es', 'coche')[0]).toBe('🚗');
  expect(found('es', 'corazon')[0]).toBe('💘');
  expect(found('es', 'corazon', ['💙', '❤️']).slice(0, 2)).toEqual(['💙', '❤️']);
  expect([found('en', 'hear')[0], found('en', 'hear', ['❤️'])[0]]).toEqual(['🙉', '❤️']);
});

test('every emoji has a name, a group that the picker shows and a form that is sent, in all languages the same', () => {
  const groups = [0, 1, 3, 4, 5, 6, 7, 8, 9];
  for (const of of Object.values(all)) {
    expect(of.length).toBeGreaterThan(1800);
    expect(of.filter(({ name, group }) => name === '' || !groups.includes(group))).toEqual([]);
    expect(of.map(({ unicode }) => unicode)).toEqual(all.es.map(({ unicode }) => unicode));
  }
  expect(all.es.filter(({ skins }) => skins.length > 0 && skins.length !== 5)).toEqual([]);
  expect(all.es.find(({ unicode }) => unicode === '👍')!.skins.map(({ unicode }) => unicode)).toEqual(['👍🏻', '👍🏼', '👍🏽', '👍🏾', '👍🏿']);
  expect(COMMON.filter((one) => !all.es.some(({ unicode }) => unicode === one))).toEqual([]);
});

test('they are fetched once, and again where that has failed', async () => {
  const answers = [{ ok: false, status: 503 }, { ok: true, json: async () => rows.en }];
  const fetched = vi.fn(async () => answers.shift());
  vi.stubGlobal('fetch', fetched);
  await expect(loadEmoji('en')).rejects.toThrow('503');
  expect((await loadEmoji('en')).length).toBe(rows.en.length);
  expect(await loadEmoji('en')).toBe(await loadEmoji('en'));
  expect(fetched).toHaveBeenCalledTimes(2);
});

test('what was used last stands first, each once, and stays where the browser keeps nothing', () => {
  const kept = new Map<string, string>();
  const store = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text) };
  const recent = new Recent(store, 'mine');
  recent.use('🌊');
  recent.use('👍');
  recent.use('🌊');
  recent.tone = 3;
  const again = new Recent(store, 'mine');
  expect([again.all.slice(0, 3), again.tone, again.all.length]).toEqual([['🌊', '👍', '😊'], 3, COMMON.length + 1]);
  expect(new Recent(store, 'another').all).toEqual(COMMON);
  kept.set('mine', '{broken');
  expect([again.all, again.tone]).toEqual([COMMON, 0]);
  const full = new Recent({ getItem: () => null, setItem: () => { throw new Error('full'); } }, 'mine');
  full.use('🌊');
  expect(full.all[0]).toBe('🌊');
});

test('the picker is answered from what is there', async () => {
  vi.stubGlobal('fetch', async () => ({ ok: true, json: async () => rows.pt }));
  const kept = new Map<string, string>();
  const recent = new Recent({ getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => void kept.set(key, text) }, 'mine');
  const shelf = new Shelf('pt', recent);
  await shelf.incrementFavoriteEmojiCount('🌊');
  await shelf.setPreferredSkinTone(2);
  expect((await shelf.getTopFavoriteEmoji(3)).map(({ unicode }) => unicode)).toEqual(['🌊', '👍', '😊']);
  expect(await shelf.getPreferredSkinTone()).toBe(2);
  expect((await shelf.getEmojiBySearchQuery('onda'))[0]).toEqual({ unicode: '🌊', group: 5, version: 0.6, name: 'onda', annotation: 'onda' });
  expect((await shelf.getEmojiByGroup(9)).length).toBeGreaterThan(200);
  expect(await shelf.getEmojiByUnicodeOrName('x')).toBeNull();
});

test.each([
  ['👍', true],
  ['👍🏽', true],
  ['❤️', true],
  ['👩‍❤️‍💋‍👨', true],
  ['🇪🇸🇧🇷', true],
  ['🎉 🎉 🎉', true],
  ['👍👍👍👍', false],
  ['ok 👍', false],
  ['12', false],
  ['', false],
  ['#', false],
])('%s is one to three emoji alone: %s', (text, only) => expect(onlyEmoji(text)).toBe(only));

test('of a very long text it is known at once that it is not', () => {
  const begun = performance.now();
  for (const text of ['👍'.repeat(30_000), '👍\u200D'.repeat(20_000), '🇪'.repeat(30_001)]) expect(onlyEmoji(text)).toBe(false);
  expect(performance.now() - begun).toBeLessThan(500);
});
