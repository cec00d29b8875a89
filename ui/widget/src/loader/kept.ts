/** What the chat keeps with the site, beside the site's own things, under names that begin with the inbox's. */
let store: Record<string, string> = {};
try {
  store = localStorage;
} catch {
  // Where the browser forbids it, the chat lasts as long as the page.
}

/** All that is kept under `name`, also by other tabs, by the rest of its name. */
export function recall(name: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const key in store) if (`${key}:`.startsWith(`${name}:`)) found[key.slice(name.length)] = store[key]!;
  return found;
}

export function keep(key: string, text: string | null): void {
  try {
    if (text === null) delete store[key];
    else store[key] = text;
  } catch {
    // It is full.
  }
}
