/** How one writes in a thread: to whom, in which words that is said, and what stands in the way. */
import type { Mode, Person } from '@recado/shared/wire.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { t } from '../../state/language.svelte.ts';
import type { OpenThread } from '../../state/open-thread.svelte.ts';
import type { ThreadModel } from '../../state/thread-window.ts';
import { isTalk, isWithCustomer, mentionable, modeIn } from './kinds.ts';
import { customerName, talkName } from './names.ts';
import { obstacle } from './obstacles.ts';

export interface Manner {
  mode: Mode;
  /** Among colleagues alone: on no other paper, and without quick replies. */
  talk: boolean;
  /** Why an answer would be refused now. */
  against: string | null;
  /** Who can be named. */
  people: Person[];
  label: string;
  placeholder: string;
}

export function mannerOf(desk: Desk, open: OpenThread, model: ThreadModel): Manner {
  const [mode, people] = [modeIn(desk, open), mentionable(desk, model)];
  if (isTalk(model)) {
    const alone = model.direct.people.length < 2;
    const placeholder = t(alone ? 'talk.placeholderAlone' : 'talk.placeholder');
    return { mode, talk: true, against: null, people, label: t('composer.label', { name: talkName(desk, model.direct) }), placeholder };
  }
  const row = isWithCustomer(model) ? model.conversation : null;
  const against = mode === 'answer' && row ? obstacle(desk, 'answer', row) : null;
  const label = mode === 'note' || !row ? t('note.label') : t('composer.label', { name: customerName(row) });
  const key = mode === 'answer' ? 'composer.placeholder' : people.length > 0 ? 'note.placeholder' : 'note.placeholderAlone';
  return { mode, talk: false, against, people, label, placeholder: t(key) };
}
