import { expect, test } from 'vitest';
import type { Inbox } from '@recado/shared/wire.ts';
import { fieldsOf, inboxOf, keyOf, mistakesOf, newQuestion, originOf, said } from '../src/features/settings/inbox-draft.ts';
import { Rebased } from '../src/state/rebased.svelte.ts';

test.each([
  ['https://shop.example/contact?x=1', 'https://shop.example'],
  ['shop.example', 'https://shop.example'],
  ['localhost:8001', 'http://localhost:8001'],
  ['127.0.0.1:8001', 'http://127.0.0.1:8001'],
  ['http://[::1]:80/x', 'http://[::1]'],
  ['shop', null],
  ['javascript:alert(1)', null],
  ['https://', null],
])('the site in %s', (typed, origin) => expect(originOf(typed)).toBe(origin));

test('what is wrong is named before the server is asked', () => {
  const fields = { ...fieldsOf(null, 'en'), sites: 'shop.example, nowhere', colour: 'red' };
  expect(Object.keys(mistakesOf(fields))).toEqual(['name', 'department', 'sites', 'colour']);
  expect(mistakesOf({ ...fields, name: 'Shop', department: '3', sites: 'shop.example', colour: '#FFFFFF' })).toEqual({});
});

const SHOP: Inbox = {
  id: 1,
  key: 'k',
  name: 'Shop',
  department: { id: 3, name: 'Ventas' },
  sites: ['https://shop.example'],
  colour: '#0b6b4f',
  greeting: 'Hola',
  ask_name: 'no',
  ask_email: 'no',
  chat: {
    corner: 'left',
    theme: 'dark',
    texts: {},
    fields: [{ key: 'order', label: { es: 'Pedido' }, kind: 'text', options: [], required: true }],
    departments: [3, 4],
    answer_time: 'no',
    ask_when_away: false,
  },
  version: 1,
  secrets: [],
  script: '',
};

test('what is set of a chat comes back as it was, and the one greeting gets a language', () => {
  const { chat, greeting } = inboxOf(fieldsOf(SHOP, 'pt'));
  expect(greeting).toBe('');
  expect(chat).toMatchObject({ ...SHOP.chat, texts: { pt: { greeting: 'Hola' }, es: { greeting: '' } } });
});

test('a text is said in the first language that has it', () => {
  const fields = fieldsOf(SHOP, 'es');
  expect(['en', 'es'].map((one) => said(fields, one as 'en' | 'es', 'greeting'))).toEqual(['Hola', 'Hola']);
  fields.en.greeting = 'Hello';
  expect(['en', 'pt'].map((one) => said(fields, one as 'en' | 'pt', 'greeting'))).toEqual(['Hello', 'Hola']);
});

test('a question keeps the key that it was made with, and a new one gets one of its words', () => {
  const draft = new Rebased(fieldsOf(SHOP, 'es'));
  draft.mine.questions[0]!.label.es = 'Otro número';
  draft.mine.questions = [...draft.mine.questions, newQuestion(), newQuestion(), newQuestion()];
  draft.mine.questions[1]!.label.es = 'Número de socio';
  draft.mine.questions[2]!.label.es = 'Número de socio';
  draft.mine.questions[3]!.label.en = 'Order';
  const keys = inboxOf(draft.mine).chat?.fields?.map(({ key }) => key);
  expect(keys).toEqual(['order', 'numero_de_socio', 'numero_de_socio_2', 'order_2']);
});

test('two admins may each write a language, a colour and a question, and are told where they write the same', () => {
  const { chat } = SHOP;
  const theirs = { ...SHOP, colour: '#111111', chat: { ...chat, texts: { es: { greeting: 'Hola' }, en: { greeting: 'Hello' } } } };
  const draft = new Rebased(fieldsOf(SHOP, 'es'));
  draft.mine.pt.greeting = 'Olá';
  draft.mine.name = 'Tienda';
  draft.rebase(fieldsOf(theirs as Inbox, 'es'));
  expect([draft.changes, draft.clashes]).toEqual([['name', 'pt'], []]);
  expect(inboxOf(draft.mine)).toMatchObject({ name: 'Tienda', colour: '#111111' });
  expect(inboxOf(draft.mine).chat?.texts).toMatchObject({ en: { greeting: 'Hello' }, pt: { greeting: 'Olá' } });
  draft.mine.questions[0]!.label.es = 'Número';
  draft.rebase(fieldsOf({ ...SHOP, chat: { ...chat, fields: [] } }, 'es'));
  expect(draft.clashes).toEqual(['questions']);
  draft.take('questions');
  expect(draft.mine.questions).toEqual([]);
});

test.each([
  ['¿Cuál?', 'cual'],
  ['2ª línea', 'linea'],
  ['注文', 'question'],
  ['a'.repeat(80), 'a'.repeat(36)],
])('a key of %s', (words, key) => expect(keyOf(words, new Set())).toBe(key));

test('a choice has options, each once, and a text has none', () => {
  const question = { ...newQuestion(), label: { es: '', en: 'Topic', pt: '' }, kind: 'choice' as const };
  const wrong = (one: typeof question) => Object.keys(mistakesOf({ ...fieldsOf(SHOP, 'en'), questions: [one] }));
  const sent = (one: object) => inboxOf({ ...fieldsOf(SHOP, 'en'), questions: [{ ...question, ...one }] }).chat?.fields?.[0];
  expect(wrong({ ...question, options: ' Delivery \n\nDelivery' })).toEqual([`question-${question.id}`]);
  const options = ' Delivery \n\nDelivery\nReturns';
  expect(wrong({ ...question, options })).toEqual([]);
  expect(sent({ options })?.options).toEqual(['Delivery', 'Returns']);
  expect(sent({ options, kind: 'text' })?.options).toEqual([]);
});
