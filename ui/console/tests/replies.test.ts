/** Quick replies: what they say in a conversation, which are offered, and what keeps one from being sent. */
import { describe, expect, test } from 'vitest';
import type { Reply } from '@recado/shared/wire.ts';
import placeholders from '@recado/shared/placeholders.json';
import {
  filled,
  findable,
  matching,
  missingIn,
  PLACEHOLDERS,
  replyAskedAt,
  wordsOf,
} from '../src/state/replies.ts';
import { desk, row } from './world.ts';

const me = { ...desk([]).me, name: 'Ana Morales' };
const reply = (id: number, name: string, text: string, changes: Partial<Reply> = {}): Reply => ({
  id,
  name,
  title: null,
  text,
  scope: 'all',
  department: null,
  uses: 0,
  changeable: false,
  version: 1,
  files: [],
  ...changes,
});
const lucia = row(1042, { customer: { id: 1, name: 'Lucía Ramos', email: null, verified: true, visitor: 7 } });

describe('a text', () => {
  test('has the places that the server knows, and no other', () => expect(PLACEHOLDERS).toEqual(placeholders));

  test('says in a conversation what stands in its places', () => {
    const pieces = filled('Hola, {{customer.first_name}}: soy {{ operator.name }}, {{department.name}} #{{conversation.id}}.', lucia, me);
    expect(wordsOf(pieces)).toBe('Hola, Lucía: soy Ana Morales, Ventas #1042.');
    expect(pieces.filter((piece) => 'place' in piece).length).toBe(4);
    expect(missingIn(pieces)).toEqual([]);
  });

  test('cannot be sent while a place has nothing to say, and keeps it as it is written', () => {
    const pieces = filled('{{customer.email}} {{customer.name}} {{customer.email}}', lucia, me);
    expect([missingIn(pieces), wordsOf(pieces)]).toEqual([
      ['customer.email'],
      '{{customer.email}} Lucía Ramos {{customer.email}}',
    ]);
    expect(missingIn(filled(wordsOf(pieces), lucia, me))).toEqual(['customer.email']);
  });

  test('leaves alone what only looks like a place', () => {
    const text = '{{customer.surname}} {customer.name} {{}} $& $1';
    const pieces = filled(text, lucia, me);
    expect([wordsOf(pieces), missingIn(pieces)]).toEqual([text, []]);
  });
});

describe('what is offered', () => {
  const all = findable(
    [
      reply(1, 'gracias', 'Gracias por escribir. El envío…'),
      reply(2, 'envio-fuera', 'Fuera del país'),
      reply(3, 'envio', 'Hoy sale', { title: 'Estado de un envío' }),
      reply(4, 'reenvio', 'Otra vez', { title: 'Nuevo intento' }),
      reply(5, 'soporte', 'envío', { scope: 'department', department: 2 }),
      reply(6, 'ventas', 'Oferta', { scope: 'department', department: 1, title: 'Por envío' }),
    ],
    me,
  );
  const names = (query: string) => matching(all, query).map(({ name }) => name);

  test('is what I may use, in its order, before anything is typed', () =>
    expect(names('')).toEqual(['gracias', 'envio-fuera', 'envio', 'reenvio', 'ventas']));

  test('comes by the beginning of the name, then by a word of name or title, then by the text; accents do not matter', () => {
    expect(names('ENVÍO')).toEqual(['envio-fuera', 'envio', 'reenvio', 'ventas', 'gracias']);
    expect(names('intento')).toEqual(['reenvio']);
    expect(names('nada')).toEqual([]);
  });

  test('stays quick with two thousand', () => {
    const many = findable(Array.from({ length: 2_000 }, (_, at) => reply(at, `r${at}`, `Texto número ${at} `.repeat(20))), me);
    expect(matching(many, 'numero 19').length).toBe(111);
  });
});

test.each([
  ['/', 1, { from: 0, query: '' }],
  ['/env', 4, { from: 0, query: 'env' }],
  ['Hola /env', 9, { from: 5, query: 'env' }],
  ['Hola\n/envío-2', 13, { from: 5, query: 'envío-2' }],
  ['/env', 2, { from: 0, query: 'e' }],
  ['y/o', 3, null],
  ['/env ', 5, null],
  ['https://x.example/', 18, null],
  ['/etc/passwd', 11, null],
] as const)('in "%s" at %i is asked for %o', (text, caret, asked) => expect(replyAskedAt(text, caret)).toEqual(asked));
