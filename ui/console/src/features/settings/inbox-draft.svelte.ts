/** An inbox while it is edited: what has changed, what is wrong before the server is asked. */
import { isColour } from '@recado/shared/contrast.ts';
import { LOCALES } from '@recado/shared/i18n.ts';
import type { Ask, ChatField, ChatSettings, ChatTexts, Inbox, InboxWrite, Locale } from '@recado/shared/wire.ts';
import { language, t } from '../../state/language.svelte.ts';

/** A question while it is edited. */
export class QuestionDraft {
  private static made = 0;
  /** For lists on the page; the server knows it by `key`. */
  readonly id = (QuestionDraft.made += 1);
  private readonly key: string;
  label = $state<Record<Locale, string>>({ es: '', en: '', pt: '' });
  kind = $state<ChatField['kind']>('text');
  /** One option on each line. */
  options = $state('');
  required = $state(false);

  constructor(field: ChatField | null) {
    this.key = field?.key ?? '';
    this.label = { ...this.label, ...field?.label };
    this.kind = field?.kind ?? 'text';
    this.options = field?.options?.join('\n') ?? '';
    this.required = field?.required ?? false;
  }

  /** What is sent. A key is made once, of the words in which the question was first asked, and stays. */
  form(taken: ReadonlySet<string>): ChatField {
    const label = Object.fromEntries(LOCALES.flatMap((one) => (this.label[one].trim() ? [[one, this.label[one].trim()]] : [])));
    const options = this.kind === 'choice' ? linesOf(this.options) : [];
    const key = this.key || keyOf(Object.values(label)[0] ?? '', taken);
    return { key, label, kind: this.kind, options, required: this.required };
  }

  get mistake(): string | undefined {
    if (LOCALES.every((one) => this.label[one].trim() === '')) return t('inbox.question.noWords');
    if (this.kind === 'choice' && linesOf(this.options).length < 2) return t('inbox.question.noOptions');
    return undefined;
  }
}

export class InboxDraft {
  private readonly before: string;
  name = $state('');
  department = $state('');
  sites = $state('');
  colour = $state('#3451d1');
  corner = $state<ChatSettings['corner']>('right');
  theme = $state<ChatSettings['theme']>('system');
  askName = $state<Ask>('optional');
  askEmail = $state<Ask>('optional');
  askWhenAway = $state(true);
  answerTime = $state<ChatSettings['answer_time']>('measured');
  texts = $state<Record<Locale, ChatTexts>>({ es: noTexts(), en: noTexts(), pt: noTexts() });
  questions = $state<QuestionDraft[]>([]);
  /** The departments that a visitor may choose among. */
  offered = $state<number[]>([]);
  /** In which language texts are edited and shown now. */
  spoken = $state<Locale>(language.locale);

  constructor(inbox: Inbox | null) {
    const chat = inbox?.chat;
    this.name = inbox?.name ?? '';
    this.department = inbox === null ? '' : String(inbox.department.id);
    this.sites = inbox?.sites.join('\n') ?? '';
    this.colour = inbox?.colour ?? this.colour;
    this.corner = chat?.corner ?? this.corner;
    this.theme = chat?.theme ?? this.theme;
    this.askName = inbox?.ask_name ?? 'optional';
    this.askEmail = inbox?.ask_email ?? 'optional';
    this.askWhenAway = chat?.ask_when_away ?? true;
    this.answerTime = chat?.answer_time ?? this.answerTime;
    for (const one of LOCALES) this.texts[one] = { ...noTexts(), ...chat?.texts?.[one] };
    // One greeting for every language becomes the one of the language it is read in here.
    const greeted = LOCALES.some((one) => this.texts[one].greeting !== '');
    if (!greeted) this.texts[this.spoken].greeting = inbox?.greeting ?? t('inbox.greetingDefault');
    this.questions = chat?.fields?.map((field) => new QuestionDraft(field)) ?? [];
    this.offered = [...(chat?.departments ?? [])];
    this.before = JSON.stringify(this.form);
  }

  /** What is sent to the server. A site typed with a path or without a scheme becomes its origin. */
  get form(): InboxWrite {
    return {
      name: this.name.trim(),
      department: Number(this.department),
      sites: this.sites
        .split(/[\s,]+/u)
        .filter(Boolean)
        .map((site) => originOf(site) ?? site),
      colour: this.colour.toLowerCase(),
      greeting: '',
      ask_name: this.askName,
      ask_email: this.askEmail,
      chat: this.chat,
    };
  }

  private get chat(): ChatSettings {
    const fields: ChatField[] = [];
    for (const question of this.questions) fields.push(question.form(new Set(fields.map(({ key }) => key))));
    return {
      corner: this.corner,
      theme: this.theme,
      texts: Object.fromEntries(LOCALES.map((one) => [one, trimmed(this.texts[one])])),
      fields,
      departments: this.offered,
      answer_time: this.answerTime,
      ask_when_away: this.askWhenAway,
    };
  }

  /** One of the chat's texts as it is said in the language edited now: in the first that has it, where this one has none. */
  said(text: keyof ChatTexts): string {
    return [this.spoken, ...LOCALES].map((one) => this.texts[one][text].trim()).find(Boolean) ?? '';
  }

  /** A question's words, likewise. */
  wordsOf({ label }: QuestionDraft): string {
    return [this.spoken, ...LOCALES].map((one) => label[one].trim()).find(Boolean) ?? '…';
  }

  get changed(): boolean {
    return JSON.stringify(this.form) !== this.before;
  }

  /** Messages by field for what the page itself can see. */
  get mistakes(): Record<string, string> {
    const found: Record<string, string> = {};
    const { name, sites } = this.form;
    const wrong = sites.find((site) => originOf(site) === null);
    const question = this.questions.find(({ mistake }) => mistake !== undefined);
    if (name === '') found.name = t('field.empty');
    if (this.department === '') found.department = t('inbox.departmentNone');
    if (wrong !== undefined) found.sites = t('inbox.siteWrong', { site: wrong });
    if (!isColour(this.colour)) found.colour = t('inbox.colourWrong');
    if (question !== undefined) found[`question-${question.id}`] = question.mistake ?? '';
    return found;
  }
}

const noTexts = (): ChatTexts => ({ greeting: '', away: '', answer_time: '' });
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
