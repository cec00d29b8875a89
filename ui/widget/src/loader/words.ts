/** The few words the loader itself needs. The chat brings its own. */
export type Words = readonly [open: string, close: string, hide: string];

export const WORDS: Record<string, Words> = {
  es: ['Abrir el chat', 'Cerrar el chat', 'Ocultar'],
  en: ['Open the chat', 'Close the chat', 'Hide'],
  pt: ['Abrir o chat', 'Fechar o chat', 'Ocultar'],
};

/** The first of the browser's languages that we speak, else the inbox's, else English. */
export function pickLanguage(hint: unknown): string {
  const spoken = [...navigator.languages, hint].map((tag) => String(tag).slice(0, 2));
  return spoken.find((tag) => tag in WORDS) ?? 'en';
}
