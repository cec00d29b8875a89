/** Who is there for a conversation and when an answer may be expected, kept up while the chat is shown. */
import type { Around } from '@recado/shared/wire.ts';
import type { Session } from './session.ts';
import { locale } from './words.ts';

/** People come and go, and hours are set anew: asked again so often. */
const AGAIN_MS = 60_000;
/** Clocks differ a little: asked so long after the moment at which it was to open. */
const AFTER_MS = 1000;

/** What is asked about: a conversation, or before one the chosen department. A conversation that moves is asked anew. */
export function about(conversation = '', department = ''): string {
  return new URLSearchParams({ conversation, department, locale: locale() }).toString();
}

/** Asks now, again and again, and when it was to open, until the function it gives is called. */
export function watch(session: Session, whom: string, told: (around: Around) => void): () => void {
  let timer = 0;
  let over = false;
  async function look(): Promise<void> {
    const around = await session.request<Around>('GET', `/answering?${whom}`).catch(() => null);
    if (over) return;
    if (around !== null) told(around);
    const opensInMs = (around?.answering.opens_at ?? 0) / 1000 - Date.now() + AFTER_MS;
    timer = window.setTimeout(look, opensInMs > 0 && opensInMs < AGAIN_MS ? opensInMs : AGAIN_MS);
  }
  void look();
  return () => {
    over = true;
    clearTimeout(timer);
  };
}
