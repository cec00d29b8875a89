/** The frame's start: meet the loader, learn the language, draw. */
import '@recado/shared/tokens.css';
import { mount } from 'svelte';
import App from './App.svelte';
import './frame.css';
import { Chat } from './chat.svelte.ts';
import { Host } from './host.ts';
import { learn, t } from './words.ts';

function followTheme(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const follow = (): void => void (document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light');
  dark.addEventListener('change', follow);
  follow();
}

async function begin(): Promise<void> {
  followTheme();
  if (window === parent) {
    // Somebody opened the frame's address itself: there is no site to talk for.
    await learn(navigator.language.slice(0, 2));
    document.body.textContent = t('alone');
    return;
  }
  const host = new Host();
  const start = await host.start();
  await learn(start.locale);
  const chat = new Chat(decodeURIComponent(location.pathname.split('/').at(-1) ?? ''), host, start);
  mount(App, { target: document.body, props: { chat } });
}

void begin();
