/** The Home tab: what waits for this person, what they asked lately, where to start. */
import type { KnownBlock } from '@slack/types';
import type { Language } from '../contracts/text.ts';
import { homeText as words } from '../locales/bot.ts';
import { actions, button, divider, header, LIMITS, section } from '../slack/messages/blocks.ts';
import { historyMessage, type PastReport, type Pending, pendingBlocks } from '../slack/messages/lists.ts';
import { helpMessage } from '../slack/messages/usage.ts';
import { waitingFor } from './commands/pending.ts';
import type { Services } from './services.ts';

const MINE = 8;

export async function publishHome(services: Services, user: string, team: string): Promise<void> {
  const { client, people, reports, config, log } = services;
  const known = await people.about(user);
  const language = known?.language ?? config.language;
  const [mine, waiting] = await Promise.all([
    reports.past({ user }, MINE).catch(() => []),
    waitingFor(services, { user, team }).catch(error => {
      log.warn({ event: 'home.pending_failed', err: error }, 'failed to read pending approvals for Home');
      return [];
    }),
  ]);
  await client.views.publish({ user_id: user, view: { type: 'home', blocks: homeBlocks(waiting, mine, language) } });
}

/** Pure. */
export function homeBlocks(waiting: readonly Pending[], mine: readonly PastReport[], language: Language): KnownBlock[] {
  const blocks: KnownBlock[] = [
    header(words.title[language]),
    section(words.intro[language]),
    actions(
      button({ action: 'home_diagnose', label: words.diagnose[language], value: 'diagnose', style: 'primary' }),
      button({ action: 'home_explain', label: words.explain[language], value: 'explain' }),
    ),
  ];
  if (waiting.length > 0) blocks.push(divider(), header(words.waiting[language]), ...pendingBlocks(waiting, language));
  if (mine.length > 0)
    blocks.push(
      divider(),
      header(words.mine[language]),
      ...historyMessage({ reports: mine, granted: [] }, language).blocks.slice(0, 1),
    );
  return [...blocks, divider(), ...helpMessage(language).blocks].slice(0, LIMITS.viewBlocks);
}
