import '@recado/shared/inter.css';
import '@recado/shared/tokens.css';
import '@recado/shared/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { speak } from './state/language.svelte.ts';
import { show } from './state/theme.ts';

show();
await speak(null);
mount(App, { target: document.getElementById('app')! });
