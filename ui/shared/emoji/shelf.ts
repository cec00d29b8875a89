/** What the picker asks of its database, answered from the catalogue and from what somebody has used. */
import type { Locale } from '../wire.ts';
import { findEmoji, loadEmoji, type Emoji } from './catalogue.ts';
import type { Recent } from './recent.ts';

/** What the picker goes by: of the interface of its own `Database`, the part that it calls. */
export class Shelf {
  readonly locale: Locale;
  /** It compares this with its own setting. */
  readonly dataSource = '';
  customEmoji: readonly unknown[] = [];
  private readonly recent: Recent;
  private all: readonly Emoji[] = [];
  private byUnicode = new Map<string, Emoji>();

  constructor(locale: Locale, recent: Recent) {
    this.locale = locale;
    this.recent = recent;
  }

  async ready(): Promise<void> {
    if (this.all.length > 0) return;
    this.all = await loadEmoji(this.locale);
    this.byUnicode = new Map(this.all.map((one) => [one.unicode, one]));
  }

  async getEmojiByGroup(group: number): Promise<Shown[]> {
    await this.ready();
    return this.all.filter((one) => one.group === group).map(shown);
  }

  async getEmojiBySearchQuery(query: string): Promise<Shown[]> {
    await this.ready();
    return findEmoji(this.all, query, this.recent.all).map(shown);
  }

  async getEmojiByUnicodeOrName(unicode: string): Promise<Shown | null> {
    await this.ready();
    const found = this.byUnicode.get(unicode);
    return found ? shown(found) : null;
  }

  async getTopFavoriteEmoji(most: number): Promise<Shown[]> {
    await this.ready();
    return this.recent.all.flatMap((unicode) => this.byUnicode.get(unicode) ?? []).slice(0, most).map(shown);
  }

  async incrementFavoriteEmojiCount(unicode: string): Promise<void> {
    this.recent.use(unicode);
  }

  async getPreferredSkinTone(): Promise<number> {
    return this.recent.tone;
  }

  async setPreferredSkinTone(tone: number): Promise<void> {
    this.recent.tone = tone;
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}

type Shown = Pick<Emoji, 'unicode' | 'group' | 'version' | 'name'> & { annotation: string; skins?: Emoji['skins'] };

/** As the picker wants it. Without a name of its own it would be read to the blind as itself and its name. */
const shown = ({ unicode, group, version, name, skins }: Emoji): Shown => ({
  unicode,
  group,
  version,
  name,
  annotation: name,
  ...(skins.length > 0 && { skins }),
});
