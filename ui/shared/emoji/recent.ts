/** Which emoji somebody has used last, and which skin tone they have chosen: kept in their browser under a name that is theirs. */
import type { KeyStore } from '../outbox-keep.ts';

export type Store = Pick<KeyStore, 'getItem' | 'setItem'>;

/** More are not kept: a row of the picker shows eight. */
const KEPT = 24;

/** What is offered to whoever has used none yet. */
export const COMMON = ['👍', '😊', '🙏', '👋', '❤️', '🎉', '😀', '😂', '✅', '👏', '🙌', '😉', '🤔', '😅', '💪', '🚀'];

export class Recent {
  private readonly store: Store;
  private readonly key: string;
  /** Where the browser stores nothing it lives as long as this. */
  private held: string | null = null;

  constructor(store: Store, key: string) {
    this.store = store;
    this.key = key;
  }

  /** The last one first, then what many use. */
  get all(): string[] {
    return [...new Set([...this.read().used, ...COMMON])];
  }

  /** 0: the yellow one; 1 to 5: from light to dark. */
  get tone(): number {
    return this.read().tone;
  }

  set tone(tone: number) {
    this.write({ ...this.read(), tone });
  }

  use(unicode: string): void {
    const { used, tone } = this.read();
    this.write({ used: [unicode, ...used.filter((one) => one !== unicode)].slice(0, KEPT), tone });
  }

  private read(): { used: string[]; tone: number } {
    try {
      const said = JSON.parse(this.held ?? this.store.getItem(this.key) ?? '{}') as { used?: unknown; tone?: unknown };
      const used = Array.isArray(said.used) ? said.used.filter((one) => typeof one === 'string') : [];
      return { used, tone: Number(said.tone) || 0 };
    } catch {
      return { used: [], tone: 0 };
    }
  }

  private write(said: { used: string[]; tone: number }): void {
    const text = JSON.stringify(said);
    try {
      this.store.setItem(this.key, text);
    } catch {
      this.held = text;
    }
  }
}
