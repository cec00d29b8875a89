/**
 * Where messages lie until they are sent: in the browser's database, or, where it gives none, among its texts.
 *
 * The database is shared by all tabs, and what one transaction looks at and changes no other sees half done: so a tab can
 * take a message for itself, also where tabs cannot lock. Texts of earlier versions are moved over when it is opened.
 */

import { openChannel } from './channel.ts';

/** As much of the browser's `Storage` as is needed; a page that is denied it may bring its own. */
export type KeyStore = Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>;

/** What came of taking one: it is this tab's, another tab is sending it, or it no longer lies there. */
export type Taken = 'mine' | 'held' | 'gone';

/** For how long a tab takes something for itself; null where no other can want it. */
export type Lease = { readonly owner: string; readonly now: number; readonly until: number } | null;

/** Rejections mean that it is full, forbidden, has been taken away, or does not answer. */
export interface Shelf {
  all(prefix: string): Promise<unknown[]>;
  put(key: string, thing: object): Promise<void>;
  /** Removes all whose keys begin so; rejects where something may still lie there. */
  remove(prefix: string): Promise<void>;
  take(key: string, lease: Lease): Promise<Taken>;
}

const NAME = 'recado';
const ROOM = 'out';
/** What the browser's database has not done by then it may never do: a page may sleep in the middle of a step. */
const WITHIN_MS = 3_000;
const PREFIX = 'recado:out:';
/** The other tabs of this origin; a message on it does not come back to its sender. */
const tabs = openChannel(NAME);

/** The database, or else `texts`; with neither, nothing survives a reload. */
export async function openShelf(texts: KeyStore | null): Promise<Shelf> {
  let denied = true;
  try {
    const opening = open();
    denied = false;
    const shelf = room(await opening, texts);
    for (const [key, thing] of lying(texts, PREFIX)) {
      await shelf.put(key, thing as object);
      texts?.removeItem(key);
    }
    return shelf;
  } catch {
    return among(texts, denied);
  }
}

/** Calls back when another tab has changed what lies in the database. */
export function hearTabs(changed: () => void): () => void {
  tabs?.addEventListener('message', changed);
  return () => tabs?.removeEventListener('message', changed);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error!);
  });
}

function open(): Promise<IDBDatabase> {
  const opening = indexedDB.open(NAME);
  opening.onupgradeneeded = () => opening.result.createObjectStore(ROOM);
  const late = new Promise<never>((_, reject) => setTimeout(reject, WITHIN_MS));
  return Promise.race([done(opening), late]);
}

function room(database: IDBDatabase, texts: KeyStore | null): Shelf {
  /** Where it has not answered once, nothing waits for it until it does; steps are still begun, and in their order. */
  let patience = WITHIN_MS;
  const enter = <T>(act: (room: IDBObjectStore) => Promise<T>, mode: IDBTransactionMode = 'readwrite'): Promise<T> => {
    const once = async (): Promise<T> => act(database.transaction(ROOM, mode).objectStore(ROOM));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        patience = 0;
        reject(new Error('late'));
      }, patience);
      once()
        // Browsers close it behind a page that is not looked at.
        .catch(async () => {
          database = await open();
          return once();
        })
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
          patience = WITHIN_MS;
        });
    });
  };
  const change = async (act: (room: IDBObjectStore) => IDBRequest): Promise<void> => {
    await enter((all) => done(act(all)));
    tabs?.postMessage(0);
  };
  return {
    all: (prefix) => enter((all) => done(all.getAll(under(prefix))), 'readonly'),
    put: (key, thing) =>
      change((all) => all.put(thing, key)).catch((problem) => {
        // The next page moves it over.
        texts?.setItem(key, JSON.stringify(thing));
        throw problem;
      }),
    remove: (prefix) => {
      sweep(texts, prefix);
      return change((all) => all.delete(under(prefix)));
    },
    take: (key, lease) =>
      enter(async (all) => {
        const found = (await done(all.get(key))) as { lease?: Lease } | undefined;
        if (!found) return 'gone';
        if (!lease) return 'mine';
        if (found.lease && found.lease.owner !== lease.owner && found.lease.until > lease.now) return 'held';
        await done(all.put({ ...found, lease }, key));
        return 'mine';
      }),
  };
}

const under = (prefix: string): IDBKeyRange => IDBKeyRange.bound(prefix, `${prefix}\uffff`);

/** `alone`: there is no database, as against one that does not open and may hold something. */
function among(texts: KeyStore | null, alone: boolean): Shelf {
  return {
    all: async (prefix) => lying(texts, prefix).map(([, thing]) => thing),
    // Without any texts this rejects: it is not kept.
    put: async (key, thing) => texts!.setItem(key, JSON.stringify(thing)),
    remove: async (prefix) => {
      sweep(texts, prefix);
      if (!alone) throw new Error('unknown');
    },
    take: async (key) => (texts?.getItem(key) === null ? 'gone' : 'mine'),
  };
}

/** Removes the texts under keys that begin so. */
export function sweep(texts: KeyStore | null, prefix: string): void {
  for (const key of keysOf(texts, prefix)) texts?.removeItem(key);
}

function keysOf(texts: KeyStore | null, prefix: string): string[] {
  const keys = Array.from({ length: texts?.length ?? 0 }, (_, index) => texts?.key(index) ?? '');
  return keys.filter((key) => key.startsWith(prefix));
}

/** The things under keys that begin so; broken ones are left alone. */
function lying(texts: KeyStore | null, prefix: string): [string, unknown][] {
  return keysOf(texts, prefix).flatMap((key): [string, unknown][] => {
    try {
      return [[key, JSON.parse(texts?.getItem(key) ?? 'null')]];
    } catch {
      return [];
    }
  });
}
