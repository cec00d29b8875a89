// The answer to a part of the console that is no more: its page was opened before an upgrade, and says so.
dispatchEvent(new Event('recado-outdated'));
