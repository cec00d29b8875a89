/**
 * The files of a message, drawn above its text: fetched once there are any. An address opens nothing by itself; each is
 * asked for with the visitor's token, and shown from memory.
 */
import { sizeOf } from '@recado/shared/formats.ts';
import type { Attachment, Locale } from '@recado/shared/wire.ts';
import type { Session } from './session.ts';
import { locale } from './words.ts';

const LOOKS = `
.file { display: flex; gap: 10px; align-items: center; max-width: 100%; margin-bottom: 4px; padding: 8px 10px;
  border-radius: 10px; background: var(--surface); color: var(--text); text-decoration: none; white-space: normal; }
.file b { display: block; font-weight: 500; overflow-wrap: anywhere; }
.file small { font: var(--small); color: var(--text-3); }
.file i { flex: none; display: grid; place-items: center; width: 40px; height: 40px; border-radius: 8px; font: var(--small);
  font-weight: 600; background: var(--sunken); color: var(--text-2); }
.picture { display: block; width: fit-content; max-width: 100%; margin-bottom: 4px; border-radius: 10px; overflow: hidden; background: var(--sunken); }
.picture img { display: block; max-width: 100%; max-height: 260px; width: auto; height: auto; object-fit: contain; }
.picture small { display: block; padding: 4px 10px 8px; font: 600 13px/20px var(--font); color: var(--accent); }
.slim img { min-width: 64px; min-height: 48px; object-fit: cover; }
.picture:has(+ .picture), .picture + .picture { display: inline-block; vertical-align: top; width: calc(50% - 4px); margin-right: 4px; }
.picture:has(+ .picture) img, .picture + .picture img { width: 100%; min-width: 0; max-height: none; aspect-ratio: 1; object-fit: cover; }
.sound { display: block; width: 250px; max-width: 100%; min-height: 54px; --voice: currentColor; --voice-on: var(--theirs); }
.named { min-height: 76px; }
.mine .sound { --voice-on: var(--brand); --voice-focus: currentColor; }
.mine .pending .sound { --voice-on: var(--surface); }
`;
/** Said on a picture that could not be fetched, and done by a press there. */
const AGAIN: Record<Locale, string> = { es: 'Reintentar', en: 'Try again', pt: 'Tentar de novo' };
const looks = new CSSStyleSheet();
looks.replaceSync(LOOKS);
/** What was fetched, by its path: a message that is drawn anew asks for nothing again. */
const fetched = new Map<string, Promise<string>>();
/** More of them are let go of, the oldest first, unless something shows them. Sounds stay: what plays them shows no address. */
const MOST = 60;

/** Puts the files of a message before its words, in their order; pictures that follow each other stand side by side. */
export function show(into: HTMLElement, files: readonly Attachment[], session: Session): void {
  if (!document.adoptedStyleSheets.includes(looks)) document.adoptedStyleSheets.push(looks);
  const old = [...into.parentElement!.querySelectorAll<HTMLElement>('[data-file]')];
  // Drawn before, unless its pictures could not come: of a message that waited they come once it has gone.
  const same = old.map((one) => one.dataset.file).sort().join() === files.map(({ id }) => id).sort().join();
  if (old[0] && same && old.every((one) => one.querySelector('img:not([src])') === null)) return;
  for (const one of old) one.remove();
  const pictures = files.filter(({ thumbnail }) => thumbnail);
  into.before(...files.map((file) => drawn(file, pictures, session)));
}

function drawn(file: Attachment, pictures: readonly Attachment[], session: Session): HTMLElement {
  const link = document.createElement('a');
  link.dataset.file = file.id;
  // Asked for with the first press; the second, by this page itself, has something to follow.
  link.href = '#';
  link.onclick = (event) => {
    if (link.href.startsWith('blob:')) return;
    event.preventDefault();
    void addressOf(file.id, session).then((address) => {
      link.href = address;
      link.click();
    }, silent);
  };
  if (file.type.startsWith('audio/')) return sound(link, file, session);
  if (file.thumbnail) return picture(link, file, pictures, session);
  link.className = 'file';
  link.download = file.name;
  const about = document.createElement('span');
  about.append(made('b', file.name), made('small', sizeOf(file.size, locale())));
  link.append(made('i', file.name.split('.').pop()!.slice(0, 5).toUpperCase()), about);
  return link;
}

