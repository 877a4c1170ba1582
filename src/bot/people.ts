/** What Slack knows of people, as far as the bot needs it for language and requests. Decisions look people up afresh. */
import type { WebClient } from '@slack/web-api';
import type { Requester } from '../contracts/jobs.ts';
import type { Language } from '../contracts/text.ts';
import { orElse } from './deadline.ts';
import type { Interaction } from './interaction.ts';

export interface Known {
  readonly language?: Language;
  /** Verified, in lower case. */
  readonly email?: string;
  /** The Enterprise Grid id where there is one. */
  readonly id: string;
}

const KEPT_MS = 600_000;
const MOST = 5_000;
const PATIENCE_MS = 800;

/** `ja`, `ja-JP` → ja; every other locale → en. */
export function userLanguage(locale: string | undefined): Language | undefined {
  if (!locale) return undefined;
  return locale.toLowerCase().startsWith('ja') ? 'ja' : 'en';
}

export class People {
  readonly #client: WebClient;
  readonly #known = new Map<string, { at: number; what: Promise<Known> }>();

  constructor(client: WebClient) {
    this.#client = client;
  }

  /** Waits at most 0.8 s for Slack; undefined where it doesn't answer. */
  about(user: string): Promise<Known | undefined> {
    return orElse(PATIENCE_MS, this.#lookUp(user), undefined);
  }

  /** The one who asked, as a job carries them. Without an email where Slack has none that is verified. */
  async requester(interaction: Pick<Interaction, 'user' | 'team'>): Promise<Requester> {
    const known = await this.about(interaction.user);
    return {
      team: interaction.team,
      user: interaction.user,
      id: known?.id ?? interaction.user,
      ...(known?.email && { email: known.email }),
    };
  }

  #lookUp(user: string): Promise<Known> {
    const now = Date.now();
    const known = this.#known.get(user);
    if (known && now - known.at < KEPT_MS) return known.what;
    const what = this.#ask(user);
    what.catch(() => this.#known.delete(user));
    this.#known.set(user, { at: now, what });
    const oldest = this.#known.keys().next();
    if (this.#known.size > MOST && !oldest.done) this.#known.delete(oldest.value);
    return what;
  }

  async #ask(user: string): Promise<Known> {
    const { user: found } = await this.#client.users.info({ user, include_locale: true });
    const language = userLanguage(found?.locale);
    const confirmed = found?.is_email_confirmed !== false && !found?.is_bot;
    const email = confirmed ? found?.profile?.email?.toLowerCase() : undefined;
    return { id: found?.enterprise_user?.id || user, ...(language && { language }), ...(email && { email }) };
  }
}
