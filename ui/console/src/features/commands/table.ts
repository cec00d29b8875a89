/**
 * Every command of the console, once: the keys, the table on `?` and the palette all come from here.
 *
 * A new one is one entry in `TABLE`. Its label is a key of the catalogues; without `run` it is only told of on `?`.
 */
import type { Availability, ListName, Mode } from '@recado/shared/wire.ts';
import type { Abilities, Deed } from '../../state/abilities.ts';
import { isAlarming } from '../../state/alarms.ts';
import { chosen } from '../../state/choices.svelte.ts';
import type { Desk } from '../../state/desk.svelte.ts';
import type { Key } from '../../state/language.svelte.ts';
import { notices } from '../../state/notices.svelte.ts';
import { router } from '../../state/router.svelte.ts';
import { session } from '../../state/session.svelte.ts';
import { asking, type Question } from '../desk/asking.svelte.ts';
import * as doing from '../desk/doing.ts';
import { signOut } from '../entrance/signing-out.ts';
import { beAvailable } from '../frame/availability.ts';
import { disturbNot } from '../frame/disturbing.ts';
import { MESSAGES } from './messages.ts';
import { PAGES } from './pages.ts';
import { over, singleKeys, type Scene } from './scene.svelte.ts';

export type Group = 'lists' | 'conversation' | 'writing' | 'pages' | 'page';

export interface Command {
  id: string;
  label: Key;
  group: Group;
  /** Each is one way to call it: 'j', 'g w' (one after the other), 'mod+k', 'Escape'. */
  keys?: readonly string[];
  /** Not in the palette: it says nothing there. */
  keysOnly?: boolean;
  /** Whether it can be done now; everything else is always there. */
  available?: (scene: Scene) => boolean;
  /** That is no matter of the moment: where it cannot be done there is nothing to tell of. */
  lasting?: boolean;
  /** Does it; false where this key means nothing here. */
  run?: (scene: Scene, key: string) => boolean | void;
}

/** Whether the table on `?` tells of it: a page that one may not open has no key. */
export function isTold({ keys, group, lasting, available }: Command, scene: Scene): boolean {
  if (keys === undefined) return false;
  return (!lasting && group !== 'pages') || (available?.(scene) ?? true);
}

const atDesk = ({ desk }: Scene): boolean => desk !== null;
const hasThread = ({ screen }: Scene): boolean => Boolean(screen?.thread);
const change = (patch: Parameters<typeof session.change>[0]): void =>
  void session.change(patch).catch(notices.failure);
const isNot = (availability: Availability) => (): boolean => session.me?.availability !== availability;
const isOpen = ({ desk }: Scene): boolean => Boolean(desk?.open?.model);
const rings = ({ desk }: Scene): boolean => Boolean(desk?.open?.model && isAlarming(desk.open.model.conversation));
const canWrite = (scene: Scene): boolean => isOpen(scene) || isTalking(scene);
const isTalking = ({ desk }: Scene): boolean => Boolean(desk?.talks.open?.model);

