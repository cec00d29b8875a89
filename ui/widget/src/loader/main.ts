/**
 * The one script tag: a launcher in the site's page, and behind it a frame of our origin with the chat.
 *
 * It asks the server once whether this site may show the inbox and in which colour. The frame is made when the visitor
 * first reaches for the launcher, or, when there was a chat before, once the page has nothing else to do. All that is kept
 * on the site is the resume key.
 *
 * Every visitor of every page pays for this file: it is written to be small.
 */
import { MARK, read, type ToFrame, type ToLoader } from '../protocol.ts';
import { draw, type View } from './view.ts';
import { pickLanguage, WORDS, type Words } from './words.ts';

const tag = (document.currentScript ?? document.querySelector('[data-inbox]')) as HTMLScriptElement | null;
const inbox = tag?.dataset.inbox ?? '';
const base = tag?.src ? new URL(tag.src).origin : '';
const frame = document.createElement('iframe');
/** What is kept on the site: the resume key under this name, and unsent texts of frames without storage under longer ones. */
const name = `recado:${inbox}`;

const kept: Record<string, string> = {};
let view: View;
let box: HTMLElement;
let launcher: HTMLElement;
let locale: string;
let open = false;

/** All that is kept, also by other tabs; from memory where the browser forbids more. */
function recall(): Record<string, string> {
  try {
    const ours = Object.entries<string>(localStorage).filter(([key]) => `${key}:`.startsWith(`${name}:`));
    return Object.fromEntries(ours.map(([key, text]) => [key.slice(name.length), text]));
  } catch {
    return kept;
  }
}

function keep(part: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(name + part);
    else localStorage.setItem(name + part, text);
  } catch {
    // Without storage the chat lasts as long as the page.
    kept[part] = text ?? '';
  }
}

function warn(why: string | number): void {
  console.warn(`Recado ${inbox} on ${location.origin}: ${why}`);
}

async function begin(attempt: number): Promise<void> {
  const answer = await fetch(`${base}/api/v1/widget/inboxes/${inbox}`).catch(() => null);
  if (answer?.ok) chat((await answer.json()) as { colour: string; locale_hint?: string });
  else if (answer) warn(answer.status);
  // A refusal by origin looks the same as no network: try again a few times, then be quiet.
  else if (attempt < 3) setTimeout(() => void begin(attempt + 1), 5000 * 5 ** attempt);
  else warn('no answer, or site not allowed');
}

function chat(settings: { colour: string; locale_hint?: string }): void {
  locale = pickLanguage(settings.locale_hint);
  view = draw(settings.colour, WORDS[locale] as Words, toggle);
  ({ box, launcher } = view);
  frame.title = 'Chat';
  frame.allow = 'microphone';
  launcher.onpointerenter = launcher.onfocus = () => frame.src || load();
  // Nothing is returned: false would take the key from the button, and with it Enter and Space.
  launcher.onkeydown = ({ key }) => {
    if (key === 'Escape' && open) toggle();
  };
  addEventListener('message', heard);
  window.visualViewport?.addEventListener('resize', fit);
  if (recall()['']) whenIdle(load);
}

/** Asks for the frame until it has answered. */
function load(): void {
  if (box.className !== 'box') return;
  frame.src = `${base}/widget/${inbox}`;
  if (!frame.parentNode) box.append(frame);
}

function tell(message: ToFrame): void {
  if (box.className !== 'box') frame.contentWindow?.postMessage({ recado: MARK, ...message }, base);
}

function toggle(): void {
  open = !open;
  if (open && !frame.src) load();
  view.show(open);
  fit();
  toldOpen();
  (open ? frame : launcher).focus();
}

function toldOpen(): void {
  tell({ type: open ? 'opened' : 'closed' });
}

/** On a phone the box ends where the keyboard begins. */
function fit(): void {
  const seen = window.visualViewport;
  const phone = seen && open && innerWidth <= 480;
  box.style.cssText = phone ? `height:${seen.height}px;top:${seen.offsetTop}px` : '';
}

function heard({ origin, source, data }: MessageEvent): void {
  const message = origin === base && source === frame.contentWindow && read<ToLoader>(data);
  if (!message) return;
  if (message.type === 'ready') {
    const first = box.className === 'box';
    box.className = 'box up';
    tell({ type: 'start', kept: recall(), page: location.origin + location.pathname, locale });
    toldOpen();
    // Each later one renews the session, while the visitor may be typing into the site's own form.
    if (first && open) frame.focus();
  }
  if (message.type === 'keep') keep(message.name, message.text);
  if (message.type === 'unread') view.notice(message.count, message.name, message.text);
  if (message.type === 'close' && open) toggle();
  if (message.type === 'gone') {
    removeEventListener('message', heard);
    view.remove();
    warn(message.code);
  }
}

function whenIdle(run: () => void): void {
  const later = (): void => void (window.requestIdleCallback ?? setTimeout)(run);
  if (document.readyState === 'complete') later();
  else addEventListener('load', later);
}

if (!base || !inbox) warn('no data-inbox');
else if (!document.querySelector('recado-chat')) void begin(0);
