// The answer to a part of the chat that is no more: its page was opened before an upgrade. It loads itself anew, which keeps
// what is typed and what waits; not while something is recorded or chosen, and not where it has just been loaded.
if (performance.now() > 30_000 && !self.older) {
  self.older = true;
  let typed = document.activeElement?.value ? performance.now() : -Infinity;
  addEventListener('input', () => (typed = performance.now()));
  const look = () => {
    const busy = document.querySelector('.voicing, .voice-strip, dialog[open], .held') || performance.now() - typed < 3_000;
    if (busy) setTimeout(look, 1_000);
    else location.reload();
  };
  look();
}
throw new Error('this page is older than its server');
