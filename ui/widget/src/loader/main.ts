/**
 * The one script tag: a launcher in the site's page, and behind it a frame of our origin with the chat.
 *
 * It asks the server once whether this site may show the inbox and how it looks. The frame's page is loaded when the visitor
 * first reaches for the launcher, or, when there was a chat before, once the site's page has nothing else to do. All that is
 * kept on the site is the resume key.
 *
 * Every visitor of every page pays for this file: it is written to be small. And it lives among strangers: of what pages
 * like to replace (`fetch`, `addEventListener`, `Promise`, `JSON`, methods of arrays) it uses the frame's own, or none.
 */
import { MARK, type Look, type ToFrame, type ToLoader } from '../protocol.ts';
import { keep, recall } from './kept.ts';
import { box, count, draw, enter, frame, host, launcher, turn } from './view.ts';

const tag = (document.currentScript ?? document.querySelector('[data-inbox]')) as HTMLScriptElement | null;
const { inbox, name: called = 'recado' } = tag?.dataset ?? {};
const base = tag?.src ? new URL(tag.src).origin : '';
/** What is kept on the site: the resume key under this name, and unsent texts of frames without storage under longer ones. */
const name = `recado:${inbox}`;

/** The page's calls until there is a chat to take them. */
let calls: unknown[][] = [];
let take = (call: unknown[]): void => void calls.push(call);
type Hear = (detail: unknown) => void;
const heard: Record<string, Set<Hear>> = {
  open: new Set(),
  close: new Set(),
  message: new Set(),
  unread: new Set(),
  expired: new Set(),
};

let listen: typeof addEventListener;
let ask: typeof fetch;
let look: Look;
let port: MessagePort | undefined;
let early: ToFrame[] = [];
let identity: unknown;
let data: unknown;
let open = false;
let peek = 0;
let failed = 0;
let before: Element | null;

function warn(why: unknown): void {
  console.warn(`Recado ${inbox}: ${why}`);
}

/** Answers to its one name in the page, and takes over what a stub there has been asked before. */
function answer(page: Record<string, unknown>): void {
  const stub = page[called] as { q?: unknown[][] } | undefined;
  if (stub && !stub.q) return warn(`"${called}" is taken: data-name`);
  calls = stub?.q ?? calls;
  page[called] = (...call: unknown[]) => take(call);
}

async function begin(attempt: number): Promise<void> {
  try {
    const answer = await ask(`${base}/api/v1/widget/inboxes/${inbox}`);
    if (answer.ok) chat(await answer.json());
    else leave(answer.status);
  } catch {
    // A refusal by origin looks the same as no network: try again a few times, then be quiet.
    if (attempt < 3) setTimeout(begin, 5000 * 5 ** attempt, attempt + 1);
    else leave('no answer, or site not allowed');
  }
}

function leave(why: unknown): void {
  host.remove();
  take = () => {};
  warn(why);
}

function chat(settings: Look): void {
  draw((look = settings));
  frame.title = 'Chat';
  frame.allow = 'microphone';
  // What came without a greeting is no page of ours: a gateway's, or the browser's own that says so.
  frame.onload = () => {
    if (frame.src) setTimeout(fetchFrame, 5000 * 2 ** failed++, 1);
  };
  launcher.onclick = verbs.toggle as () => void;
  launcher.onpointerenter = launcher.onfocus = fetchFrame;
  // Nothing is returned: false would take the key from the button, and with it Enter and Space.
  launcher.onkeydown = ({ key }) => {
    if (key === 'Escape') show(false);
  };
  listen.call(window, 'message', greeted as EventListener);
  listen.call(window.visualViewport ?? window, 'resize', fit);
  for (const call of calls) obey(call);
  take = obey;
  fetchIfKnown();
}

/** Loads the chat's page where its visitor has written before, once the site's page has nothing else to do. */
function fetchIfKnown(): void {
  const kept = recall(name);
  if (!kept[''] && !(kept[':known'] && identity)) return;
  if (document.readyState === 'complete') setTimeout(fetchFrame);
  else listen.call(window, 'load', fetchFrame);
}

