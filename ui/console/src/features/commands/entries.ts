/** What the palette offers: the conversations of my lists, and every command that can be called now. */
import type { ConversationRow, DeskState, ListName } from '@recado/shared/wire.ts';
import { call } from '../../state/backend.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import { find, fold, type Findable } from '../../state/find.ts';
import { t, type Key } from '../../state/language.svelte.ts';
import { router } from '../../state/router.svelte.ts';
import { session } from '../../state/session.svelte.ts';
import { customerName } from '../desk/names.ts';
import type { Scene } from './scene.svelte.ts';
import { callable, type Command } from './table.ts';

export interface Entry extends Findable {
  id: string;
  label: string;
  /** Said small behind it: where it belongs. */
  hint: string;
  keys: string | null;
  /** Whose face is shown; null for a command. */
  face: { name: string | null; seed: number } | null;
  run: () => void;
}

const LISTS: readonly ListName[] = ['attending', 'waiting', 'paused', 'closed', 'archive'];
const WHERE: Record<ListName, Key> = {
  attending: 'desk.attending',
  waiting: 'desk.waiting',
  paused: 'desk.paused',
  closed: 'desk.closed',
  archive: 'desk.archive',
};
/** So many of each list are offered: who looks for more than the latest 2,000 searches. */
const MOST = 2_000;

export function commandEntries(scene: Scene): Entry[] {
  return callable(scene)
    .filter((command) => !command.keysOnly)
    .map((command) => commandEntry(command, scene));
}

function commandEntry(command: Command, scene: Scene): Entry {
  const label = t(command.label);
  const hint = t(`keys.group.${command.group}`);
  return {
    id: `command ${command.id}`,
    label,
    hint,
    hay: fold(label),
    keys: command.keys?.[0] ?? null,
    face: null,
    run: () => void command.run!(scene, ''),
  };
}

/** A list as far as it is offered; what I closed myself stands in *Closed*, not in the archive again. */
function shown(desk: Desk, list: ListName): readonly ConversationRow[] {
  const rows = desk.rows(list).slice(0, MOST);
  return list === 'archive' ? rows.filter((row) => !desk.row(row.id, 'closed')) : rows;
}

/** The conversations of my lists as the desk has them; on other pages those that wait or are attended are fetched. */
export async function conversationEntries(scene: Scene): Promise<Entry[]> {
  const { desk } = scene;
  if (desk) return LISTS.flatMap((list) => shown(desk, list).map((row) => conversationEntry(row, list, scene)));
  const state = await call<DeskState>('GET', '/desk');
  return (['attending', 'waiting'] as const).flatMap((list) =>
    state[list].items.map((row) => conversationEntry(row, list, scene)),
  );
}

function conversationEntry(row: ConversationRow, list: ListName, { desk }: Scene): Entry {
  const name = customerName(row);
  return {
    id: `conversation ${row.id}`,
    label: name,
    hint: `#${row.id} · ${t(WHERE[list])} · ${row.department.name}`,
    hay: fold(`${name} #${row.id} ${row.customer.email ?? ''}`),
    keys: null,
    face: { name: row.customer.name, seed: row.customer.id ?? row.id },
    run: () => {
      if (desk) desk.list = list;
      router.go(`/desk/${row.id}`);
    },
  };
}

/** Whom the server has found, apart from those who are offered already. */
export function foundEntries(rows: readonly ConversationRow[], known: readonly Entry[], scene: Scene): Entry[] {
  const there = new Set(known.map((entry) => entry.id));
  return rows.map((row) => conversationEntry(row, listOf(row), scene)).filter((entry) => !there.has(entry.id));
}

function listOf({ status, operator }: ConversationRow): ListName {
  return status === 'closed' && operator !== session.me?.id ? 'archive' : status;
}

/** What is offered for these letters: the conversation of exactly that number first. */
export function offered(query: string, conversations: readonly Entry[], commands: readonly Entry[], most: number): Entry[] {
  const exact = numberEntry(query, conversations);
  const named = query === '' ? conversations.slice(0, 8) : conversations;
  const others = find([...named, ...commands], query, most).filter((entry) => entry.id !== exact[0]?.id);
  return [...exact, ...others];
}

/** A number that is in none of the lists may still be a conversation that I can read. */
function numberEntry(query: string, known: readonly Entry[]): Entry[] {
  const number = String(Number(/^#?(\d{1,15})$/.exec(query.trim())?.[1] ?? 0));
  if (number === '0') return [];
  const there = known.find((entry) => entry.id === `conversation ${number}`);
  if (there) return [there];
  return [
    {
      id: `number ${number}`,
      label: t('palette.open', { id: number }),
      hint: '',
      hay: '',
      keys: null,
      face: null,
      run: () => router.go(`/desk/${number}`),
    },
  ];
}
