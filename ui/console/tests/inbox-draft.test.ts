import { expect, test } from 'vitest';
import type { Inbox } from '@recado/shared/wire.ts';
import { InboxDraft, keyOf, originOf, QuestionDraft } from '../src/features/settings/inbox-draft.svelte.ts';

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

function chosen(): InboxDraft {
  const draft = new InboxDraft(null);
  draft.department = '3';
  return draft;
}

test('an inbox has changed only where what is sent has', () => {
  const draft = new InboxDraft(null);
  expect(draft.changed).toBe(false);
  draft.name = '  ';
  expect(draft.changed).toBe(false);
  draft.name = 'Shop';
  expect(draft.changed).toBe(true);
});

test('what is wrong is named before the server is asked', () => {
  const draft = chosen();
  draft.sites = 'shop.example, nowhere';
  draft.colour = 'red';
  expect(Object.keys(draft.mistakes)).toEqual(['name', 'sites', 'colour']);
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

test('a new inbox has no department until one is chosen', () => {
  const draft = new InboxDraft(null);
  draft.name = 'Shop';
  expect(Object.keys(draft.mistakes)).toEqual(['department']);
});

test('what is set of a chat comes back as it was, and the one greeting gets a language', () => {
  const { chat, greeting } = new InboxDraft(SHOP).form;
  expect(greeting).toBe('');
  expect(chat).toMatchObject({ ...SHOP.chat, texts: { en: { greeting: 'Hola' }, es: { greeting: '' } } });
});

test('a question keeps the key that it was made with, and a new one gets one of its words', () => {
  const draft = new InboxDraft(SHOP);
  draft.questions[0]!.label.es = 'Otro número';
  draft.questions = [...draft.questions, new QuestionDraft(null), new QuestionDraft(null)];
  draft.questions[1]!.label.es = 'Número de socio';
  draft.questions[2]!.label.es = 'Número de socio';
  expect(draft.form.chat?.fields?.map(({ key }) => key)).toEqual(['order', 'numero_de_socio', 'numero_de_socio_2']);
});

test.each([
  ['¿Cuál?', 'cual'],
  ['2ª línea', 'linea'],
  ['注文', 'question'],
  ['a'.repeat(80), 'a'.repeat(36)],
])('a key of %s', (words, key) => expect(keyOf(words, new Set())).toBe(key));

test('a choice has options, each once, and a text has none', () => {
  const question = new QuestionDraft(null);
  question.label.en = 'Topic';
  question.kind = 'choice';
  question.options = ' Delivery \n\nDelivery';
  expect(question.mistake).toBeDefined();
  question.options += '\nReturns';
  expect(question.mistake).toBeUndefined();
  expect(question.form(new Set()).options).toEqual(['Delivery', 'Returns']);
  question.kind = 'text';
  expect(question.form(new Set()).options).toEqual([]);
});
