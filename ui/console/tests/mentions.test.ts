import { expect, test } from 'vitest';
import { askedAt, handles, highlighted, matching, mentioned } from '../src/state/mentions.ts';

const ANA = { id: 1, name: 'Ana Morales' };
const BRUNO = { id: 2, name: 'Bruno Reyes' };
const ANA_GIL = { id: 3, name: 'Ana Gil' };
const JOSE = { id: 4, name: 'José Ángel Ruiz' };

test('a name is being written from an @ that begins a word up to the caret', () => {
  expect(askedAt('Hola @br', 8)).toEqual({ from: 5, query: 'br' });
  expect(askedAt('@', 1)).toEqual({ from: 0, query: '' });
  expect(askedAt('¿@an', 4)).toEqual({ from: 1, query: 'an' });
  expect(askedAt('ana@example', 11)).toBe(null);
  expect(askedAt('Hola @bruno ya', 14)).toBe(null);
  expect(askedAt('Hola @bruno', 4)).toBe(null);
});

test('any word of a name finds somebody, without accents', () => {
  expect(matching([ANA, BRUNO, JOSE], 'rey')).toEqual([BRUNO]);
  expect(matching([ANA, BRUNO, JOSE], 'angel')).toEqual([JOSE]);
  expect(matching([ANA, BRUNO], '')).toEqual([ANA, BRUNO]);
  expect(matching([ANA, BRUNO], 'una')).toEqual([]);
});

test('whoever shares a first name is called by the whole', () => {
  expect([...handles([ANA, BRUNO, ANA_GIL]).values()]).toEqual(['Ana Morales', 'Bruno', 'Ana Gil']);
});

test('who is named is found in what is written, as whole names alone', () => {
  expect(mentioned('@Bruno, ¿avisas?', [ANA, BRUNO])).toEqual([2]);
  expect(mentioned('@bruno y @Ana Morales.', [ANA, BRUNO])).toEqual([1, 2]);
  expect(mentioned('@Brunos, x@bruno', [BRUNO])).toEqual([]);
  expect(mentioned('@Ana viene', [ANA, ANA_GIL])).toEqual([]);
  expect(mentioned('@Ana Gil viene', [ANA, ANA_GIL])).toEqual([3]);
  expect(mentioned('Bruno', [BRUNO])).toEqual([]);
});

test('names stand out, and nothing of the text is lost', () => {
  const text = 'Dice @Bruno Reyes que @ana no';
  const parts = highlighted(text, [ANA, BRUNO]);
  expect(parts.filter(({ name }) => name).map((part) => part.text)).toEqual(['@Bruno Reyes', '@ana']);
  expect(parts.map((part) => part.text).join('')).toBe(text);
  expect(highlighted('Nadie', [ANA])).toEqual([{ text: 'Nadie', name: false }]);
});
