/** What the bot's handlers work with; made once at start, passed down. */
import type { WebClient } from '@slack/web-api';
import type { Redis } from 'ioredis';
import type { DecideContext } from '../approvals/decide.ts';
import type { Config } from '../config/config.ts';
import type { Catalogue } from '../contracts/catalogue.ts';
import type { Logger } from '../log.ts';
import type { Cards } from '../slack/approval-cards.ts';
import type { SlackUserDirectory } from '../slack/user-directory.ts';
import type { Backlog } from '../store/approval-backlog.ts';
import type { ApprovalStore } from '../store/approvals.ts';
import type { Producer } from '../store/queue.ts';
import type { Reports } from '../store/reports.ts';
import type { Watches } from '../store/watches.ts';
import type { People } from './people.ts';

export interface Services {
  readonly config: Config;
  readonly log: Logger;
  readonly client: WebClient;
  /** Fails fast: somebody waits. */
  readonly redis: Redis;
  readonly queue: Producer;
  readonly people: People;
  readonly directory: SlackUserDirectory;
  readonly reports: Reports;
  readonly watches: Watches;
  readonly store: ApprovalStore;
  readonly backlog: Backlog;
  readonly cards: Cards;
  readonly deciding: DecideContext;
  readonly catalogue: Catalogue;
  /** RFC 3339 */
  readonly startedAt: string;
}
