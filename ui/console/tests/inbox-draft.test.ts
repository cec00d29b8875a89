import { expect, test } from 'vitest';
import type { Inbox } from '@recado/shared/wire.ts';
import { fieldsOf, inboxOf, keyOf, keysOf, mistakesOf, newQuestion, originOf, said, WHOLE, type InboxFields } from '../src/features/settings/inbox-draft.ts';
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

const shop = (chat: object) => fieldsOf({ ...SHOP, chat: { ...SHOP.chat, ...chat } }, 'es');
const english = (greeting: string, away: string) => ({ texts: { en: { greeting, away, answer_time: '' } } });

test('what one admin writes in a text leaves alone what another writes in the text beside it', () => {
  const draft = new Rebased(shop(english('Hi', 'Later')), WHOLE);
  draft.mine.en.away = 'Mine';
  draft.rebase(shop(english('Theirs', 'Theirs')));
  expect(inboxOf(draft.mine).chat?.texts?.en).toMatchObject({ greeting: 'Theirs', away: 'Mine' });
  expect(draft.clashes).toEqual(['en.away']);
  draft.take('en.away');
  expect([draft.mine.en.away, draft.changed]).toEqual(['Theirs', false]);
});

test('two admins may each write a language, a colour, a department and a question', () => {
  const { chat } = SHOP;
  const fields = [...(chat.fields ?? []), { key: 'topic', label: { en: 'Topic' } }];
  const draft = new Rebased(shop({}), WHOLE);
  draft.mine.pt.greeting = 'Olá';
  draft.mine.name = 'Tienda';
  draft.mine.questions[0]!.label.en = 'Order';
  draft.mine.offered = [...draft.mine.offered, 5];
  const theirs = { ...chat, ...english('Hello', ''), fields, departments: [4] };
  draft.rebase(fieldsOf({ ...SHOP, colour: '#111111', chat: theirs } as Inbox, 'es'));
  expect([draft.changes, draft.clashes]).toEqual([['name', 'questions', 'offered', 'pt'], []]);
  const sent = inboxOf(draft.mine);
  expect(sent).toMatchObject({ name: 'Tienda', colour: '#111111', chat: { departments: [4, 5] } });
  expect(sent.chat?.texts).toMatchObject({ en: { greeting: 'Hello' }, pt: { greeting: 'Olá' } });
  expect(sent.chat?.fields?.map(({ key, label }) => [key, label])).toEqual([
    ['order', { es: 'Pedido', en: 'Order' }],
    ['topic', { en: 'Topic' }],
  ]);
});

test('of a question both are told what both have set: its words in a language, how it is answered, whether it is there', () => {
  const draft = new Rebased(shop({}), WHOLE);
  const [question] = SHOP.chat.fields!;
  draft.mine.questions[0]!.label.es = 'Número';
  draft.mine.questions[0]!.answer.options = 'a\nb';
  draft.rebase(shop({ fields: [{ ...question, label: { es: 'Factura' }, kind: 'choice', options: ['x', 'y'] }] }));
  expect(draft.clashes).toEqual(['questions.order.label.es', 'questions.order.answer']);
  draft.rebase(shop({ fields: [] }));
  expect(draft.clashes).toEqual(['questions.order']);
  expect(draft.mine.questions).toHaveLength(1);
  draft.take('questions.order');
  expect([draft.mine.questions, draft.changed]).toEqual([[], false]);
});

/** Saves a form as the page does: the answer is heard of before the request is known to have ended. */
async function saves(draft: Rebased<InboxFields>, meanwhile: () => void, theirs: object = {}): Promise<void> {
  await draft.save(async () => {
    const stored = inboxOf(draft.mine);
    meanwhile();
    draft.rebase(fieldsOf({ ...SHOP, ...stored, ...theirs, department: SHOP.department } as Inbox, 'es'));
  }, () => Promise.reject(new Error('nobody was quicker')));
}

test('a new question that is typed on while it is being saved is one, under the key that it was stored with', async () => {
  const draft = new Rebased(shop({ fields: [] }), WHOLE, keysOf);
  const made = { ...newQuestion(), label: { es: '', en: 'Order', pt: '' } };
  draft.mine.questions = [made];
  await saves(draft, () => (draft.mine.questions[0]!.label.es = 'Pedido'));
  expect([draft.mine.questions.map(({ id }) => id), draft.changes, draft.clashes]).toEqual([[made.id], ['questions'], []]);
  const fields = [{ key: 'order', label: { es: 'Pedido', en: 'Order' }, kind: 'text', options: [], required: false }];
  expect(inboxOf(draft.mine).chat?.fields).toEqual(fields);
  await saves(draft, () => undefined);
  expect([draft.mine.questions.map(({ id }) => id), draft.changed, draft.clashes]).toEqual([[made.id], false, []]);
});

test('what another admin sets while mine is being saved, and I type on, is said as well', async () => {
  const draft = new Rebased(shop({}), WHOLE, keysOf);
  draft.mine.name = 'Tienda';
  await saves(draft, () => (draft.mine.name = 'Tienda nueva'), { name: 'La tienda' });
  expect([draft.mine.name, draft.clashes]).toEqual(['Tienda nueva', ['name']]);
});

test.each([
  ['¿Cuál?', 'cual'],
  ['2ª línea', 'linea'],
  ['注文', 'question'],
  ['a'.repeat(80), 'a'.repeat(36)],
])('a key of %s', (words, key) => expect(keyOf(words, new Set())).toBe(key));

test('a choice has options, each once, and a text has none', () => {
  const question = { ...newQuestion(), label: { es: '', en: 'Topic', pt: '' } };
  const choice = (options: string) => ({ ...question, answer: { kind: 'choice' as const, options } });
  const wrong = (one: typeof question) => Object.keys(mistakesOf({ ...fieldsOf(SHOP, 'en'), questions: [one] }));
  const sent = (one: typeof question) => inboxOf({ ...fieldsOf(SHOP, 'en'), questions: [one] }).chat?.fields?.[0];
  expect(wrong(choice(' Delivery \n\nDelivery'))).toEqual([`question-${question.id}`]);
  const options = ' Delivery \n\nDelivery\nReturns';
  expect(wrong(choice(options))).toEqual([]);
  expect(sent(choice(options))?.options).toEqual(['Delivery', 'Returns']);
  expect(sent({ ...question, answer: { kind: 'text', options } })?.options).toEqual([]);
});
