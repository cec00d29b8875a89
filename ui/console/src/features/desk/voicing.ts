/** Recording in the composer: where it stands, what sends it, and what was left there unsent. */
import { announce } from '@recado/shared/announce.svelte.ts';
import { follow } from '@recado/shared/voice/follow.ts';
import { openKeep } from '@recado/shared/voice/keep.ts';
import { handBack, standIn } from '@recado/shared/voice/sending.ts';
import * as strip from '@recado/shared/voice/strip.ts';
import type { FileRules, Mode } from '@recado/shared/wire.ts';
import { untrack } from 'svelte';
import type { Attachment } from 'svelte/attachments';
import { call } from '../../state/backend.ts';
import type { OpenThread } from '../../state/open-thread.svelte.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { language } from '../../state/language.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { placeIn, placeOf, voice } from '../../state/voice.svelte.ts';
import { isWithCustomer } from './kinds.ts';
import { obstacle } from './obstacles.ts';

const rules = (): Promise<FileRules> => call<FileRules>('GET', '/files/rules');

function optionsOf(desk: Desk, open: OpenThread, mode: Mode, box: HTMLTextAreaElement): strip.StripOptions {
  const note = mode === 'note' ? ({ kind: 'note', mentions: [] } as const) : {};
  const send: strip.StripOptions['send'] = (kept) => {
    const against = mode === 'answer' && open.model && isWithCustomer(open.model) ? obstacle(desk, 'answer', open.model.conversation) : null;
    if (against === null) desk.sender.send(open.id, '', { ...note, files: [standIn(kept)], ...open.quotation.take(mode) }, kept.id);
    return against;
  };
  const place = placeOf(desk.me, open.id, mode);
  return { place, locale: language.locale, form: box.form!, box, rules, send, goes: (id) => goes(desk, id), announce };
}

const goes = (desk: Desk, id: string): boolean => desk.sender.items.some((item) => item.id === id);

/** What was handed over here, also before a reload: it comes back where its message was lost. */
async function lookAfter(desk: Desk, open: OpenThread, mode: Mode): Promise<void> {
  const all = await (await openKeep()).list(placeOf(desk.me, open.id, mode)).catch(() => []);
  for (const { id } of all.filter(({ handed }) => handed))
    follow(id, {
      there: () => goes(desk, id),
      stored: () => open.model?.entries.some((entry) => entry.client_id === id) ?? false,
      lost: () => handBack(id).then(() => (voice.back += 1)),
    });
}

/** Begins a recording in the place of the box. */
export function record(desk: Desk, open: OpenThread, mode: Mode, box: HTMLTextAreaElement): void {
  strip.record(optionsOf(desk, open, mode, box)).catch(notices.failure);
}

/** At a box: shows what was left there, also when it has come back later, and ends all with the box. */
export function offer(desk: Desk, open: OpenThread, mode: Mode): Attachment<HTMLTextAreaElement> {
  return (box) => {
    void voice.back;
    const options = untrack(() => optionsOf(desk, open, mode, box));
    void lookAfter(desk, open, mode);
    strip.offer(options).catch(notices.failure);
    return () => strip.leave(options.form);
  };
}

/** Shows what was recorded in a conversation that is somebody else's now: to hear, to save, to throw away. */
export function offerLost(desk: Desk, conversation: number, form: HTMLElement, box: HTMLElement): () => void {
  const place = placeIn(desk.me, conversation);
  strip.offer({ place, locale: language.locale, form, box, rules, send: null, announce }).catch(notices.failure);
  return () => strip.leave(form);
}
