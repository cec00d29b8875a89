/** What is sent together of a draft: words beside files are short, unless both are those of one quick reply. */
import { afterEach, expect, test, vi } from 'vitest';
import type { Attachment, Reply } from '@recado/shared/wire.ts';
import type { OpenConversation } from '../src/state/conversation.svelte.ts';
import type { Desk } from '../src/state/desk.svelte.ts';
import type { Lost } from '../src/state/draft-shelf.ts';
import { notices } from '../src/state/notices.svelte.ts';
import { filesBeside, sendAll, takeFiles } from '../src/features/desk/waiting.ts';

const LONG = 'Estas son nuestras tarifas. '.repeat(10).trim();
const file = (id: string): Attachment => ({ id, name: `${id}.pdf`, type: 'application/pdf', size: 1, width: null, height: null, thumbnail: false, sound: null });
const reply = (id: number): Reply => ({
  ...{ id, name: 'tarifas', title: null, text: LONG, scope: 'all', department: null, uses: 0, changeable: false, version: 1, files: [file('its')] },
});

afterEach(() => (vi.unstubAllGlobals(), vi.useRealTimers()));

/** Which messages go, each as its text and its files, where a reply's file is put into the draft, then others. */
async function sent(words: string, begun: number | undefined, ...others: string[]): Promise<[string, string[]][]> {
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify([file('its')])));
  const files: Attachment[] = [];
  const gone: [string, string[]][] = [];
  const send = (_: number, text: string, extra: { files?: readonly Attachment[] }): unknown => gone.push([text, (extra.files ?? []).map(({ id }) => id)]);
  const desk = {
    drafts: { files: { of: () => files, attaching: () => undefined, add: (_: number, __: string, one: Attachment) => files.push(one) }, get: () => '', clear: () => undefined },
    ...{ send, sender: { send, of: () => [] }, open: null, pane: () => null, replies: { items: [reply(5)] } },
  } as unknown as Desk;
  await takeFiles(desk, 1, 'answer', reply(5));
  files.push(...others.map(file));
  sendAll(desk, { id: 1, model: { conversation: {}, visitor: {} }, quotation: { take: () => ({}) } } as unknown as OpenConversation, 'answer', words, { reply: begun });
  return gone;
}

test('a long text goes with the files of the reply that it was begun with, and with no others', async () => {
  expect(await sent(LONG, 5)).toEqual([[LONG, ['its']]]);
  expect(await sent(LONG, 6)).toEqual([[LONG, []], ['', ['its']]]);
  expect(await sent(LONG, 5, 'mine')).toEqual([[LONG, []], ['', ['its', 'mine']]]);
  expect(await sent('Breve', 5, 'mine')).toEqual([['Breve', ['its', 'mine']]]);
});

test('on a page that was loaded anew the words of a reply go with its files still, and words of another kind do not', async () => {
  expect(await sent(`Hola: ${LONG} ¿Algo más?`, undefined)).toEqual([[`Hola: ${LONG} ¿Algo más?`, ['its']]]);
  expect(await sent(`${LONG} ¿Algo más?`, undefined, 'mine')).toEqual([[`${LONG} ¿Algo más?`, []], ['', ['its', 'mine']]]);
  const other = LONG.replaceAll('tarifas', 'horas');
  expect(await sent(other, undefined)).toEqual([[other, []], ['', ['its']]]);
});

test('where the answer is lost the same is asked again, and what then still fails is told once', async () => {
  vi.useFakeTimers();
  const asked: unknown[] = [];
  const answers = [() => Promise.reject(new TypeError('cut')), () => Promise.resolve(new Response(JSON.stringify([file('its')])))];
  vi.stubGlobal('fetch', (path: string, { body }: RequestInit) => {
    asked.push([path, body]);
    return (answers[asked.length - 1] ?? answers[0]!)();
  });
  const files: string[] = [];
  const desk = { drafts: { files: { add: (_: number, __: string, one: Attachment) => files.push(one.id) } } } as unknown as Desk;
  const taking = takeFiles(desk, 1, 'answer', reply(5));
  await vi.runAllTimersAsync();
  await taking;
  expect(files).toEqual(['its']);
  expect(asked[1]).toEqual(asked[0]);
  const failing = takeFiles(desk, 1, 'answer', reply(5));
  await vi.advanceTimersByTimeAsync(3_000);
  await failing;
  expect(asked).toHaveLength(5);
  expect(notices.shown.filter(({ kind }) => kind === 'failure')).toHaveLength(1);
});

test('a text that was not sent is shown with its files at once, each of them beside one text', () => {
  const lost = (id: number, changes: Partial<Lost> = {}): Lost => ({ id, conversation: null, mode: 'answer', body: `${id}`, updated_at: id, from: 1, ...changes });
  const beside = (orphans: readonly Lost[]): string[][] => {
    const files = { of: (from: number, mode: string) => (from === 1 && mode === 'answer' ? [file('a')] : []) };
    return orphans.map((one) => filesBeside({ drafts: { orphans, files } } as unknown as Desk, one).map(({ id }) => id));
  };
  expect(beside([lost(-1), lost(-2), lost(-3, { mode: 'note' }), lost(-4, { from: 2 })])).toEqual([['a'], [], [], []]);
  expect(beside([lost(-1), lost(2, { files: [file('a'), file('b')] })])).toEqual([[], ['a', 'b']]);
});
