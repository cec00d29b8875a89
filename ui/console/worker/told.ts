/** What a push tells this browser, and which page a notification leads to. Pure. */

/** One notification of each conversation: a newer one takes the place of the one with its tag. */
export interface Shown {
  type: 'show';
  tag: string;
  title: string;
  body: string;
  /** Where it leads: an address of ours. */
  url: string;
  /** When it happened, in microseconds UTC. */
  at: number;
  /** How many are for me to look at; undefined where it does not say. */
  badge?: number;
}

/** What these tell of was seen elsewhere. */
export interface Cleared {
  type: 'clear';
  tags: readonly string[];
  badge?: number;
}

export type Told = Shown | Cleared;

const NOTHING: Shown = { type: 'show', tag: 'recado', title: 'Recado', body: '', url: '/desk', at: 0 };

/** A browser shows something for every push, or takes them away: what cannot be read leads to the desk. */
export function toldBy(text: string | undefined): Told {
  const told = parsed(text);
  const badge = typeof told.badge === 'number' ? told.badge : undefined;
  if (told.type === 'clear' && Array.isArray(told.tags)) return { type: 'clear', tags: told.tags.map(String), badge };
  if (typeof told.title !== 'string' || typeof told.tag !== 'string') return NOTHING;
  const body = typeof told.body === 'string' ? told.body : '';
  return { type: 'show', tag: told.tag, title: told.title, body, url: pathOf(told.url), at: Number(told.at) || 0, badge };
}

function parsed(text: string | undefined): Record<string, unknown> {
  try {
    return Object(JSON.parse(text ?? '')) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** A path of ours, whatever else was said. */
function pathOf(url: unknown): string {
  return typeof url === 'string' && /^\/(?![/\\])/.test(url) ? url : NOTHING.url;
}

/** An open page, the one that was used last first. */
export interface Page {
  url: string;
  frameType: string;
}

const pathIn = ({ url }: Page): string => new URL(url).pathname;
/** The chat on a site is of our origin, too, and no page of an operator's. */
const isOurs = (page: Page): boolean => page.frameType === 'top-level' && !pathIn(page).startsWith('/widget');

/** The page that goes where a notification leads: the one that is there, else the desk, else any. */
export function pageFor<P extends Page>(pages: readonly P[], url: string): P | undefined {
  const ours = pages.filter(isOurs);
  return (
    ours.find((page) => pathIn(page) === url) ?? ours.find((page) => /^\/(desk|internal)\b/.test(pathIn(page))) ?? ours[0]
  );
}

/** How many pages of operators are open. */
export const isOpen = (pages: readonly Page[]): boolean => pages.some(isOurs);