export const TABLE: readonly Command[] = [
  { id: 'next', label: 'keys.next', group: 'lists', keys: ['j', 'ArrowDown'], keysOnly: true, run: step(1) },
  { id: 'previous', label: 'keys.previous', group: 'lists', keys: ['k', 'ArrowUp'], keysOnly: true, run: step(-1) },
  { id: 'first', label: 'keys.first', group: 'lists', keys: ['Home'], keysOnly: true, run: edge('first') },
  { id: 'last', label: 'keys.last', group: 'lists', keys: ['End'], keysOnly: true, run: edge('last') },
  { id: 'open', label: 'keys.open', group: 'lists', keys: ['Enter'] },
  { id: 'waiting', label: 'keys.waiting', group: 'lists', keys: ['g w'], run: list('waiting') },
  { id: 'attending', label: 'keys.attending', group: 'lists', keys: ['g a'], run: list('attending') },
  { id: 'paused', label: 'keys.paused', group: 'lists', keys: ['g p'], run: list('paused') },
  { id: 'closed', label: 'keys.closed', group: 'lists', keys: ['g c'], run: list('closed') },
  {
    id: 'archive',
    label: 'keys.archive',
    group: 'lists',
    keys: ['g f'],
    available: ({ desk }) => desk?.hasArchive === true,
    lasting: true,
    run: list('archive'),
  },
  {
    id: 'departments-filter',
    label: 'keys.filter',
    group: 'lists',
    keys: ['f'],
    available: () => filterButton() !== null,
    run: () => {
      filterButton()?.focus();
      filterButton()?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    },
  },
  {
    id: 'answer',
    label: 'keys.answer',
    group: 'conversation',
    keys: ['r'],
    available: (scene) => isTalking(scene) || abilities(scene)?.answer === true,
    run: write('answer'),
  },
  { id: 'close', label: 'keys.close', group: 'conversation', keys: ['e'], available: can('close'), run: act(doing.close) },
  { id: 'close-with', label: 'keys.closeWith', group: 'conversation', keys: ['c'], available: can('close'), run: ask('close') },
  { id: 'claim', label: 'keys.claim', group: 'conversation', keys: ['a'], available: can('claim'), run: act(doing.claim) },
  { id: 'acknowledge', label: 'keys.acknowledge', group: 'conversation', keys: ['.'], available: rings, run: act(doing.acknowledge) },
  { id: 'note', label: 'keys.note', group: 'conversation', keys: ['n'], available: isOpen, run: write('note') },
  {
    id: 'mode',
    label: 'keys.mode',
    group: 'writing',
    keys: ['mod+i'],
    available: isOpen,
    run: (scene) => write(scene.desk?.open?.mode === 'note' ? 'answer' : 'note')(scene),
  },
  {
    id: 'pause',
    label: 'keys.pause',
    group: 'conversation',
    keys: ['p'],
    available: (scene) => can('pause')(scene) || can('resume')(scene),
    run: (scene) => (can('resume')(scene) ? act(doing.resume)(scene) : ask('pause')()),
  },
  { id: 'transfer', label: 'keys.transfer', group: 'conversation', keys: ['t'], available: can('transfer'), run: ask('transfer') },
  { id: 'release', label: 'keys.release', group: 'conversation', keys: ['l'], available: can('release'), run: act(doing.release) },
  { id: 'reopen', label: 'keys.reopen', group: 'conversation', keys: ['o'], available: can('reopen'), run: act(doing.reopen) },
  { id: 'write-first', label: 'keys.writeFirst', group: 'conversation', available: can('start'), run: startAgain },
  { id: 'block', label: 'keys.block', group: 'conversation', keys: ['b'], available: can('block'), run: ask('block') },
  {
    id: 'look',
    label: 'keys.look',
    group: 'conversation',
    keys: ['x'],
    available: (scene) => can('lookAway')(scene) || (scene.desk !== null && doing.mayLookIn(scene.desk)),
    run: (scene) => (can('lookAway')(scene) ? act(doing.lookAway)(scene) : ask('lookIn')()),
  },
  { id: 'attach', label: 'keys.attach', group: 'conversation', keys: ['u'], available: canWrite, run: tool('attach') },
  { id: 'voice', label: 'keys.voice', group: 'conversation', keys: ['v'], available: canWrite, run: tool('voice') },
  { id: 'panel', label: 'keys.panel', group: 'conversation', keys: ['i'], available: isOpen, run: () => panelButton()?.click() },
  {
    id: 'newest',
    label: 'keys.newest',
    group: 'conversation',
    keys: ['g n'],
    available: hasThread,
    run: ({ screen }) => void screen?.thread?.newest(),
  },
  ...MESSAGES,
  {
    id: 'date',
    label: 'keys.date',
    group: 'conversation',
    keys: ['g d'],
    available: (scene) => hasThread(scene) && scene.screen?.askDay != null,
    run: ({ screen }) => screen?.askDay?.(),
  },

  { id: 'send', label: 'keys.send', group: 'writing', keys: ['Enter'] },
  { id: 'line', label: 'keys.line', group: 'writing', keys: ['Shift+Enter'] },
  { id: 'emoji', label: 'keys.emoji', group: 'writing', keys: [':'] },
  { id: 'reply', label: 'keys.reply', group: 'writing', keys: ['/'] },
  { id: 'mention', label: 'keys.mention', group: 'writing', keys: ['@'] },
  { id: 'leave', label: 'keys.leave', group: 'writing', keys: ['Escape'], keysOnly: true, run: leave },

  { id: 'palette', label: 'keys.palette', group: 'page', keys: ['mod+k', '/'], keysOnly: true, run: () => toggle('palette') },
  { id: 'undo', label: 'keys.undo', group: 'page', keys: ['z'], keysOnly: true, run: ({ screen }) => notices.undo() || (screen?.afterwards?.undoLast() ?? false) },
  { id: 'help', label: 'keys.help', group: 'page', keys: ['?'], run: () => toggle('help') },
  {
    id: 'retry',
    label: 'keys.retry',
    group: 'page',
    available: ({ desk }) => desk?.connection.state === 'waiting',
    run: ({ desk }) => desk?.connection.retryNow(),
  },
  { id: 'keys-off', label: 'keys.off', group: 'page', available: () => singleKeys.on, run: () => singleKeys.set(false) },
  { id: 'keys-on', label: 'keys.on', group: 'page', available: () => !singleKeys.on, run: () => singleKeys.set(true) },
  { id: 'available', label: 'keys.available', group: 'page', available: isNot('available'), run: () => void beAvailable('available') },
  { id: 'busy', label: 'keys.busy', group: 'page', available: isNot('busy'), run: () => void beAvailable('busy') },
  { id: 'dnd', label: 'keys.dnd', group: 'page', run: () => toggle('dnd') },
  { id: 'disturb', label: 'keys.disturb', group: 'page', available: () => chosen.undisturbed !== null, run: () => void disturbNot(null) },
  { id: 'away', label: 'keys.away', group: 'page', available: isNot('away'), run: () => void beAvailable('away') },
  { id: 'rules', label: 'rules.title', group: 'page', available: atDesk, run: () => toggle('rules') },
  { id: 'light', label: 'keys.light', group: 'page', run: () => change({ theme: 'light' }) },
  { id: 'dark', label: 'keys.dark', group: 'page', run: () => change({ theme: 'dark' }) },
  { id: 'system', label: 'keys.system', group: 'page', run: () => change({ theme: 'system' }) },
  { id: 'es', label: 'keys.es', group: 'page', run: () => change({ locale: 'es' }) },
  { id: 'en', label: 'keys.en', group: 'page', run: () => change({ locale: 'en' }) },
  { id: 'pt', label: 'keys.pt', group: 'page', run: () => change({ locale: 'pt' }) },
  { id: 'out', label: 'keys.out', group: 'page', run: signOut },

  ...PAGES,
];

