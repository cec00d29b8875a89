/** How the picker looks: our tokens, and where it stands. */

function sheet(text: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

/** On the page: a popup above the form, and on a phone as wide as it. */
export const outside = sheet(`
  form:has(> emoji-picker) { position: relative; }
  emoji-picker {
    position: absolute;
    left: 8px;
    bottom: calc(100% + 6px);
    z-index: 10;
    width: min(352px, calc(100% - 16px));
    height: min(400px, 52dvh);
    outline: none;
    border-radius: var(--radius-control);
    box-shadow: var(--shadow-float);
    color: var(--text);
    animation: emoji-appear var(--quick) ease-out;
    --background: var(--raised);
    --border-color: var(--line);
    --border-radius: var(--radius-control);
    --outline-color: var(--accent);
    --indicator-color: var(--accent);
    --input-border-color: var(--line-control);
    --input-font-color: var(--text);
    --input-placeholder-color: var(--text-3);
    --input-border-radius: var(--radius-control);
    --input-font-size: 14px;
    --input-padding: 5px 10px;
    --category-font-color: var(--text-2);
    --category-font-size: 12px;
    --button-hover-background: var(--hover);
    --button-active-background: var(--line);
    --emoji-size: 22px;
    --emoji-padding: 9px;
    --category-emoji-size: 18px;
  }
  :root[data-theme] emoji-picker { color-scheme: inherit; }
  @media (pointer: coarse) {
    emoji-picker {
      --input-font-size: 16px;
      --emoji-size: 24px;
      --emoji-padding: 10px;
      --input-padding: 11px 10px;
    }
  }
  @media (max-width: 640px) {
    emoji-picker { left: -1px; right: -1px; width: auto; }
  }
  @keyframes emoji-appear { from { opacity: 0; } }
`);

/** Within: where its own variables do not reach. */
export const inside = sheet(`
  .emoji, button.emoji { border-radius: var(--border-radius); }
  .favorites { flex: none; border-top: 0; border-bottom: 1px solid var(--border-color); }
  .nav { flex: none; }
  .nav-button { min-width: 0; }
  .nav-emoji { width: 100%; height: var(--total-emoji-size); }
  .category { position: sticky; top: 0; z-index: 1; background: var(--background); font-weight: 600; padding: 8px 10px 4px; }
  @media (pointer: coarse) { .nav-emoji { min-height: 44px; } }
  .search-row { padding-inline: var(--emoji-padding) 4px; }
  .message { color: var(--category-font-color); font-size: 14px; }
`);
