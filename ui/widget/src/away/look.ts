/** How it looks below the thread: a sheet of its own, which our policy allows, come with what it dresses. */
const LOOKS = `
.away { margin: 4px 0 12px; padding: 12px 16px 14px; border: 1px solid var(--line); border-radius: 16px; font: 400 13px/20px var(--font);
  color: var(--text-2); overflow-wrap: anywhere; }
.away b { display: block; font-weight: 600; color: var(--text); }
.away label { display: block; margin: 10px 0 4px; font-weight: 500; }
.away div { display: flex; gap: 8px; }
.away input { flex: 1; min-width: 0; height: 44px; padding: 0 12px; font: 400 16px/24px var(--font); color: var(--text);
  background: var(--surface); border: 1px solid var(--line-control); border-radius: var(--radius-control); }
.away input:focus-visible { outline-offset: -1px; border-color: var(--accent); }
.away input[aria-invalid=true] { border-color: var(--late); }
.away button { flex: none; height: 44px; padding: 0 16px; border-radius: var(--radius-full); background: var(--brand);
  color: var(--brand-ink); font-weight: 600; box-shadow: inset 0 0 0 1px var(--edge); }
.away button[aria-disabled=true] { background: var(--sunken); color: var(--text-3); box-shadow: none; cursor: default; }
.away .why { margin-top: 4px; color: var(--late-ink); }
.away p:empty { display: none; }
`;

let dressed = false;

export function dress(): void {
  if (dressed) return;
  dressed = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(LOOKS);
  document.adoptedStyleSheets.push(sheet);
}
