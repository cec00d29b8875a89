/** The frame's start: meet the loader, learn the language, draw. */
import '@recado/shared/tokens.css';
import { mount } from 'svelte';
import App from './App.svelte';
import './frame.css';
import { Chat } from './chat.svelte.ts';
import { Host } from './host.ts';
import { learn, t } from './words.ts';

/** Light or dark as the inbox wants it, else as the visitor's system does. */
function follow(scheme: string): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const theme = (): string => (scheme === 'light dark' ? (dark.matches ? 'dark' : 'light') : scheme);
  const dress = (): void => void (document.documentElement.dataset.theme = theme());
  dark.addEventListener('change', dress);
  dress();
}

async function begin(): Promise<void> {
  const spoken = [...navigator.languages];
  if (window === parent) {
    // Somebody opened the frame's address itself: there is no site to talk for.
    await learn(spoken);
    document.body.textContent = t('alone');
    return;
  }
  const host = new Host();
  const start = await host.start();
  const { colour, ink, scheme, locale_hint } = start.look;
  follow(scheme);
  const { style } = document.documentElement;
  style.setProperty('--brand', colour);
  style.setProperty('--brand-ink', ink);
  await learn([...spoken, locale_hint]);
  const chat = new Chat(decodeURIComponent(location.pathname.split('/').at(-1) ?? ''), host, start);
  mount(App, { target: document.body, props: { chat } });
}

void begin();
