/** How the dialog for files looks: a sheet of its own, which our policy allows, come with what it dresses. */
import { lineIcon } from '@recado/shared/make.ts';

const LOOKS = `
.attach { display: flex; flex-direction: column; width: min(480px, 100% - 16px); max-width: none; max-height: calc(100% - 16px);
  margin: auto; padding: 0; border: 1px solid var(--line); border-radius: 16px; overflow: hidden; background: var(--surface);
  color: var(--text); font: var(--chat); box-shadow: var(--shadow-float); animation: rise var(--quick) ease-out; }
.attach:not([open]) { display: none; }
.attach::backdrop { background: rgb(10 12 20 / 0.45); }
.attach header, .attach footer { flex: none; display: flex; align-items: center; gap: 8px; padding: 10px 10px 6px 16px; }
.attach h2 { flex: 1; font: 600 16px/24px var(--font); }
.attach footer { flex-wrap: wrap; justify-content: flex-end; padding: 10px 16px max(12px, env(safe-area-inset-bottom));
  border-top: 1px solid var(--line); }
.attach footer p { flex: 1 0 100%; }
.attach footer p:empty { display: none; }
.attach .scroll { flex: 1; min-height: 0; padding: 4px 16px 14px; overflow: hidden auto; scrollbar-width: thin; }
.attach button { flex: none; min-height: 40px; padding: 0 16px; border-radius: var(--radius-full); font-weight: 600; }
.attach button:not([type=submit]):hover { background: var(--hover); }
.attach .icon { display: grid; place-items: center; width: 36px; min-height: 36px; padding: 0; color: var(--text-2); }
.attach [type=submit] { background: var(--brand); color: var(--brand-ink); box-shadow: inset 0 0 0 1px var(--edge); }
.attach [aria-disabled=true] { background: var(--sunken); color: var(--text-3); box-shadow: none; cursor: default; }
.attach svg, .held svg { display: block; flex: none; width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 1.75;
  stroke-linecap: round; stroke-linejoin: round; }
.attach .drop { position: relative; display: grid; justify-items: center; gap: 6px; padding: 20px 16px;
  border: 1px dashed var(--line-control); border-radius: 12px; background: var(--sunken); color: var(--text-2);
  text-align: center; cursor: pointer; }
.attach .drop:hover { border-color: var(--accent); }
.attach .drop:focus-within { outline: 2px solid var(--accent); outline-offset: 2px; }
.attach .drop b { color: var(--accent); font-weight: 600; }
.attach [type=file] { position: absolute; inset: 0; width: 100%; opacity: 0; cursor: pointer; }
.attach ul { padding: 0; list-style: none; }
.attach .formats { display: flex; flex-wrap: wrap; gap: 4px 14px; margin: 10px 0 12px; font: var(--small); }
.attach .formats:empty { display: none; }
.attach .formats b { font-weight: 600; }
.attach .formats span, .attach .words span { color: var(--text-3); font-variant-numeric: tabular-nums; }
.attach .row { display: flex; gap: 10px; align-items: center; margin-bottom: 10px; }
.attach .row > div { flex: 1; min-width: 0; }
.attach .row b { display: block; text-align: -webkit-match-parent; text-align: match-parent; font-weight: 500; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.attach .sign { flex: none; display: grid; place-items: center; width: 44px; height: 44px; border-radius: 8px;
  background: var(--theirs); color: var(--text-2); font: 600 12px/16px var(--font); object-fit: cover; }
.attach .wrong .sign { background: color-mix(in srgb, var(--late-ink) 10%, transparent); color: var(--late-ink); }
.attach p, .held p { font: var(--small); color: var(--text-2); font-variant-numeric: tabular-nums; }
.attach .why, .attach span.why, .held .why { color: var(--late-ink); font-weight: 500; }
.attach .wait { color: var(--waiting-ink); }
.attach progress { display: block; appearance: none; width: 100%; height: 6px; margin: 3px 0; border: 0;
  border-radius: var(--radius-full); overflow: hidden; background: var(--line); }
.attach progress::-webkit-progress-bar { background: var(--line); }
.attach progress::-webkit-progress-value { background: var(--accent); }
.attach progress::-moz-progress-bar { background: var(--accent); }
.attach .words { display: flex; justify-content: space-between; gap: 12px; margin-bottom: 4px; font: var(--small); font-weight: 500; }
.attach .words span { font-weight: 400; }
.attach [type=text] { width: 100%; min-height: 40px; padding: 8px 12px; border: 1px solid var(--line-control);
  border-radius: var(--radius-control); background: none; color: inherit; font: inherit; }
.attach [type=text][aria-invalid=true] { border-color: var(--late-ink); }
form:has(> .held) { flex-wrap: wrap; }
.held { order: -1; flex: 1 1 100%; min-width: 0; display: flex; align-items: center; gap: 10px; padding: 0 4px 4px 8px; }
.held p { flex: 1; }
.held .back { flex: 1; min-width: 0; padding: 0 4px 0 0; overflow: hidden; background: none; box-shadow: none; color: var(--text-2);
  font: var(--small); text-align: start; text-overflow: ellipsis; white-space: nowrap; }
.held .back b { display: block; white-space: normal; }
.held .icon { flex: none; padding: 0 8px; background: none; box-shadow: none; color: var(--text-2); }
.held button { display: block; width: auto; min-height: 36px; padding: 0 14px; font: 600 13px/20px var(--font); }
.drop-here { position: fixed; inset: 8px; z-index: 5; display: grid; place-items: center; padding: 16px; text-align: center;
  border: 2px dashed var(--accent); border-radius: 16px; font: 600 16px/24px var(--font); color: var(--accent);
  background: color-mix(in srgb, var(--surface) 92%, var(--accent)); pointer-events: none; }
@media (pointer: coarse) {
  .attach [type=text] { min-height: 44px; font-size: 16px; }
  .attach button, .held button { min-height: 44px; }
  .attach .icon { width: 44px; }
}
`;
const looks = new CSSStyleSheet();
looks.replaceSync(LOOKS);

export function dress(): void {
  if (!document.adoptedStyleSheets.includes(looks)) document.adoptedStyleSheets.push(looks);
}

const PATHS = {
  check: 'm5 12.5 4.5 4.5L19 7.5',
  cross: 'm7 7 10 10M17 7 7 17',
  retry: 'M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5',
  up: 'M12 16V5M7.5 9.5 12 5l4.5 4.5M5 16v2.5h14V16',
};

/** A line icon; decorative. */
export const icon = (name: keyof typeof PATHS): SVGElement => lineIcon(PATHS[name]);
