/** The cards of approvals: in the report's thread, and mirrored in the approvals channel. Each shows its approval's newest state. */
import type { Approval, CardPlace } from '../approvals/approval.ts';
import { ApprovalTamperedError } from '../approvals/record.ts';
import type { Config } from '../config/config.ts';
import type { MessageRef, Outgoing } from '../contracts/outgoing.ts';
import type { Language, Text } from '../contracts/text.ts';
import type { ApprovalStore } from '../store/approvals.ts';
import type { Reports, StoredReport } from '../store/reports.ts';
import { viewOf } from './approval-view.ts';
import type { Rendered, RenderedBody } from './delivery.ts';
import type { ApprovalView } from './messages/approval-view.ts';
import type { Message } from './messages/blocks.ts';
import { approvalCard, decisionNotice, reminder } from './messages/card.ts';
import { belongsTo, type FindingGroup, findingMessage, groupFindings } from './messages/finding.ts';
import { joined, onPage, pageOf } from './messages/pages.ts';
import { isFor, remedyReference } from './messages/remedy.ts';
import type { Outbox } from './outbox.ts';
import type { UserGroupHandles } from './user-directory.ts';

export interface CardsOptions {
  readonly store: ApprovalStore;
  readonly reports: Reports;
  readonly outbox: Pick<Outbox, 'send'>;
  readonly handles: UserGroupHandles;
  readonly config: Pick<Config, 'approvals' | 'language'>;
}

const PLACES = ['thread', 'approvalsChannel'] as const satisfies readonly CardPlace[];

export class Cards {
  readonly #options: CardsOptions;

  constructor(options: CardsOptions) {
    this.#options = options;
  }

  async view(approval: Approval): Promise<ApprovalView> {
    const { config, handles } = this.#options;
    return viewOf(approval, config, await handles.all());
  }

  /** Has the approval's cards edited to what it is when they are delivered. Safe to call again. */
  async refresh(approval: Approval): Promise<void> {
    const { store, outbox } = this.#options;
    await outbox.send(editsOf(approval));
    // Only here: a message that is delivered late may show the newest state while another of its cards does not.
    await store.cardShown(approval);
  }

  /** Shows how far something long is, on cards that say “applying”. May be left out: edits are few (docs/slack.md#rate-limits). */
  showProgress(approval: Approval, progress: Text): Promise<void> {
    return this.#options.outbox.send(editsOf(approval, progress));
  }

  /** Tells the requester, in the thread, and the other approvers, below their card, that it was denied or taken back. Once. */
  async announce(approval: Approval): Promise<void> {
    const { outbox, config, reports } = this.#options;
    const [view, stored] = await Promise.all([this.view(approval), reports.report(approval.signed.plan.reportId)]);
    const { thread, approvalsChannel } = approval.cards;
    const tell = (place: CardPlace, { channel, ts }: MessageRef, language: Language): Outgoing => {
      const { text, blocks } = decisionNotice(view, language);
      const key = `${approval.id}/${approval.state}/${place}`;
      return { key, channel, threadTs: ts, body: { kind: 'text', content: { text, blocks } } };
    };
    await outbox.send([
      ...(thread ? [tell('thread', threadOf(thread, stored), stored?.language ?? config.language)] : []),
      ...(approvalsChannel ? [tell('approvalsChannel', approvalsChannel, config.language)] : []),
    ]);
  }

  /** Reminds the approvers, below their card or, without one, in the report's thread. Once. */
  async remind(approval: Approval): Promise<void> {
    const { outbox, config, reports } = this.#options;
    const { approvalsChannel, thread } = approval.cards;
    const stored = approvalsChannel ? undefined : await reports.report(approval.signed.plan.reportId);
    const place = approvalsChannel ?? (thread && threadOf(thread, stored));
    if (!place) return;
    const { text, blocks } = reminder(await this.view(approval), config.language);
    const body = { kind: 'text', content: { text, blocks } } as const;
    await outbox.send([{ key: `${approval.id}/reminder`, channel: place.channel, threadTs: place.ts, body }]);
  }

