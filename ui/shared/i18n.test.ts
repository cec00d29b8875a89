import { expect, test, vi } from 'vitest';
import { clock, dayName, daysBetween, fill, pickLocale, shortDate, soon } from './i18n.ts';

const at = (day: number, hour = 10) => new Date(2026, 10, day, hour, 6).getTime() * 1000;

test('the browser chooses among the languages we speak', () => {
  expect([pickLocale(['de', 'pt-BR']), pickLocale(['es-AR']), pickLocale(['zh']), pickLocale([])]).toEqual([
    'pt',
    'es',
    'en',
    'en',
  ]);
});

test('places are filled, and one without a value stays visible', () => {
  expect(fill('Hola, {name}: {what}', 'es', { name: 'Ana' })).toBe('Hola, Ana: {what}');
});

test('values are never taken for places or patterns', () => {
  expect(fill('{name}', 'en', { name: '{name} $& $1' })).toBe('{name} $& $1');
});

test('the count chooses the form and is written as the language does', () => {
  const messages = { one: '{count} mensaje', other: '{count} mensajes' };
  expect([1, 2, 12_000].map((count) => fill(messages, 'es', { count }))).toEqual([
    '1 mensaje',
    '2 mensajes',
    '12.000 mensajes',
  ]);
});

test.each(['es', 'en', 'pt'] as const)('none are several, and one is one, in %s', (locale) => {
  const said = [0, 1, 2].map((count) => fill({ one: '{count} line', other: '{count} lines' }, locale, { count }));
  expect(said).toEqual(['0 lines', '1 line', '2 lines']);
});

test('days are named as near as they are', () => {
  const names = [21, 20, 17, 1].map((day) => dayName(at(day), at(21), 'en'));
  expect(names).toEqual(['Today', 'Yesterday', 'Tuesday', 'November 1']);
  expect(dayName(at(20), at(21), 'es')).toBe('Ayer');
});

test('a row shows the time today and the day before', () => {
  expect([shortDate(at(21), at(21, 20), 'es'), shortDate(at(19), at(21), 'es')]).toEqual(['10:06', 'jue']);
  expect(clock(at(21, 16), 'en')).toMatch(/^4:06\sPM$/);
});

test.each([
  [['en-GB', 'en'], '16:06', 'Mon 09:06', '1 November'],
  [['es-ES', 'en-GB'], '16:06', 'Mon 09:06', '1 November'],
  [['en-US'], '4:06 PM', 'Mon 9:06 AM', 'November 1'],
  [['es-ES'], '4:06 PM', 'Mon 9:06 AM', 'November 1'],
])('English hours and dates go by the browser’s region: %s', (languages, time, ahead, date) => {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(languages);
  const said = [clock(at(21, 16), 'en'), soon(at(23, 9), at(21), 'en'), dayName(at(1), at(21), 'en')];
  expect(said.map((one) => one.replace(/,?\s/gu, ' '))).toEqual([time, ahead, date]);
  expect(clock(at(21, 16), 'es')).toBe('16:06');
  vi.restoreAllMocks();
});

test('a moment ahead is said as near as it is', () => {
  const said = [at(21, 16), at(23, 9), at(29, 9)].map((when) => soon(when, at(21), 'es'));
  expect(said).toEqual(['16:06', 'lun, 09:06', '29 nov']);
});

test('days go by the calendar, not by hours', () => {
  expect([daysBetween(at(20, 23), at(21, 1)), daysBetween(at(21, 1), at(21, 23)), daysBetween(at(22), at(21))]).toEqual(
    [1, 0, 0],
  );
});