/** What can be called now. */
export function callable(scene: Scene): Command[] {
  return TABLE.filter((command) => command.run && (command.available?.(scene) ?? true));
}

function list(name: ListName): (scene: Scene) => void {
  return ({ desk }) => {
    if (!desk) return router.go(`/desk?list=${name}`);
    desk.list = name;
    document.getElementById(`tab-${name}`)?.focus();
  };
}

/** A page that has just opened: nothing has the focus yet. */
const nowhere = (): boolean => document.activeElement === document.body;

/** Moves the focus along the rows; arrow keys only where a row has it already, or nothing has. */
function step(by: 1 | -1): (scene: Scene, key: string) => boolean {
  return ({ desk, screen }, key) => {
    if (!screen?.rows) return false;
    if (key.startsWith('Arrow') && !screen.rows.hasFocus && !nowhere()) return false;
    void screen.rows.move(by, desk?.open?.id ?? desk?.talks.open?.number ?? null);
    return true;
  };
}

/** To an end of the list, where a row or nothing has the focus: elsewhere the page scrolls. */
function edge(which: 'first' | 'last'): (scene: Scene) => boolean {
  return ({ screen }) => {
    if (!screen?.rows || (!screen.rows.hasFocus && !nowhere())) return false;
    void screen.rows.edge(which);
    return true;
  };
}

/** What I may do with the open conversation. */
function abilities({ desk }: Scene): Abilities | null {
  const model = desk?.open?.model;
  return model ? desk.abilities(model) : null;
}

function can(deed: Deed): (scene: Scene) => boolean {
  return (scene) => abilities(scene)?.[deed] === true;
}

function act(deed: (desk: Desk, id: number) => Promise<unknown>): (scene: Scene) => void {
  return ({ desk }) => void (desk?.open && deed(desk, desk.open.id));
}

function startAgain({ desk }: Scene): void {
  if (desk?.open?.model) doing.start(desk, desk.open.model.conversation);
}

function ask(question: Question): () => void {
  return () => void (asking.what = question);
}

/** Puts the composer into a mode, and the focus into it. */
function write(mode: Mode): (scene: Scene) => void {
  return ({ desk }) => {
    if (desk?.open) desk.open.mode = mode;
    composer()?.focus();
  };
}

function filterButton(): HTMLElement | null {
  return document.querySelector<HTMLElement>('[data-department-filter]');
}

function panelButton(): HTMLElement | null {
  return document.querySelector<HTMLElement>('[data-panel-toggle]');
}

/** Presses a button below the box. */
function tool(name: 'attach' | 'voice'): () => void {
  return () => document.querySelector<HTMLElement>(`[data-${name}]`)?.click();
}

function composer(): HTMLElement | null {
  return document.querySelector<HTMLElement>('[data-composer]');
}

/** Esc closes what lies on top: the customer's panel, then the conversation. */
function leave({ desk }: Scene): boolean {
  if (!desk || router.path === '/desk' || router.path === '/internal') return false;
  if (router.query.get('panel') !== null) router.back(router.path);
  else router.go(router.path.startsWith('/internal') ? '/internal' : '/desk');
  return true;
}

function toggle(what: keyof typeof over): void {
  over[what] = !over[what];
}