/** What the page asks for. */
const verbs: Record<string, (value: never, more: never) => void> = {
  // Only what stands here is known by name.
  __proto__: null as never,
  open(how?: { text?: unknown }) {
    if (how?.text) say({ type: 'text', value: how.text });
    show(true);
  },
  close: () => show(false),
  toggle: () => show(!open),
  show: () => void (launcher.hidden = false),
  hide: () => void (launcher.hidden = true),
  on(event: string, hear: Hear) {
    // A timer would run a text as a script.
    if (typeof hear !== 'function') throw 0;
    heard[event]!.add(hear);
  },
  off: (event: string, hear: Hear) => void heard[event]!.delete(hear),
  identify(who: { token: unknown }) {
    say({ type: 'identify', value: (identity = who.token) });
    fetchIfKnown();
  },
  data: (facts) => void (data = facts),
  forget() {
    for (const part in recall(name)) keep(name + part, null);
    identity = data = undefined;
    show(false);
    fetchFrame();
    say({ type: 'forget' });
  },
};
verbs.logout = verbs.forget!;

/** Does what the page asks for. What cannot be done is a line in the console, and never an error in the page. */
function obey([verb, value, more]: unknown[]): void {
  try {
    verbs[verb as string]!(value as never, more as never);
  } catch {
    warn(`not understood: ${verb}, ${value}`);
  }
}

/** Tells the page; what it does then happens by itself, and cannot fail here. */
function tell(event: string, detail?: unknown): void {
  for (const hear of heard[event]!) setTimeout(hear, 0, detail);
}

/** Asks for the frame's page once; `again` (1, and no event): if it has not answered. */
function fetchFrame(again?: unknown): void {
  if (again === 1 ? !port : !frame.src) frame.src = `${base}/widget/${inbox}`;
}

function say(message: ToFrame): void {
  if (port) port.postMessage(message);
  else early.push(message);
}

function show(now: boolean): void {
  if (now === open) return;
  open = now;
  if (open) {
    before = document.activeElement;
    fetchFrame();
  }
  turn(open);
  fit();
  if (port) sayOpen();
  // Back to where the keyboard was: to the launcher, or to what has called for the chat.
  (open ? frame : before === host || before === document.body ? launcher : (before as HTMLElement)).focus();
  tell(open ? 'open' : 'close');
}

function sayOpen(): void {
  say({ type: open ? 'opened' : 'closed' });
}

/** On a phone the box ends where the keyboard begins. */
function fit(): void {
  const seen = window.visualViewport;
  const phone = seen && port && open && innerWidth <= 480;
  box.style.height = phone ? `${seen.height}px` : peek ? `${peek}px` : '';
  box.style.top = phone ? `${seen.offsetTop}px` : '';
}

/** The frame's page is there, for the first time or anew. */
function greeted({ origin, source }: MessageEvent): void {
  if (origin !== base || source !== frame.contentWindow) return;
  const { port1, port2 } = new MessageChannel();
  port = port1;
  port.onmessage = (message) => hear(message.data as ToLoader);
  box.className = 'box up';
  fit();
  frame.contentWindow!.postMessage({ recado: MARK, ...start() }, base, [port2]);
  sayOpen();
  for (const message of early) say(message);
  early = [];
  if (open && document.activeElement === host) frame.focus();
}

function start(): ToFrame {
  return { type: 'start', kept: recall(name), page: location.href, look, identity, data };
}

function hear(message: ToLoader): void {
  const { type } = message;
  if (type === 'ready') say(start());
  else if (type === 'keep') keep(name + message.name, message.text);
  else if (type === 'peek') {
    peek = message.height;
    box.className = peek ? 'box up peek' : 'box up';
    fit();
  } else if (type === 'unread') {
    count(message.count);
    tell(type, message.count);
  } else if (type === 'message') tell(type, { by: message.by });
  else if (type === 'warn') warn(message.text);
  else if (type === 'gone') leave(message.code);
  else if (type === 'expired') tell(type);
  else obey([type]);
}

if (!base || !inbox) warn('no data-inbox');
else if (document.querySelector(host.localName)) warn('second chat');
else {
  answer(window as unknown as Record<string, unknown>);
  enter();
  ({ addEventListener: listen, fetch: ask } = (frame.contentWindow ?? window) as unknown as typeof globalThis);
  void begin(0);
}
