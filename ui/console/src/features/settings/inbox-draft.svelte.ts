/** An inbox while it is edited: what has changed, what is wrong before the server is asked. */
import { isColour } from '@recado/shared/contrast.ts';
import type { Ask, Inbox, InboxWrite } from '@recado/shared/wire.ts';
import { t } from '../../state/language.svelte.ts';

export class InboxDraft {
  private readonly before: string;
  name = $state('');
  department = $state('');
  sites = $state('');
  colour = $state('#3451d1');
  greeting = $state('');
  askName = $state<Ask>('optional');
  askEmail = $state<Ask>('optional');

  constructor(inbox: Inbox | null, department: number | undefined) {
    this.name = inbox?.name ?? '';
    this.department = String(inbox?.department.id ?? department ?? '');
    this.sites = inbox?.sites.join('\n') ?? '';
    this.colour = inbox?.colour ?? this.colour;
    this.greeting = inbox?.greeting ?? t('inbox.greetingDefault');
    this.askName = inbox?.ask_name ?? 'optional';
    this.askEmail = inbox?.ask_email ?? 'optional';
    this.before = JSON.stringify(this.form);
  }

  /** What is sent to the server. A site typed with a path or without a scheme becomes its origin. */
  get form(): InboxWrite {
    return {
      name: this.name.trim(),
      department: Number(this.department),
      sites: this.sites
        .split(/[\s,]+/u)
        .filter(Boolean)
        .map((site) => originOf(site) ?? site),
      colour: this.colour.toLowerCase(),
      greeting: this.greeting.trim(),
      ask_name: this.askName,
      ask_email: this.askEmail,
    };
  }

  get changed(): boolean {
    return JSON.stringify(this.form) !== this.before;
  }

  /** Messages by field for what the page itself can see. */
  get mistakes(): Record<string, string> {
    const found: Record<string, string> = {};
    const wrong = this.form.sites.find((site) => originOf(site) === null);
    if (this.form.name === '') found.name = t('field.empty');
    if (wrong !== undefined) found.sites = t('inbox.siteWrong', { site: wrong });
    if (!isColour(this.colour)) found.colour = t('inbox.colourWrong');
    return found;
  }
}

const LOCAL = /^(localhost|[\d.]+|\[[\da-f:]+\])$/iu;

/** "https://shop.example" of whatever was typed for a site (http where it is a machine of one's own); null where it is none. */
export function originOf(site: string): string | null {
  const typed = /^https?:\/\//iu.test(site) ? site : `https://${site}`;
  if (!URL.canParse(typed)) return null;
  const url = new URL(typed);
  const local = LOCAL.test(url.hostname);
  if (local && typed !== site) url.protocol = 'http:';
  return local || url.hostname.includes('.') ? url.origin : null;
}
