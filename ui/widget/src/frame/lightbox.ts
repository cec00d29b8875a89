/**
 * A picture as large as the chat, fetched when the first one is opened: its name, and the ways to see it by itself, to keep it,
 * and back; of several in one message, to the others.
 */
import { lineIcon, make } from '@recado/shared/make.ts';
import type { Attachment, Locale } from '@recado/shared/wire.ts';
import { locale } from './words.ts';

type Word = 'close' | 'save' | 'open' | 'before' | 'after';
const WORDS: Record<Locale, Record<Word, string>> = {
  es: { close: 'Cerrar', save: 'Guardar', open: 'Abrir en otra pestaña', before: 'Imagen anterior', after: 'Imagen siguiente' },
  en: { close: 'Close', save: 'Save', open: 'Open in another tab', before: 'Previous picture', after: 'Next picture' },
  pt: { close: 'Fechar', save: 'Salvar', open: 'Abrir em outra aba', before: 'Imagem anterior', after: 'Próxima imagem' },
};
const PATHS: Record<Word, string> = {
  close: 'm7 7 10 10M17 7 7 17',
  save: 'M12 5v10m-4-4 4 4 4-4M6 19h12',
  open: 'M14 5h5v5M19 5l-8 8M10 6H6v12h12v-4',
  before: 'm14 6-6 6 6 6',
  after: 'm10 6 6 6-6 6',
};
const LOOKS = `
.look { width: 100%; max-width: none; height: 100%; max-height: none; padding: 0; border: 0; background: rgb(12 14 20); color: #fff; }
.look[open] { display: flex; flex-direction: column; }
.look header { flex: none; display: flex; align-items: center; gap: 4px; padding: max(8px, env(safe-area-inset-top)) 8px 8px 16px; }
.look b { flex: 1; min-width: 0; font: 500 14px/20px var(--font); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.look a, .look button { display: grid; place-items: center; width: 44px; height: 44px; border-radius: var(--radius-full); color: inherit;
  outline-color: currentColor; outline-offset: -4px; }
.look :is(a, button):hover { background: rgb(255 255 255 / 0.14); }
.look svg { width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
.look div { flex: 1; min-height: 0; display: grid; place-items: center; padding: 0 8px max(16px, env(safe-area-inset-bottom)); }
.look footer { flex: none; display: flex; align-items: center; justify-content: center; gap: 12px; font: 500 13px/20px var(--font);
  font-variant-numeric: tabular-nums; padding-bottom: max(12px, env(safe-area-inset-bottom)); }
.look img { max-width: 100%; max-height: 100%; min-height: 0; object-fit: contain; border-radius: 6px; }
`;
const looks = new CSSStyleSheet();
looks.replaceSync(LOOKS);

/** What a button or a way of it says and shows. */
const said = (word: Word): { ariaLabel: string; title: string } => ({ ariaLabel: WORDS[locale()][word], title: WORDS[locale()][word] });
const button = (word: Word, onclick: () => void): HTMLButtonElement => make('button', { type: 'button', ...said(word), onclick }, lineIcon(PATHS[word]));

/**
 * Opens one of the pictures of a message; it goes with what shows it, which may be deleted meanwhile. `addressOf`: where one is
 * shown from, in memory.
 */
export function look(pictures: readonly Attachment[], first: number, addressOf: (id: string) => Promise<string>, shown: HTMLElement): void {
  if (!document.adoptedStyleSheets.includes(looks)) document.adoptedStyleSheets.push(looks);
  // Which one is shown, and to which one the last press leads.
  let [at, wanted] = [first, first];
  const [name, count, image] = [make('b', { dir: 'auto' }), make('span', { role: 'status' }), make('img')];
  const save = make('a', said('save'), lineIcon(PATHS.save));
  const open = make('a', { target: '_blank', ...said('open') }, lineIcon(PATHS.open));
  const close = button('close', () => dialog.close());
  const stage = make('div', {}, image);
  const steps = make('footer', {}, button('before', () => void go(wanted - 1)), count, button('after', () => void go(wanted + 1)));
  const dialog = make('dialog', { className: 'look' }, make('header', {}, name, open, save, close), stage, ...(pictures.length > 1 ? [steps] : []));

  /** To one that could not be fetched nothing leads; what comes after a later press stays unseen. */
  async function go(to: number): Promise<void> {
    const next = (to + pictures.length) % pictures.length;
    const file = pictures[next]!;
    wanted = next;
    const address = await addressOf(file.id).catch(() => null);
    if (wanted !== next || !dialog.isConnected) return;
    if (address === null) return void (wanted = at);
    at = next;
    dialog.ariaLabel = name.textContent = image.alt = save.download = file.name;
    image.src = save.href = open.href = address;
    count.textContent = `${at + 1} / ${pictures.length}`;
  }

  // Beside the picture; and Escape closes this, not the chat.
  stage.onclick = ({ target }) => target === stage && dialog.close();
  dialog.onkeydown = (event) => {
    event.stopPropagation();
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by && pictures.length > 1) void go(wanted + by);
  };
  const gone = new MutationObserver(() => shown.isConnected || dialog.close());
  gone.observe(document.body, { childList: true, subtree: true });
  dialog.onclose = () => {
    gone.disconnect();
    dialog.remove();
    if (shown.isConnected) shown.focus();
  };
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
  void go(first);
}
