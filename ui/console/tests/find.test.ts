/** Finding by a few letters, as the palette does. */
import { describe, expect, test } from 'vitest';
import { find, fold } from '../src/state/find.ts';

const people = ['Julián Paredes #1044', 'Marta Cifuentes #1043', 'Ana Julia Ríos #7', 'Ñandú #12', 'Paredón y Cía #99'];
const entries = people.map((name) => ({ name, hay: fold(name) }));
const names = (query: string, most = 10) => find(entries, query, most).map((entry) => entry.name.split(' ')[0]);

describe('a few letters find', () => {
  test('names with and without their accents, in any case', () => {
    expect(names('JULIÁN')).toEqual(names('julian'));
    expect(names('julian')).toEqual(['Julián']);
    expect(names('nandu')).toEqual(['Ñandú']);
    expect(names('cia')).toEqual(['Paredón']);
  });

  test('first what begins so, then words that begin so, then the rest', () => {
    expect(names('jul')).toEqual(['Julián', 'Ana']);
    expect(names('par')).toEqual(['Paredón', 'Julián']);
    expect(names('ent')).toEqual(['Marta']);
  });

  test('several words in any order, all of them', () => {
    expect(names('rios ana')).toEqual(['Ana']);
    expect(names('ana paredes')).toEqual([]);
  });

  test('letters that are left out, but not any letters anywhere', () => {
    expect(names('mrtcf')).toEqual(['Marta']);
    expect(names('zz')).toEqual([]);
  });

  test('numbers', () => {
    expect(names('1043')).toEqual(['Marta']);
    expect(names('#7')).toEqual(['Ana']);
  });
});

test('nothing asked gives all in their order, and no more than are wanted', () => {
  expect(names('')).toEqual(entries.map((entry) => entry.name.split(' ')[0]));
  expect(names('', 2)).toHaveLength(2);
});

/** A frame is 16 ms; a machine that does other things has twenty of them. */
test('two thousand are searched in next to no time', () => {
  const many = Array.from({ length: 2_000 }, (_, at) => ({ hay: fold(`Cliente Número ${at} de Ñuñoa #${at}`) }));
  const began = performance.now();
  for (const query of ['c', 'cl', 'nunoa 19', 'clnm', 'zzz']) find(many, query, 40);
  expect((performance.now() - began) / 5).toBeLessThan(16 * 20);
});
