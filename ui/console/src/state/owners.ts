/**
 * What words are written for, by one number: a conversation with a customer by its own, a direct one by its own below nought.
 * So drafts, files, quotations and what is on its way are kept for both by the same code, and never for one of the other's.
 */

/** The number by which a direct conversation is known on these pages. */
export const direct = (number: number): number => -number;

export const isDirect = (owner: number): boolean => owner < 0;

/** Under which address the server has it. */
export const pathOf = (owner: number): string => (isDirect(owner) ? `/directs/${-owner}` : `/conversations/${owner}`);

/** Where the page shows it. */
export const addressOf = (owner: number): string => (isDirect(owner) ? `/internal/${-owner}` : `/desk/${owner}`);
