/** What the picker of emoji needs to be built into pages of ours. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { rowsFor } from './make.ts';

const DIST = join(import.meta.dirname, '../dist');
const PICKER = 'emoji-picker-element/picker.js';

/**
 * Where its author wrote an inline style, which our policy forbids, the same by the ways that it allows; and the place of its
 * own database, with its own fetching and its own memory of who used what, stays empty: ours is handed to it.
 */
const INSTEAD: readonly (readonly [written: string, instead: string])[] = [
  [
    `const style = document.createElement('style');
    style.textContent = baseStyles + EXTRA_STYLES;
    this.shadowRoot.appendChild(style);`,
    `const style = new CSSStyleSheet();
    style.replaceSync(baseStyles + EXTRA_STYLES);
    this.shadowRoot.adoptedStyleSheets = [style];`,
  ],
  [
    'targetNode.setAttribute(attributeName, newValue);',
    "if (attributeName === 'style') targetNode.style.cssText = newValue; else targetNode.setAttribute(attributeName, newValue);",
  ],
  ["import Database from './database.js';", 'class Database {}'],
];

export function emoji(): Plugin {
  let taken = false;
  return {
    name: 'emoji',
    buildStart() {
      mkdirSync(DIST, { recursive: true });
      for (const locale of ['es', 'en', 'pt'] as const)
        writeFileSync(join(DIST, `emoji-${locale}.json`), JSON.stringify(rowsFor(locale)));
    },
    transform(code, id) {
      if (!id.endsWith(PICKER)) return null;
      taken = true;
      const lost = INSTEAD.filter(([written]) => code.split(written).length !== 2);
      if (lost.length > 0) this.error(`the picker has changed: ${lost.map(([written]) => written).join(' … ')}`);
      return INSTEAD.reduce((whole, [written, instead]) => whole.replace(written, () => instead), code);
    },
    buildEnd(error) {
      if (error === undefined && !taken && this.meta.watchMode === false) this.error('the picker is not where it was');
    },
  };
}
