/**
 * How voice messages look, on both pages: a sheet of its own, which our policy allows, come with what it dresses. What a page
 * has to say stands in `--voice` (marks and the round button) and `--voice-on` (what lies on that); else it is as its text.
 */
const LOOKS = `
.voice { --mark: var(--voice, currentColor); position: relative; display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 10px; align-items: center;
  width: 250px; max-width: 100%; padding: 2px 0; white-space: normal; text-align: start; font: 500 12px/16px var(--font);
  font-variant-numeric: tabular-nums; }
.voice .icon, .voice-strip .icon { display: block; width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 1.75;
  stroke-linecap: round; stroke-linejoin: round; }
.voice .filled, .voice-strip .filled { fill: currentColor; }
.voice .name { grid-column: 1 / -1; font: 500 13px/20px var(--font); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; margin-bottom: 2px; }
.voice .round { display: grid; place-items: center; width: 40px; height: 40px; grid-row: span 2; border-radius: 50%;
  background: var(--mark); transition: filter 120ms ease-out; }
.voice .round .icon { color: var(--voice-on, Canvas); }
.voice .round:hover { filter: brightness(1.08); }
.voice :focus-visible, .voice-strip :focus-visible { outline: 2px solid var(--voice-focus, var(--accent)); outline-offset: 2px; }
.voice .wave { position: relative; height: 28px; margin: 0 -2px; padding: 0 2px; border-radius: 6px; cursor: pointer; touch-action: pan-y;
  color: var(--mark); }
.voice .wave svg { position: absolute; inset: 0 2px; width: calc(100% - 4px); height: 100%; stroke: currentColor; stroke-width: 2; stroke-linecap: round; fill: none; }
.voice .wave .all { opacity: 0.42; }
.voice .wave .played { clip-path: inset(-2px calc(100% - var(--played, 0%)) -2px -4px); }
.voice .wave .knob { position: absolute; top: 50%; left: calc(2px + (100% - 4px) * var(--at, 0)); width: 10px; height: 10px; margin: -5px;
  border-radius: 50%; background: currentColor; opacity: 0; transition: opacity 120ms ease-out; }
.voice .wave:hover .knob, .voice .wave:focus-visible .knob, .voice.begun .knob { opacity: 1; }
.voice .facts { display: flex; align-items: center; gap: 4px; min-height: 22px; }
.voice .facts .time { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.voice .wrong { color: var(--late-ink, inherit); }
.voice .facts .wrong { white-space: normal; overflow-wrap: anywhere; }
.voice .facts:has(.wrong) { grid-column: 1 / -1; }
.mine .voice .wrong { color: inherit; font-weight: 600; }
.voice .small { display: grid; place-items: center; min-width: 24px; height: 24px; padding: 0 5px; border-radius: 6px; color: inherit;
  font: 600 12px/16px var(--font); font-variant-numeric: tabular-nums; text-decoration: none; }
.voice .small:hover { background: color-mix(in srgb, currentColor 12%, transparent); }
.voice .small .icon { width: 16px; height: 16px; }
.voice progress { display: block; position: absolute; left: 50px; right: 0; bottom: 0; width: auto; height: 3px; appearance: none; border: 0; border-radius: 3px;
  overflow: hidden; background: color-mix(in srgb, currentColor 20%, transparent); }
.voice progress::-webkit-progress-bar { background: none; }
.voice progress::-webkit-progress-value { background: var(--mark); transition: width 200ms linear; }
.voice progress::-moz-progress-bar { background: var(--mark); }
.voice.loading .round .icon { animation: voice-wait 900ms ease-in-out infinite alternate; }
@keyframes voice-wait { to { opacity: 0.3; } }

.voicing > :is(textarea, button, .tools) { display: none; }
form:has(> .voice-strip.above) { flex-wrap: wrap; }
.voice-strip.above { order: -1; }
.voice-strip { flex: 1 0 100%; min-width: 0; display: grid; gap: 6px; color: var(--text); font: 500 13px/20px var(--font); animation: voice-come 120ms ease-out; }
@keyframes voice-come { from { opacity: 0; } }
.voice-strip .line { display: flex; align-items: center; gap: 4px; min-height: 40px; min-width: 0; }
.voice-strip .line > * { flex: none; }
.voice-strip p { margin: 0; padding: 0 8px; color: var(--text-2); text-wrap: pretty; }
.voice-strip p.warn { color: var(--waiting-ink); }
.voice-strip p.wrong { color: var(--late-ink); }
.voice-strip .line p { flex: 1; padding: 0 4px 0 8px; }
.voice-strip button { display: grid; place-items: center; width: 40px; height: 40px; padding: 0; border-radius: 50%; background: none; color: var(--text-2); box-shadow: none;
  transition: background 120ms ease-out; }
.voice-strip button:hover { background: var(--hover); }
.voice-strip button.go { background: var(--voice-send, var(--accent)); color: var(--voice-send-ink, var(--surface)); }
.voice-strip .line > .go { margin-inline-start: auto; }
.voice-strip button.go:hover { filter: brightness(1.06); }
.voice-strip button.bin:hover { color: var(--late-ink); }
.voice-strip button.word { width: auto; padding: 0 14px; border-radius: 999px; color: var(--text); font: 600 13px/20px var(--font); }
.voice-strip button.word.danger { background: color-mix(in srgb, var(--late) 14%, transparent); color: var(--late-ink); }
.voice-strip .clock { display: flex; align-items: center; gap: 8px; padding: 0 4px 0 6px; font-variant-numeric: tabular-nums; font-weight: 600; min-width: 62px; }
.voice-strip .clock i { width: 10px; height: 10px; border-radius: 50%; background: var(--late); }
.voice-strip .clock .rests { border-radius: 2px; background: var(--text-3); }
.voice-strip .clock i:not(.rests) { animation: voice-beat 1s ease-in-out infinite alternate; }
@keyframes voice-beat { to { opacity: 0.25; } }
.voice-strip .max { color: var(--text-3); font: 500 12px/16px var(--font); font-variant-numeric: tabular-nums; padding: 0 6px; white-space: nowrap; }
.voice-strip .max.soon { color: var(--waiting-ink); font-weight: 600; }
.voice-strip .live { flex: 1 1 0; min-width: 0; max-width: 640px; height: 32px; color: var(--voice-live, var(--accent)); stroke: currentColor; stroke-width: 2; stroke-linecap: round;
  mask-image: linear-gradient(90deg, transparent, #000 24px); }
.voice-strip.rests .live { color: var(--text-3); }
.voice-strip .space { flex: 1; }
.voice-strip .voice { flex: 1 1 0; width: auto; max-width: 520px; color: var(--text-2); --voice: var(--voice-live, var(--accent)); --voice-on: var(--surface); }
.voice-strip .voice .round { width: 40px; height: 40px; background: var(--mark); }
.voice-strip .voice .small { width: auto; height: 24px; border-radius: 6px; color: inherit; padding: 0 5px; }
.voice-said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@container (max-width: 420px) { .voice-strip .max:not(.soon) { display: none; } }
@media (max-width: 420px) { .voice-strip .max:not(.soon) { display: none; } }
@media (pointer: coarse) {
  .voice-strip button { width: 44px; height: 44px; }
  .voice .small { min-width: 40px; height: 32px; margin: -4px 0; }
}
@media (prefers-reduced-motion: reduce) {
  .voice-strip, .voice-strip .clock i, .voice.loading .round .icon { animation: none !important; }
}
@media (forced-colors: active) {
  .voice .round { border: 1px solid ButtonText; }
  .voice .round .icon { color: ButtonText; }
  .voice .wave { color: Highlight; }
}
`;
let looks: CSSStyleSheet | null = null;

export function dress(): void {
  if (looks !== null) return;
  looks = new CSSStyleSheet();
  looks.replaceSync(LOOKS);
  document.adoptedStyleSheets.push(looks);
}
