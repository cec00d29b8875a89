/** Where the page is: the path, by history, so that the browser's own back works everywhere. */
let path = $state(location.pathname);
let query = $state.raw(new URLSearchParams(location.search));
let hash = $state(location.hash);

function read(): void {
  path = location.pathname;
  query = new URLSearchParams(location.search);
  hash = location.hash;
}

addEventListener('popstate', read);
addEventListener('hashchange', read);

export const router = {
  get path(): string {
    return path;
  },
  get query(): URLSearchParams {
    return query;
  },
  /** What follows the #, without it. */
  get hash(): string {
    return hash.slice(1);
  },
  /** Go to an address of ours; `replace` leaves no step to come back to. */
  go(to: string, how: 'push' | 'replace' = 'push'): void {
    if (to === location.pathname + location.search + location.hash) return;
    const steps = (history.state as { steps?: number } | null)?.steps ?? 0;
    if (how === 'push') history.pushState({ steps: steps + 1 }, '', to);
    else history.replaceState({ steps }, '', to);
    read();
  },
  /** One step back where it stays within these pages, otherwise to `fallback`. */
  back(fallback: string): void {
    const steps = (history.state as { steps?: number } | null)?.steps ?? 0;
    if (steps > 0) history.back();
    else router.go(fallback, 'replace');
  },
};

/** An attachment for links: a plain click moves within the page, a click with a modifier stays the browser's. */
export function inPage(link: HTMLAnchorElement): () => void {
  const follow = (event: MouseEvent) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    router.go(link.pathname + link.search + link.hash);
  };
  link.addEventListener('click', follow);
  return () => link.removeEventListener('click', follow);
}
