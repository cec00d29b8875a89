/**
 * Where recordings lie until the server has their message: in a database of the browser's own, piece by piece as they come.
 *
 * A place is whose it is and where it belongs, as `console:7:42:answer`. What is recorded has the id of the message that it
 * becomes, so that however often it is sent it arrives once. Whoever holds a recording open locks it: another tab of the
 * same browser does not offer it meanwhile, and what a tab left behind that has ended is offered by the next one.
 */
import { openChannel } from '../channel.ts';
import { hold as holdName, type LetGo } from '../hold.ts';

export interface Kept {
  /** The client id of its message. */
  readonly id: string;
  readonly place: string;
  /** As the recorder says it. */
  readonly type: string;
  /** Milliseconds of sound, as counted here; the server measures. */
  readonly ms: number;
  /** 64 whole numbers from 0 to 100, as heard by the meter. */
  readonly peaks: readonly number[];
  /** When it was begun, in milliseconds. */
  readonly at: number;
  /** It was handed to the outbox: that sends it, and nobody is asked about it any more. */
  readonly handed: boolean;
  /** Where its bytes are on their way at the server. */
  readonly upload?: string | null;
  /** The file that its message went with: nobody knows yet whether that arrived. */
  readonly posted?: string | null;
  /** Why the server would not have it. */
  readonly problem?: string | null;
}

/** Rejects where it is full or forbidden. */
export interface Keep {
  /** Whether it outlives the page. */
  readonly lasting: boolean;
  put(about: Kept): Promise<void>;
  /** In one step, as it lies there at that moment; one that has gone meanwhile stays gone. */
  change(id: string, to: (was: Kept) => Partial<Kept>): Promise<void>;
  /** The next piece of its sound. */
  add(about: Kept, index: number, bytes: ArrayBuffer): Promise<void>;
  /** Those whose places begin so, the oldest first. */
  list(place: string): Promise<Kept[]>;
  find(id: string): Promise<Kept | null>;
  /** All of its sound that lies here, in order. */
  sound(about: Kept): Promise<Blob>;
  remove(id: string): Promise<void>;
  /** Removes all whose places begin so. */
  clear(place: string): Promise<void>;
}

const NAME = 'recado-voice';
const ABOUT = 'about';
const PIECES = 'pieces';
/** What has not answered by then never may. */
const WITHIN_MS = 3_000;

let opened: Promise<Keep> | null = null;

/** The one of this page; in memory alone where the browser gives none. */
export const openKeep = (): Promise<Keep> => (opened ??= open().then(within, () => inMemory()).then(told));

/** The other tabs of this origin; a message on it does not come back to its sender. */
const tabs = openChannel(NAME);
const hearers = new Set<() => void>();
tabs?.addEventListener('message', () => hearers.forEach((hear) => hear()));

/** Calls back when a recording has come, changed or gone, in whichever tab; gives the way to stop that. */
export function watchKeep(changed: () => void): () => void {
  hearers.add(changed);
  return () => void hearers.delete(changed);
}

/** Tells of its changes; not of the pieces that follow a first one. */
function told(keep: Keep): Keep {
  const tell = (): void => {
    for (const hear of hearers) hear();
    tabs?.postMessage(0);
  };
  return {
    ...keep,
    put: (about) => keep.put(about).then(tell),
    change: (id, to) => keep.change(id, to).then(tell),
    add: (about, index, bytes) => keep.add(about, index, bytes).then(() => (index === 0 ? tell() : undefined)),
    remove: (id) => keep.remove(id).then(tell),
    clear: (place) => keep.clear(place).then(tell),
  };
}

/** For tests: the next one is opened anew, as by a page that was loaded again. */
export function closeKeep(): void {
  opened = null;
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error!);
  });
}

async function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(ABOUT, { keyPath: 'id' });
    opening.result.createObjectStore(PIECES);
  };
  const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), WITHIN_MS));
  return Promise.race([done(opening), late]);
}

