/** Without accents, in small letters: how texts are compared where somebody looks for them. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
