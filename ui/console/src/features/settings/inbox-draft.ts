/** An inbox as a form has it, and back: what is wrong before the server is asked, and what visitors will read of it. */
import { isColour } from '@recado/shared/contrast.ts';
import { LOCALES } from '@recado/shared/i18n.ts';
import type { Ask, ChatField, ChatSettings, ChatTexts, Inbox, InboxWrite, Locale } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';

/** A question of the inbox's own: `id` tells it apart on this page, `key` to the server, once that has it. */
export interface QuestionFields {
  id: string;
  key: string | null;
  label: Record<Locale, string>;
  answer: {
    kind: ChatField['kind'];
    /** One option on each line. */
    options: string;
  };
  required: boolean;
}

/** What a question's answer is, is one thing to set: options say nothing of a text. */
export const WHOLE = ['answer'];

export interface InboxFields extends Record<Locale, ChatTexts> {
  name: string;
  department: string;
  sites: string;
  colour: string;
  corner: ChatSettings['corner'];
  theme: ChatSettings['theme'];
  ask_name: Ask;
  ask_email: Ask;
  ask_when_away: boolean;
  answer_time: ChatSettings['answer_time'];
  questions: QuestionFields[];
  /** The departments that a visitor may choose among. */
  offered: number[];
}

const NEW: Omit<InboxFields, Locale> = {
  name: '',
  department: '',
  sites: '',
  colour: '#3451d1',
  corner: 'right',
  theme: 'system',
  ask_name: 'optional',
  ask_email: 'optional',
  ask_when_away: true,
  answer_time: 'measured',
  questions: [],
  offered: [],
};
let made = 0;

/** One greeting for every language becomes that of `spoken`, in which it is read here. */
export function fieldsOf(inbox: Inbox | null, spoken: Locale): InboxFields {
  const texts = (one: Locale): ChatTexts => ({ greeting: '', away: '', answer_time: '', ...inbox?.chat.texts?.[one] });
  const fields: InboxFields = { ...NEW, es: texts('es'), en: texts('en'), pt: texts('pt') };
  if (LOCALES.every((one) => fields[one].greeting === ''))
    fields[spoken].greeting = inbox?.greeting ?? t('inbox.greetingDefault');
  if (inbox === null) return fields;
  const { chat } = inbox;
  return {
    ...fields,
    name: inbox.name,
    department: String(inbox.department.id),
    sites: inbox.sites.join('\n'),
    colour: inbox.colour,
    corner: chat.corner ?? NEW.corner,
    theme: chat.theme ?? NEW.theme,
    ask_name: inbox.ask_name,
    ask_email: inbox.ask_email,
    ask_when_away: chat.ask_when_away ?? NEW.ask_when_away,
    answer_time: chat.answer_time ?? NEW.answer_time,
    questions: chat.fields?.map(questionOf) ?? [],
    offered: [...(chat.departments ?? [])],
  };
}

const questionOf = (field: ChatField): QuestionFields => ({
  ...newQuestion(),
  id: field.key,
  key: field.key,
  label: { es: '', en: '', pt: '', ...field.label },
  answer: { kind: field.kind ?? 'text', options: field.options?.join('\n') ?? '' },
  required: field.required ?? false,
});

export function newQuestion(): QuestionFields {
  return { id: `${(made += 1)}`, key: null, label: { es: '', en: '', pt: '' }, answer: { kind: 'text', options: '' }, required: false };
}

/** What is sent to the server. A site typed with a path or without a scheme becomes its origin. */
export function inboxOf(fields: InboxFields): InboxWrite {
  return {
    name: fields.name.trim(),
    department: Number(fields.department),
    sites: sitesIn(fields.sites).map((site) => originOf(site) ?? site),
    colour: fields.colour.toLowerCase(),
    greeting: '',
    ask_name: fields.ask_name,
    ask_email: fields.ask_email,
    chat: {
      corner: fields.corner,
      theme: fields.theme,
      texts: Object.fromEntries(LOCALES.map((one) => [one, trimmed(fields[one])])),
      fields: askedOf(fields.questions),
      departments: [...fields.offered],
      answer_time: fields.answer_time,
      ask_when_away: fields.ask_when_away,
    },
  };
}

