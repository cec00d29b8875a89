/** Which question about the open conversation lies over the page. */
export type Question = 'transfer' | 'close' | 'pause' | 'block' | 'lookIn';

export const asking = $state<{ what: Question | null }>({ what: null });
