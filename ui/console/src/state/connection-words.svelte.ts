/** What screen readers are told of the connection: what has happened, and never that something is well again only because one leaves. */
import { announce } from '@recado/shared/announce.svelte.ts';
import type { Connection } from './connection.svelte.ts';
import { t } from './language.svelte.ts';

/** Within an effect of the component that draws it. `shown`: the loss is; `unstored`: what becomes meanwhile of what one writes. */
export function tellTurns(connection: Connection, shown: () => boolean, unstored: () => string): void {
  let lost = false;
  let full = false;
  $effect(() => {
    if (shown()) {
      lost = true;
      announce(t('connection.lost'));
    } else if (lost && connection.state === 'live') {
      lost = false;
      announce(t('connection.back'));
    }
  });
  $effect(() => {
    if (connection.unstored) {
      full = true;
      announce(`${t('connection.unstored')} ${unstored()}`);
    } else if (full) {
      full = false;
      // A connection that is lost knows nothing of the store; the next greeting says how it is.
      if (connection.state === 'live') announce(t('connection.stored'));
    }
  });
}
