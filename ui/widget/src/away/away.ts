/**
 * What whoever has written while nobody is there is told below their words: that they have come, when somebody is back, and
 * where an address can still be left. Fetched with the first such message; gone with the first answer.
 */
import { ApiProblem } from '@recado/shared/api.ts';
import { make } from '@recado/shared/make.ts';
import { newClientId } from '@recado/shared/outbox-keep.ts';
import { answering } from '../frame/answering.ts';
import type { Chat } from '../frame/chat.svelte.ts';
import type { Answer } from '../frame/sending.ts';
import { put } from '../frame/storage.ts';
import { announce } from '../voice/saying.ts';
import { dress } from './look.ts';
import { learn, t } from './words.ts';

const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;
let shown: Away | null = null;

const placeOf = ({ draft }: Chat): string => `${draft.key}:away`;

/** True where there was something to be told when the page was left. */
export const waits = (chat: Chat): boolean => chat.draft.storage.getItem(placeOf(chat)) !== null;

/** `email`: what came with the words that are answered now; it is not asked for once more. */
export async function show(chat: Chat, email?: string | null): Promise<void> {
  if (email && chat.visit) chat.visit = { ...chat.visit, visitor: { ...chat.visit.visitor, email } };
  await learn();
  dress();
  shown ??= new Away(chat);
  shown.begin();
}

/** Whether what is shown is the conversation that goes on, whose last word is the visitor's, with nobody there. */
function isUnanswered({ visit, chosen, listing, book }: Chat): boolean {
  const last = book.current?.entries.at(-1);
  if (visit === null || visit.blocked || chosen !== null || listing || last?.author.kind !== 'visitor') return false;
  return book.current!.conversation.status === 'open' && (!visit.answering.open || visit.people.length === 0);
}

function asksForMail({ visit }: Chat): boolean {
  const { visitor, inbox } = visit!;
  return !visitor.verified && visitor.email === null && (inbox.ask_email !== 'no' || inbox.ask_when_away);
}

class Away {
  readonly #chat: Chat;
  readonly #when = make('p', { dir: 'auto' });
  readonly #box = make('section', { className: 'away' }, make('b', {}, t('received')), this.#when);
  readonly #mail: HTMLElement[];
  readonly #field = make('input', { id: 'away-mail', type: 'email', autocomplete: 'email', maxLength: 254, dir: 'auto' });
  readonly #why = make('p', { id: 'away-why', className: 'why' });
  readonly #go = make('button', { type: 'button' }, t('save'));
  /** The address that was tried last, and its message's id: tried again, it is there once. Another one is another message. */
  #tried = { email: '', id: '' };
  readonly #watch = new MutationObserver(() => this.update());
  #busy = false;

  constructor(chat: Chat) {
    this.#chat = chat;
    this.#field.setAttribute('aria-describedby', 'away-why');
    this.#mail = [make('label', { htmlFor: 'away-mail' }, t('mail')), make('div', {}, this.#field, this.#go), this.#why];
    this.#go.onclick = () => void this.#leave();
    this.#field.onkeydown = (event) => event.key === 'Enter' && !event.isComposing && void this.#leave();
    this.#field.oninput = () => this.#complain('');
  }

  /** It stands at the thread's end as long as it is true, whatever changes on the page, until it is answered. */
  begin(): void {
    this.#watch.observe(document.body, { childList: true, subtree: true, characterData: true });
    this.update();
  }

  update(): void {
    const chat = this.#chat;
    const list = isUnanswered(chat) ? document.querySelector('[role=region] ol') : null;
    const there = this.#box.isConnected;
    if (list === null) {
      if (there) this.#box.remove();
      if (chat.book.current?.entries.at(-1)?.author.kind !== 'operator') return;
      this.#watch.disconnect();
      return put(chat.draft.storage, placeOf(chat), '');
    }
    const { visit } = chat;
    const when = [visit!.inbox.away || t('back'), visit!.answering.open ? '' : answering(visit!, Date.now() * 1000)].join(' ').trim();
    if (this.#when.textContent !== when) this.#when.textContent = when;
    if (!asksForMail(chat)) for (const one of this.#mail) one.remove();
    else if (!this.#mail[0]!.isConnected || !there) this.#box.append(...this.#mail);
    if (list.nextElementSibling === this.#box) return;
    list.after(this.#box);
    if (there) return;
    // That there is something to be told, as for what was recorded.
    for (const place of [placeOf(chat), `${chat.draft.key}:voice`]) put(chat.draft.storage, place, '1');
    announce(`${t('received')} ${when}`);
  }

  #complain(text: string): void {
    this.#why.textContent = text;
    this.#field.setAttribute('aria-invalid', String(text !== ''));
  }

  /** Sends the address as a message of its own, by which those who answer know it. */
  async #leave(): Promise<void> {
    const [chat, email] = [this.#chat, this.#field.value.trim()];
    if (this.#busy) return;
    this.#complain(MAIL.test(email) ? '' : t('wrong'));
    if (!MAIL.test(email)) return this.#field.focus();
    this.#wait(true);
    if (this.#tried.email !== email) this.#tried = { email, id: newClientId() };
    try {
      const path = `/conversations/${chat.book.current!.conversation.id}/messages`;
      const answer = await chat.session.request<Answer>('POST', path, { client_id: this.#tried.id, body: email, email });
      await chat.book.answered(answer);
      if (chat.visit) chat.visit = { ...chat.visit, visitor: { ...chat.visit.visitor, email } };
      document.querySelector<HTMLElement>('form > textarea')?.focus();
    } catch (problem) {
      const wrong = problem instanceof ApiProblem && problem.errors.some(({ field }) => field === 'email');
      this.#complain(t(wrong ? 'wrong' : 'again'));
    }
    this.#wait(false);
  }

  #wait(busy: boolean): void {
    this.#busy = busy;
    this.#go.setAttribute('aria-disabled', String(busy));
    this.#go.textContent = t(busy ? 'saving' : 'save');
  }
}
