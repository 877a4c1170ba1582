/** Every card of an approval shows its state: the one in the report's thread and the one in the approvals channel. */
import type { Approval } from '../approvals/approval.ts';
import type { Config } from '../config/config.ts';
import type { Language, Text } from '../contracts/text.ts';
import type { ApprovalStore } from '../store/approvals.ts';
import type { Reports, StoredReport } from '../store/reports.ts';
import { viewOf } from './approval-view.ts';
import type { ApprovalView } from './messages/approval-view.ts';
import type { Message } from './messages/blocks.ts';
import { approvalCard, decisionNotice } from './messages/card.ts';
import { type FindingGroup, findingMessage, groupFindings } from './messages/finding.ts';
import { isFor, remedyReference } from './messages/remedy.ts';
import type { Outbox } from './outbox.ts';
import type { UserGroupHandles } from './user-directory.ts';

export interface CardsOptions {
  readonly store: ApprovalStore;
  readonly reports: Reports;
  readonly outbox: Pick<Outbox, 'update' | 'updateCoalesced' | 'postOnce'>;
  readonly handles: UserGroupHandles;
  readonly config: Pick<Config, 'approvals' | 'language'>;
  /** Does the work while no process does any other under this key. */
  readonly withLock: <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;
}

export class Cards {
  readonly #options: CardsOptions;
  /** Refreshes that have not looked at their approval yet, by its id: one is enough. */
  readonly #waiting = new Map<string, Promise<void>>();

  constructor(options: CardsOptions) {
    this.#options = options;
  }

  async view(approval: Approval): Promise<ApprovalView> {
    const { config, handles } = this.#options;
    return viewOf(approval, config, await handles.all());
  }

  /**
   * Edits the cards to what the approval is now. One edit at a time over all processes: an older state never lands on a newer
   * one, and what waited for its turn while somebody else showed the newest needs no edit any more (edits are few: docs/slack.md#rate-limits).
   * A card whose message is gone needs none. Safe to call again.
   * @throws as `Outbox.update`; the approval then stays on the index of stale cards.
   */
  refresh({ id, signed }: Pick<Approval, 'id' | 'signed'>): Promise<void> {
    const waiting = this.#waiting.get(id);
    if (waiting) return waiting;
    // By report: one message may hold the cards of several approvals.
    const edit = this.#options.withLock(`${signed.plan.reportId}/cards`, () => {
      this.#waiting.delete(id);
      return this.#showNewest(id);
    });
    this.#waiting.set(id, edit);
    return edit.finally(() => this.#waiting.get(id) === edit && this.#waiting.delete(id));
  }

  async #showNewest(id: string): Promise<void> {
    const { store, outbox } = this.#options;
    const approval = (await store.isCardStale(id)) ? await store.get(id) : undefined;
    if (!approval) return;
    const { thread, approvalsChannel } = approval.cards;
    const [inThread, mirror] = await this.#messages(approval);
    await Promise.all([
      thread && outbox.update(thread, inThread),
      approvalsChannel && outbox.update(approvalsChannel, mirror),
    ]);
    await store.cardShown(approval);
  }

  /** Shows how far something long is, on cards that say “applying”. May be left out: edits are few (docs/slack.md#rate-limits). */
  showProgress({ id, signed }: Pick<Approval, 'id' | 'signed'>, progress: Text): Promise<void> {
    const { store, outbox, withLock } = this.#options;
    return withLock(`${signed.plan.reportId}/cards`, async () => {
      const approval = await store.get(id);
      if (approval?.state !== 'applying') return;
      const { thread, approvalsChannel } = approval.cards;
      const [inThread, mirror] = await this.#messages(approval, progress);
      if (thread) outbox.updateCoalesced(thread, inThread);
      if (approvalsChannel) outbox.updateCoalesced(approvalsChannel, mirror);
    });
  }

  /** Tells the requester, in the thread, and the other approvers, below their card, that it was denied or taken back. Once. */
  async announce(approval: Approval): Promise<void> {
    const { outbox, config, reports } = this.#options;
    const [view, stored] = await Promise.all([this.view(approval), reports.report(approval.signed.plan.reportId)]);
    const { thread, approvalsChannel } = approval.cards;
    const tell = (place: string, channel: string, threadTs: string, language: Language) => {
      const key = `${approval.id}/${approval.state}/${place}`;
      return outbox.postOnce({ key, channel, threadTs, message: decisionNotice(view, language) });
    };
    await Promise.all([
      thread && tell('thread', thread.channel, stored?.ts ?? thread.ts, stored?.language ?? config.language),
      approvalsChannel && tell('approvals', approvalsChannel.channel, approvalsChannel.ts, config.language),
    ]);
  }

  /** The card for the approvals channel. `stored`: the report that the approval is of. */
  async mirror(approval: Approval, stored: StoredReport): Promise<Message> {
    return approvalCard(await this.view(approval), this.#options.config.language, placeOf(approval, stored)?.reference);
  }

  async #messages(approval: Approval, progress?: Text): Promise<[thread: Message, mirror: Message]> {
    const { config, reports } = this.#options;
    const { plan } = approval.signed;
    const [plain, stored] = await Promise.all([this.view(approval), reports.report(plan.reportId)]);
    const view = progress ? { ...plain, progress } : plain;
    const place = stored && placeOf(approval, stored);
    const mirror = approvalCard(view, config.language, place?.reference);
    if (!stored || !place) return [mirror, mirror];
    const views = await this.#views(stored, view);
    const language: Language = stored.language;
    return [findingMessage(place.group, language, views), mirror];
  }

  /** Of every approval that this report opened. */
  async #views(stored: StoredReport, view: ApprovalView): Promise<ApprovalView[]> {
    const others = stored.approvals.filter(id => id !== view.id);
    const approvals = await Promise.all(others.map(id => this.#options.store.get(id).catch(() => undefined)));
    const views = await Promise.all(approvals.filter(one => one !== undefined).map(one => this.view(one)));
    return [view, ...views];
  }
}

/** The problem that an approval belongs to, and the reference of its remedy. */
function placeOf(approval: Approval, { report }: StoredReport): { group: FindingGroup; reference: string } | undefined {
  const { plan } = approval.signed;
  for (const group of groupFindings(report)) {
    for (const { finding, index } of group.findings) {
      if (finding.check !== plan.check || finding.subject !== plan.subject) continue;
      const at = finding.remedies.findIndex(one => isFor(plan, one));
      return { group, reference: remedyReference(report.id, index, Math.max(0, at)) };
    }
  }
  return undefined;
}