  /** What the messages with cards say now. Undefined where the approval or its report is gone. */
  async render(body: RenderedBody): Promise<Rendered | undefined> {
    const { reports, config } = this.#options;
    const { place } = body;
    const asked = body.kind === 'card' ? await this.#get(body.approval) : undefined;
    if (body.kind === 'card' && !asked) return undefined;
    const stored = await reports.report(asked?.signed.plan.reportId ?? (body.kind === 'page' ? body.report : ''));
    const approvals = stored ? await this.#approvalsOf(stored) : [];
    const progress = body.kind === 'card' && asked?.state === 'applying' ? body.progress : undefined;
    const views = await Promise.all(approvals.map(approval => this.view(approval)));
    const shown = stored && pageWith(stored, place, views, asked?.id ?? (body.kind === 'page' ? body.page : 0));
    // The report is kept for shorter than some approvals are.
    if (!stored || !shown)
      return asked && this.#rendered(approvalCard(await this.view(asked), config.language), place, [asked]);
    const now = views.map(view => (progress && view.id === asked?.id ? { ...view, progress } : view));
    const own = approvals.filter(({ id }) => shown.approvals.includes(id));
    const cards = now.filter(({ id }) => shown.approvals.includes(id)).map(view => this.mirror(view, stored));
    const problems = shown.groups.map(group => findingMessage(group, stored.language, now));
    return this.#rendered(joined(place === 'thread' ? problems : cards), place, own);
  }

  /** The card for the approvals channel. `report`: the one that the approval is of. */
  mirror(view: ApprovalView, { report }: Pick<StoredReport, 'report'>): Message {
    return approvalCard(view, this.#options.config.language, referenceOf(view, report));
  }

  #rendered({ text, blocks }: Message, place: CardPlace, approvals: readonly Approval[]): Rendered {
    const { store } = this.#options;
    return {
      content: { text, blocks },
      shown: async ref => {
        for (const { id, cards, events } of approvals) {
          if (cards[place]?.ts === ref.ts) continue;
          await store.saveCard(id, place, ref);
          // Decided while this was posted, when nobody knew yet where the card is.
          const now = await this.#get(id);
          if (now && now.events.length > events.length) await this.refresh(now);
        }
      },
    };
  }

  async #approvalsOf({ approvals }: StoredReport): Promise<Approval[]> {
    const found = await Promise.all(approvals.map(id => this.#get(id)));
    return found.filter(approval => approval !== undefined);
  }

  /** One that was tampered with has no card. */
  #get(id: string): Promise<Approval | undefined> {
    return this.#options.store.get(id).catch(error => {
      if (error instanceof ApprovalTamperedError) return undefined;
      throw error;
    });
  }
}

/** What one message of a report holds: the problems of a page of its thread, or the approvals of a page of the approvals channel. */
interface Page {
  readonly groups: readonly FindingGroup[];
  /** Ids of the approvals whose cards are on it. */
  readonly approvals: readonly string[];
}

/** @param at the page's number, or the id of an approval that is on it. Undefined where the report doesn't have it. */
function pageWith(
  { report, approvals, pages }: StoredReport,
  place: CardPlace,
  views: readonly ApprovalView[],
  at: number | string,
): Page | undefined {
  const sizes = pages[place];
  const numberOf = (index: number) => (index === -1 ? undefined : pageOf(index, sizes));
  if (place === 'approvalsChannel') {
    const number = typeof at === 'number' ? at : numberOf(approvals.indexOf(at));
    return number === undefined ? undefined : { groups: [], approvals: onPage(approvals, sizes, number) };
  }
  const groups = groupFindings(report);
  const isOn = (group: FindingGroup, id: number | string) =>
    views.some(view => view.id === id && belongsTo(group, view));
  const number = typeof at === 'number' ? at : numberOf(groups.findIndex(group => isOn(group, at)));
  if (number === undefined) return undefined;
  const shown = onPage(groups, sizes, number);
  const cards = views.filter(view => shown.some(group => belongsTo(group, view)));
  return { groups: shown, approvals: cards.map(({ id }) => id) };
}

/** One edit for each message that holds a card of it; several approvals may share one. */
function editsOf({ id, cards }: Approval, progress?: Text): Outgoing[] {
  return PLACES.flatMap((place): Outgoing[] => {
    const ref = cards[place];
    if (!ref) return [];
    const body = { kind: 'card', place, approval: id, ...(progress && { progress }) } as const;
    const { channel, ts } = ref;
    // Progress that is left out must not take the place of a new state that waits.
    const key = `card/${channel}/${ts}${progress ? '/progress' : ''}`;
    return [{ key, channel, edits: { channel, ts }, body, ...(progress && { droppable: true }) }];
  });
}

/** The report's thread that a card is in. */
function threadOf(card: MessageRef, stored: StoredReport | undefined): MessageRef {
  return { channel: card.channel, ts: stored?.ts || card.ts };
}

/** The reference of an approval's remedy; undefined where its report doesn't have it. */
function referenceOf(view: ApprovalView, report: StoredReport['report']): string | undefined {
  const groups: readonly FindingGroup[] = groupFindings(report);
  for (const { findings } of groups) {
    for (const { finding, index } of findings) {
      if (finding.check !== view.check || finding.subject !== view.subject) continue;
      const at = finding.remedies.findIndex(one => isFor(view, one));
      return remedyReference(report.id, index, Math.max(0, at));
    }
  }
  return undefined;
}
