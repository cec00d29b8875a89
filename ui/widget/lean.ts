import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/** Loads the styles of what is loaded later; here that has none of its own. */
const PRELOAD = 'vite/preload-helper';
const CLIENT = 'svelte/src/internal/client/';

/** Modules of the framework that serve what no page here does, and what takes their place. */
const INSTEAD: Record<string, string> = {
  // No state is proxied: `$state.raw` alone is used.
  'proxy.js': `
    export const proxy = (value) => value;
  `,
  // One component is mounted, once, for good; nothing is caught while drawing.
  'render.js': `
    import { TEXT_CACHE } from '#client/constants';
    import { pop, push } from './context.js';
    import { all_registered_events, handle_event_propagation, root_event_handles } from './dom/elements/events.js';
    import { create_text, init_operations } from './dom/operations.js';
    import { branch, component_root } from './reactivity/effects.js';
    const listen = (names) => names.forEach((name) => document.addEventListener(name, handle_event_propagation));
    export const mount = (Component, { target, props }) => {
      init_operations();
      component_root(() => {
        const anchor = target.appendChild(create_text());
        branch(() => (push({}), Component(anchor, props), pop()));
      });
      listen(all_registered_events);
      root_event_handles.add(listen);
    };
    export const set_text = (text, value) => {
      const said = String(value ?? '');
      if (said !== (text[TEXT_CACHE] ??= text.nodeValue)) text.nodeValue = text[TEXT_CACHE] = said;
    };
    export const should_intro = true;
  `,
  'dom/blocks/boundary.js': 'export class Boundary {}',
  // What is bound to a component's variable is an element, and no part of a list.
  'dom/elements/bindings/this.js': `
    import { effect } from '../../../reactivity/effects.js';
    import { untrack } from '../../../runtime.js';
    export const bind_this = (element, update) => {
      effect(() => (untrack(() => update(element)), () => update()));
      return element;
    };
  `,
  // Nothing is animated or drawn ahead of its turn: what a list no longer holds goes at once, and what it holds is put in its order.
  'dom/blocks/each.js': `
    import { EACH_IS_CONTROLLED, EACH_ITEM_REACTIVE } from '../../../../constants.js';
    import { internal_set, source } from '../../reactivity/sources.js';
    import { block, branch, destroy_effect } from '../../reactivity/effects.js';
    import { create_text } from '../operations.js';
    export const index = (_, place) => place;
    export const each = (node, flags, collect, key_of, render) => {
      const anchor = flags & EACH_IS_CONTROLLED ? node.appendChild(create_text()) : node;
      let known = new Map();
      block(() => {
        const items = new Map();
        [...collect()].forEach((value, place) => {
          const key = key_of(value, place);
          const item = items.get(key) ?? known.get(key) ?? {};
          if (item.source) internal_set(item.source, value);
          if (!item.effect) {
            if (flags & EACH_ITEM_REACTIVE) item.source = source(value);
            item.effect = branch(() => render(anchor, item.source ?? value, place));
          }
          items.set(key, item);
        });
        let next = null;
        known.forEach(({ effect }, key) => {
          if (items.has(key)) next ??= effect.nodes.start;
          else destroy_effect(effect);
        });
        known = items;
        if (next) for (const { effect: { nodes: { start, end } } } of items.values()) {
          if (start === next) next = end.nextSibling;
          else for (let one = start, after; one; one = after) {
            after = one !== end && one.nextSibling;
            next.before(one);
          }
        }
      });
    };
  `,
  'dom/blocks/branches.js': `
    import { branch, destroy_effect } from '../../reactivity/effects.js';
    export class BranchManager {
      constructor(anchor) {
        this.anchor = anchor;
      }
      ensure(key, draw) {
        if (key === this.key) return;
        const { effect } = this;
        this.key = key;
        this.effect = draw && branch(() => draw(this.anchor));
        if (effect) destroy_effect(effect);
      }
    }
  `,
  // Mistakes of ours are found by the pages that are not lean: those of development and of tests.
  'errors.js': "export * from '../shared/errors.js';",
  // Nothing is awaited while drawing.
  'reactivity/async.js': `
    import { derived } from './deriveds.js';
    export const flatten = (_, sync, __, draw) => draw(sync.map(derived));
  `,
};

/** What a module exports by name. */
const named = (code: string): string[] =>
  [...code.matchAll(/export (?:async )?(?:function\*?|class|const|let) (\w+)/g)].map(([, name]) => name!);

/** Part of a list that nothing here asks for, which the minifier must keep because of these dots. */
const SPREAD = '...DOM_BOOLEAN_ATTRIBUTES,';
const HYDRATING = ['export let hydrating = false;', 'hydrating = value;'] as const;

/**
 * Leaves out of the framework what only other pages have a use for: a visitor pays for every byte. Each part says what the
 * chat must not do, and `tests/lean.test.ts` that it does not. Whole modules alone are replaced: within those that stay nothing is
 * changed but two lines and a list, which are looked for as they are written. Fails where one of all these is no longer there.
 */
export function lean(): Plugin {
  const found = new Set<unknown>();
  return {
    name: 'lean',
    apply: 'build',
    enforce: 'pre',
    load(id) {
      if (id.includes(PRELOAD)) {
        found.add(PRELOAD);
        return 'export const __vitePreload = (load) => load();';
      }
      const part = Object.keys(INSTEAD).find((path) => id.endsWith(CLIENT + path));
      if (part === undefined) return null;
      found.add(part);
      const instead = INSTEAD[part]!;
      const others = named(readFileSync(id, 'utf8')).filter((name) => !named(instead).includes(name));
      return `${instead} const never = () => { throw Error('lean'); }; ${others.map((name) => `export { never as ${name} };`).join(' ')}`;
    },
    transform(code, id) {
      if (id.endsWith('svelte/src/utils.js') && code.includes(SPREAD)) {
        found.add(SPREAD);
        return code.replace(SPREAD, '');
      }
      // No page is ever hydrated; the framework's own constant is one as soon as nothing assigns to it.
      if (!id.endsWith(`${CLIENT}dom/hydration.js`) || !HYDRATING.every((text) => code.includes(text))) return null;
      found.add(HYDRATING);
      return code.replace(HYDRATING[0], 'export const hydrating = false;').replace(HYDRATING[1], '');
    },
    buildEnd(error) {
      const sought = [...Object.keys(INSTEAD), HYDRATING, SPREAD, PRELOAD];
      const lost = sought.filter((part) => !found.has(part));
      if (error === undefined && lost.length > 0) this.error(`the framework has changed: ${lost.join(', ')}`);
    },
  };
}