/** A key is made once, of the words in which the question was first asked, and stays. */
function askedOf(questions: readonly QuestionFields[]): ChatField[] {
  const keys = new Set(questions.flatMap(({ key }) => key ?? []));
  return questions.map(({ key: known, label: words, answer: { kind, options }, required }) => {
    const label = Object.fromEntries(LOCALES.flatMap((one) => (words[one].trim() ? [[one, words[one].trim()]] : [])));
    const key = known ?? keyOf(Object.values(label)[0] ?? '', keys);
    keys.add(key);
    return { key, label, kind, options: kind === 'choice' ? linesOf(options) : [], required };
  });
}

/** What the server calls the questions that have another name here. */
export const keysOf = ({ questions }: InboxFields): Map<string, string> =>
  new Map(askedOf(questions).map(({ key }, at) => [key, questions[at]!.id]));

/** What is wrong with a question, in words. */
function wrongIn({ label, answer: { kind, options } }: QuestionFields): string | undefined {
  if (LOCALES.every((one) => label[one].trim() === '')) return t('inbox.question.noWords');
  if (kind === 'choice' && linesOf(options).length < 2) return t('inbox.question.noOptions');
  return undefined;
}

/** Messages by field for what the page itself can see. */
export function mistakesOf(fields: InboxFields): Record<string, string> {
  const found: Record<string, string> = {};
  const wrong = sitesIn(fields.sites).find((site) => originOf(site) === null);
  if (fields.name.trim() === '') found.name = t('field.empty');
  if (fields.department === '') found.department = t('inbox.departmentNone');
  if (wrong !== undefined) found.sites = t('inbox.siteWrong', { site: wrong });
  if (!isColour(fields.colour)) found.colour = t('inbox.colourWrong');
  for (const question of fields.questions) {
    const mistake = wrongIn(question);
    if (mistake !== undefined) found[`question-${question.id}`] = mistake;
  }
  return found;
}

/** One of the chat's texts in a language: in the first that has it, where that one has none. */
export function said(fields: InboxFields, spoken: Locale, text: keyof ChatTexts): string {
  return [spoken, ...LOCALES].map((one) => fields[one][text].trim()).find(Boolean) ?? '';
}

/** A question's words, likewise. */
export function wordsOf({ label }: QuestionFields, spoken: Locale): string {
  return [spoken, ...LOCALES].map((one) => label[one].trim()).find(Boolean) ?? '…';
}

/** What a question is answered by. */
export function answerInWords({ answer: { kind, options } }: QuestionFields): string {
  return kind === 'choice' ? linesOf(options).join(', ') : t('inbox.question.kind.text');
}

const sitesIn = (text: string): string[] => text.split(/[\s,]+/u).filter(Boolean);
const linesOf = (text: string): string[] => [...new Set(text.split('\n').map((line) => line.trim()))].filter(Boolean);

function trimmed(texts: ChatTexts): ChatTexts {
  return { greeting: texts.greeting.trim(), away: texts.away.trim(), answer_time: texts.answer_time.trim() };
}

/** "numero_de_pedido" of "Número de pedido"; with a number where that is taken. */
export function keyOf(words: string, taken: ReadonlySet<string>): string {
  const plain = words.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const key = plain.replace(/[^a-z0-9]+/gu, '_').replace(/^[^a-z]+|_+$/gu, '').slice(0, 36) || 'question';
  let [number, free] = [1, key];
  while (taken.has(free)) free = `${key}_${(number += 1)}`;
  return free;
}

const LOCAL = /^(localhost|[\d.]+|\[[\da-f:]+\])$/iu;

/** "https://shop.example" of whatever was typed for a site (http where it is a machine of one's own); null where it is none. */
export function originOf(site: string): string | null {
  const typed = /^https?:\/\//iu.test(site) ? site : `https://${site}`;
  if (!URL.canParse(typed)) return null;
  const url = new URL(typed);
  const local = LOCAL.test(url.hostname);
  if (local && typed !== site) url.protocol = 'http:';
  return local || url.hostname.includes('.') ? url.origin : null;
}