function picture(link: HTMLAnchorElement, file: Attachment, pictures: readonly Attachment[], session: Session): HTMLElement {
  const image = new Image(file.width!, file.height!);
  image.alt = file.name;
  const again = made('small', AGAIN[locale()]);
  const load = (): void => {
    again.remove();
    void addressOf(`${file.id}/thumbnail`, session).then(
      (address) => (image.src = address),
      () => link.append(again),
    );
  };
  load();
  link.addEventListener('click', (event) => {
    if (!again.isConnected) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    load();
  }, { capture: true });
  link.onclick = (event) => {
    event.preventDefault();
    // It opens once it is there.
    void Promise.all([import('./lightbox.ts'), addressOf(file.id, session)]).then(
      ([it]) => it.look(pictures, pictures.indexOf(file), (id) => addressOf(id, session), link),
      silent,
    );
  };
  // Of what is much longer than wide, or wider than long, the middle is shown: all of it would be a line.
  const slim = Math.max(file.width! / file.height!, file.height! / file.width!) > 3;
  link.className = slim ? 'picture slim' : 'picture';
  link.append(image);
  return link;
}

/** Keeps the room that its player takes, which is fetched with the first one. */
function sound(link: HTMLAnchorElement, file: Attachment, session: Session): HTMLElement {
  const room = document.createElement('span');
  room.className = file.sound === null || file.type === 'audio/mpeg' ? 'sound named' : 'sound';
  room.dataset.file = file.id;
  delete link.dataset.file;
  link.download = file.name;
  void import('../voice/play.ts').then(({ play }) => play(room, file, link, (path) => addressOf(path, session))).catch(silent);
  return room;
}

function made(name: 'b' | 'i' | 'small', text: string): HTMLElement {
  const element = document.createElement(name);
  element.textContent = text;
  if (name === 'i') element.ariaHidden = 'true';
  if (name === 'b') element.dir = 'auto';
  return element;
}

/** Remembers a file that was sent from here: it is shown from memory, also while its message waits. */
export function keep(id: string, file: File): void {
  const address = Promise.resolve(URL.createObjectURL(file));
  fetched.set(id, address).set(`${id}/thumbnail`, address);
}

/** The address in memory of what lies below `files/`. */
export function addressOf(path: string, session: Session): Promise<string> {
  const known = fetched.get(path) ?? ask(path, session);
  fetched.delete(path); // so that it is the newest
  fetched.set(path, known);
  setTimeout(letGo); // whoever asks shows it first
  known.catch(() => fetched.delete(path));
  return known;
}

function letGo(): void {
  const old = [...fetched].filter(([path]) => !path.endsWith('/sound')).slice(0, -MOST);
  for (const [path, coming] of old)
    void coming.then((address) => {
      if (document.querySelector(`[src="${address}"], [href="${address}"]`)) return;
      fetched.delete(path);
      URL.revokeObjectURL(address);
    }, silent);
}

async function ask(path: string, session: Session): Promise<string> {
  const answer = await get(path, session);
  if (!answer.ok) throw new Error(path);
  return URL.createObjectURL(await answer.blob());
}

async function get(path: string, session: Session): Promise<Response> {
  const once = async (): Promise<Response> =>
    fetch(`/api/v1/widget/files/${path}`, { headers: { authorization: `Bearer ${await session.token()}` } });
  const answer = await once();
  if (answer.status !== 401) return answer;
  session.expire();
  return once();
}

/** What could not be fetched can be asked for again by a press. */
const silent = (): void => undefined;
