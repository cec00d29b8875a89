/** Whether the customer's panel is folded away on wide screens; remembered in this browser. */
const KEY = 'recado:panel';

function remembered(): boolean {
  try {
    return localStorage.getItem(KEY) === 'folded';
  } catch {
    return false;
  }
}

let folded = $state(remembered());

export const panel = {
  get folded(): boolean {
    return folded;
  },
  toggle(): void {
    folded = !folded;
    try {
      localStorage.setItem(KEY, folded ? 'folded' : 'open');
    } catch {
      // Without storage it is forgotten with the page.
    }
  },
};
