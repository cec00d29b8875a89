/** What jsdom lacks and the modules ask for when they load. */
window.matchMedia ??= () => new EventTarget() as MediaQueryList;