function within(first: IDBDatabase): Keep {
  let database = first;
  const enter = async <T>(act: (about: IDBObjectStore, pieces: IDBObjectStore) => Promise<T>): Promise<T> => {
    const once = async (): Promise<T> => {
      // What is acknowledged outlives a power cut, where the browser can promise that.
      const step = database.transaction([ABOUT, PIECES], 'readwrite', { durability: 'strict' });
      const ended = new Promise<void>((resolve, reject) => {
        step.oncomplete = () => resolve();
        step.onabort = () => reject(step.error ?? new Error('aborted'));
      });
      ended.catch(() => undefined);
      const result = await act(step.objectStore(ABOUT), step.objectStore(PIECES));
      await ended;
      return result;
    };
    return once().catch(async (problem: unknown) => {
      // Browsers close it behind a page that is not looked at.
      if (!(problem instanceof DOMException) || problem.name !== 'InvalidStateError') throw problem;
      database = await open();
      return once();
    });
  };
  return {
    lasting: true,
    put: (one) => enter(async (about) => void (await done(about.put(one)))),
    change: (id, to) =>
      enter(async (about) => {
        const was = (await done(about.get(id))) as Kept | undefined;
        if (was) await done(about.put({ ...was, ...to(was) }));
      }),
    add: (one, index, bytes) =>
      enter(async (about, pieces) => {
        await done(pieces.put(bytes, [one.id, index]));
        await done(about.put(one));
      }),
    list: (place) => enter(async (about) => chosen((await done(about.getAll())) as Kept[], place)),
    find: (id) => enter(async (about) => ((await done(about.get(id))) as Kept | undefined) ?? null),
    sound: (one) =>
      enter(async (_, pieces) => new Blob((await done(pieces.getAll(piecesOf(one.id)))) as ArrayBuffer[], { type: one.type })),
    remove: (id) =>
      enter(async (about, pieces) => {
        await done(about.delete(id));
        await done(pieces.delete(piecesOf(id)));
      }),
    clear: (place) =>
      enter(async (about, pieces) => {
        for (const { id } of chosen((await done(about.getAll())) as Kept[], place)) {
          await done(about.delete(id));
          await done(pieces.delete(piecesOf(id)));
        }
      }),
  };
}

const piecesOf = (id: string): IDBKeyRange => IDBKeyRange.bound([id], [id, []]);
const chosen = (all: readonly Kept[], place: string): Kept[] =>
  all.filter((one) => one.place.startsWith(place)).sort((a, b) => a.at - b.at);

function inMemory(): Keep {
  const all = new Map<string, { about: Kept; pieces: ArrayBuffer[] }>();
  return {
    lasting: false,
    put: async (about) => void all.set(about.id, { about, pieces: all.get(about.id)?.pieces ?? [] }),
    change: async (id, to) => {
      const was = all.get(id);
      if (was) all.set(id, { ...was, about: { ...was.about, ...to(was.about) } });
    },
    add: async (about, index, bytes) => {
      const pieces = all.get(about.id)?.pieces ?? [];
      pieces[index] = bytes;
      all.set(about.id, { about, pieces });
    },
    list: async (place) => chosen([...all.values()].map(({ about }) => about), place),
    find: async (id) => all.get(id)?.about ?? null,
    sound: async ({ id, type }) => new Blob(all.get(id)?.pieces ?? [], { type }),
    remove: async (id) => void all.delete(id),
    clear: async (place) => {
      for (const { id } of chosen([...all.values()].map(({ about }) => about), place)) all.delete(id);
    },
  };
}

/**
 * Holds a recording, so that no other tab offers it: gives the way to let go of it, null where another tab holds it. Where
 * the browser has no locks all tabs may: what both send arrives once all the same.
 */
export const hold = (id: string): Promise<LetGo | null> => holdName(`recado:voice:${id}`);
