/** The words the Announcer reads out. One region for the page: two would talk over each other. */
export const announced = $state({ text: '' });

let turn = false;
let said = '';

/** Read `text` out politely. The same words twice in a row are read twice: a trailing space makes them new. */
export function announce(text: string): void {
  turn = text === said && !turn;
  said = text;
  announced.text = turn ? `${text}\u00a0` : text;
}

/** Takes back what is not so any more, unless something else was said since. */
export function unsay(text: string): void {
  if (said === text) announced.text = said = '';
}
