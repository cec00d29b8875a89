/**
 * What a page can ask of Recado's chat, and hear from it. For TypeScript: download this file from `/widget.d.ts` of the
 * desk, and put it beside your own sources. `docs/widget.md` says more.
 */

interface RecadoEvents {
  /** The chat has been opened, by the visitor or by the page. */
  open: undefined;
  /** The chat has been closed. */
  close: undefined;
  /** How many answers the visitor has not read, whenever that changes. */
  unread: number;
  /** Somebody has written. Who, and never what. */
  message: { by: 'visitor' | 'operator' };
  /** What `identify` handed over does not hold, or no longer. What is written waits for another token of the same user. */
  expired: undefined;
}

interface Recado {
  /** Opens the chat. `text` is put into its box, unless the visitor has something of their own there. Nothing is sent. */
  (call: 'open', how?: { text?: string }): void;
  (call: 'close' | 'toggle'): void;
  /** Shows or hides the launcher. A chat without it is opened by the page. */
  (call: 'show' | 'hide'): void;
  /** Who the visitor is: a token that your server has signed. Another user than before begins anew. */
  (call: 'identify', who: { token: string }): void;
  /** What operators may see beside the conversation. Anybody can change it in their browser: it proves nothing. */
  (call: 'data', facts: Record<string, string | number | boolean>): void;
  /** Leaves nothing of this visitor in this browser. For signing out, and for computers that several people use. */
  (call: 'forget' | 'logout'): void;
  <E extends keyof RecadoEvents>(call: 'on' | 'off', event: E, hear: (detail: RecadoEvents[E]) => void): void;
  /** Calls made before the script has arrived. */
  q?: unknown[][];
}

interface Window {
  recado: Recado;
}

declare const recado: Recado;
