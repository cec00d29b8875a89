/** A picture as large as the chat, fetched when the first one is opened: its name, and the ways to see it by itself, to keep it, and back. */
import { lineIcon, make } from '@recado/shared/make.ts';
import type { Attachment, Locale } from '@recado/shared/wire.ts';
import { locale } from './words.ts';

const WORDS: Record<Locale, { close: string; save: string; open: string }> = {
  es: { close: 'Cerrar', save: 'Guardar', open: 'Abrir en otra pestaña' },
  en: { close: 'Close', save: 'Save', open: 'Open in another tab' },
  pt: { close: 'Fechar', save: 'Salvar', open: 'Abrir em outra aba' },
};
const PATHS = { close: 'm7 7 10 10M17 7 7 17', save: 'M12 5v10m-4-4 4 4 4-4M6 19h12', open: 'M14 5h5v5M19 5l-8 8M10 6H6v12h12v-4' };
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
.look img { max-width: 100%; max-height: 100%; min-height: 0; object-fit: contain; border-radius: 6px; }
`;
const looks = new CSSStyleSheet();
looks.replaceSync(LOOKS);

const icon = (name: keyof typeof PATHS): SVGElement => lineIcon(PATHS[name]);

/** Opens it; it goes with what shows it, whose message may be deleted meanwhile. */
export function look({ name }: Attachment, address: string, shown: HTMLElement): void {
  if (!document.adoptedStyleSheets.includes(looks)) document.adoptedStyleSheets.push(looks);
  const words = WORDS[locale()];
  const close = make('button', { type: 'button', ariaLabel: words.close, title: words.close, onclick: () => dialog.close() }, icon('close'));
  const save = make('a', { href: address, download: name, ariaLabel: words.save, title: words.save }, icon('save'));
  const open = make('a', { href: address, target: '_blank', ariaLabel: words.open, title: words.open }, icon('open'));
  const stage = make('div', {}, make('img', { src: address, alt: name }));
  const dialog = make('dialog', { className: 'look', ariaLabel: name }, make('header', {}, make('b', { dir: 'auto' }, name), open, save, close), stage);
  // Beside the picture; and Escape closes this, not the chat.
  stage.onclick = ({ target }) => target === stage && dialog.close();
  dialog.addEventListener('keydown', (event) => event.stopPropagation());
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
}
