/** The few words the loader itself needs: open, close, hide. The chat brings its own. */
const WORDS: Record<string, readonly [open: string, close: string, hide: string]> = {
  es: ['Abrir el chat', 'Cerrar el chat', 'Ocultar'],
  en: ['Open the chat', 'Close the chat', 'Hide'],
  pt: ['Abrir o chat', 'Fechar o chat', 'Ocultar'],
};

/** The first of the browser's languages that we speak, else the inbox's, else English; and its words. */
export function pickLanguage(hint: unknown): [language: string, words: readonly [string, string, string]] {
  const spoken = [...navigator.languages, hint, 'en'].map((tag) => String(tag).slice(0, 2));
  const language = spoken.find((tag) => Object.keys(WORDS).includes(tag)) as string;
  return [language, WORDS[language] as readonly [string, string, string]];
}
