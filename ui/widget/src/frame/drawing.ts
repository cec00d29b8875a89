/**
 * What is more than letters in a message, drawn as elements: fetched once there is any. Addresses, emphasis and code; what it
 * answers to, with the way there; that it was edited, or has gone.
 */
import { folded } from '@recado/shared/folding.ts';
import { plain, read, type Piece } from '@recado/shared/marks.ts';
import type { Locale, WidgetQuote } from '@recado/shared/wire.ts';
import type { Chat } from './chat.svelte.ts';
import type { Said } from './timeline.ts';
import { locale, t } from './words.ts';

/** What each element shows now: what belongs to something else comes too late. */
const shown = new WeakMap<HTMLElement, Said | string>();
/** A pasted log must not push the conversation, or why it was refused, out of the chat. */
const MOST = { lines: 20, characters: 1200 };
const ALL: Record<Locale, string> = { es: 'Ver todo', en: 'Show all', pt: 'Ver tudo' };
const LESS: Record<Locale, string> = { es: 'Ver menos', en: 'Show less', pt: 'Ver menos' };
/** Whose long text is shown whole. */
const whole = new WeakSet<HTMLElement>();

/** Puts what was said into an element, in the place of what stands there. */
export function draw(into: HTMLElement, said: Said | string, chat: Chat): void {
  shown.set(into, said);
  if (typeof said === 'object' && said.gone) for (const old of into.parentElement!.querySelectorAll('[data-file]')) old.remove();
  if (typeof said === 'string') return into.replaceChildren(...wordsOf(into, said, () => draw(into, said, chat)));
  const words = said.gone ? [aside('em', t('gone'))] : wordsOf(into, said.body, () => draw(into, said, chat));
  const quote = said.quote ? [quoteOf(said.quote, chat)] : [];
  const after = said.edited && !said.gone ? [aside('small', t('edited'))] : [];
  into.replaceChildren(...quote, ...words, ...after);
  if (said.attachments[0]) void import('./files.ts').then(({ show }) => shown.get(into) === said && show(into, said.attachments, chat.session), () => undefined);
}

/** The words of a text, of a long one the beginning and the way to the rest: `again` draws it anew. */
function wordsOf(into: HTMLElement, body: string, again: () => void): (Node | string)[] {
  const start = folded(body, MOST);
  if (start === null) return read(body).map(drawn);
  const all = whole.has(into);
  const more = around('button', (all ? LESS : ALL)[locale()], {
    display: 'block',
    padding: '4px 0',
    fontWeight: '600',
    textDecoration: 'underline',
    textUnderlineOffset: '3px',
    outlineColor: 'currentColor',
  });
  const turn = (): void => {
    const scroller = into.closest('.scroll')!;
    const top = scroller.scrollTop;
    if (!whole.delete(into)) whole.add(into);
    again();
    const button = into.querySelector<HTMLElement>(':scope > [aria-expanded]')!;
    button.focus({ preventScroll: true });
    // What is being read stays where it is, also at the thread's end, which is kept in sight as it grows.
    const held = new ResizeObserver(() => {
      scroller.scrollTop = top;
      if (all) button.scrollIntoView({ block: 'nearest' });
      held.disconnect();
    });
    held.observe(scroller);
  };
  return [...(all ? read(body) : start).map(drawn), Object.assign(more, { type: 'button', ariaExpanded: String(all), onclick: turn })];
}

function drawn({ text, href, strong, em, code }: Piece): Node | string {
  if (code) return codeOf(text, code === 'block');
  const words = href ? linkOf(text, href) : text;
  const slanted = em ? around('i', words) : words;
  return strong ? around('b', slanted) : slanted;
}

function around(name: keyof HTMLElementTagNameMap, what: Node | string, style: Partial<CSSStyleDeclaration> = {}): HTMLElement {
  const element = document.createElement(name);
  element.append(what);
  Object.assign(element.style, style);
  return element;
}

const aside = (name: 'em' | 'small', words: string): HTMLElement =>
  around(name, words, name === 'small' ? { marginInlineStart: '8px', opacity: '0.8', fontSize: '12px' } : { opacity: '0.8' });

function linkOf(text: string, href: string): HTMLElement {
  const link = around('a', text, { color: 'inherit', textUnderlineOffset: '2px', outlineColor: 'currentColor' });
  return Object.assign(link, { href, target: '_blank', rel: 'noopener noreferrer nofollow' });
}

const TINT = 'color-mix(in oklch, currentColor 10%, transparent)';

const codeOf = (text: string, block: boolean): HTMLElement =>
  around('code', text, {
    display: block ? 'block' : '',
    margin: block ? '4px 0' : '',
    padding: block ? '8px 10px' : '1px 4px',
    borderRadius: '6px',
    background: TINT,
    fontSize: '0.9em',
  });

function quoteOf(quote: WidgetQuote, chat: Chat): HTMLElement {
  const block = { display: 'block', overflow: 'hidden' };
  const name = quote.author.kind === 'visitor' ? t('you') : (quote.author.name ?? '');
  const button = around('button', around('b', name, block), {
    ...block,
    width: '100%',
    marginBottom: '6px',
    padding: '4px 10px',
    borderInlineStart: '3px solid currentColor',
    borderRadius: '4px 8px 8px 4px',
    background: TINT,
    font: 'var(--small)',
    textAlign: 'start',
    outlineColor: 'currentColor',
  });
  const words = around('span', quote.gone ? t('gone') : plain(quote.text).replace(/^🎤 (\d[\d:]+)$/u, `${t('voice')} ($1)`), {
    display: '-webkit-box',
    webkitBoxOrient: 'vertical',
    webkitLineClamp: '3',
    overflow: 'hidden',
    overflowWrap: 'anywhere',
  });
  button.append(words);
  Object.assign(button, { type: 'button', dir: 'auto', onclick: () => void goTo(quote.seq, chat) });
  return button;
}

/** Shows an entry, wherever it lies, and marks it for a moment. */
async function goTo(seq: number, chat: Chat): Promise<void> {
  const found = (): HTMLElement | null => document.querySelector(`[data-seq="${seq}"]`);
  while (!found() && chat.chapter?.more) {
    const { chapter } = chat;
    await chat.book.older(chapter);
    await new Promise(requestAnimationFrame);
    if (chat.chapter === chapter) return;
  }
  found()?.scrollIntoView({ block: 'center' });
  found()?.animate([{ opacity: 0.3 }, { opacity: 1 }], 900);
}
