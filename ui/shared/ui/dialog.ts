/** Where the focus goes when a dialog opens and closes, and what of the page may be touched meanwhile. */

/** A form inside has put the focus where it belongs; otherwise its first field, otherwise what comes first. */
export function firstField(event: Event): void {
  const dialog = document.querySelector('[role=dialog]');
  const field = dialog?.querySelector<HTMLElement>('input:not([type=checkbox]), textarea, select');
  if (!field) return;
  event.preventDefault();
  if (!dialog?.contains(document.activeElement)) field.focus();
}

export function leadTo(place: HTMLElement | null, event: Event): void {
  if (place === null) return;
  event.preventDefault();
  place.focus();
}

/** A notice about something else may be read, undone and sent away without losing what is written here. */
export function stayFor(event: Event): void {
  if ((event.target as Element).closest('[data-notices]')) event.preventDefault();
}
