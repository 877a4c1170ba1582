/** Stores a job's result and queues its messages in one transaction, so that a crash leaves nothing half done. */
import type { Approval } from '../../src/approvals/approval.ts';
import type { DiagnosisJob } from '../../src/contracts/jobs.ts';
import type { Outgoing } from '../../src/contracts/outgoing.ts';
import type { Report } from '../../src/contracts/report.ts';
import { chainPicture } from '../../src/diagnosis/picture/picture.ts';
import { toPng } from '../../src/diagnosis/picture/png.ts';
import { workerText } from '../../src/locales/worker.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { findingMessage } from '../../src/slack/messages/finding.ts';
import { pageSizes } from '../../src/slack/messages/pages.ts';
import type { Command } from '../../src/store/fence.ts';
import type { Run } from '../../src/store/job-worker.ts';
import { type StoredReport, savingReport } from '../../src/store/reports.ts';
import type { DiagnosisServices } from '../worker/services.ts';
import type { Answer, Stopped } from './answer.ts';
import { parentOf, stoppedMessage } from './messages.ts';
import { shownGroups } from './shown-groups.ts';

/**
 * Order: verdict, its files, the problems in as few messages as possible, the cards for the approvals channel.
 * @param also commands that are written in the same transaction. @throws {FencedError}
 */
export async function publish(
  services: DiagnosisServices,
  job: DiagnosisJob,
  { fence }: Run,
  { report, verdict, verdictOutside }: Answer,
  approvals: readonly Approval[],
  also: readonly Command[] = [],
): Promise<void> {
  const { outbox, cards, store, config } = services;
  const { id, requester, place } = job;
  const { approvalsChannel } = config.slack;
  const views = await Promise.all(approvals.map(approval => cards.view(approval)));
  const problems = shownGroups(report).map(group => findingMessage(group, place.language, views));
  const pages = {
    thread: pageSizes(problems),
    approvalsChannel: approvalsChannel ? pageSizes(views.map(view => cards.mirror(view, { report }))) : [],
  };
  const stored: StoredReport = {
    report,
    askedBy: requester.user,
    channel: place.channel,
    ts: '',
    language: place.language,
    approvals: approvals.map(approval => approval.id),
    pages,
  };
  const below = parentOf(job, verdict).key;
  const inThread = { channel: place.channel, below, ...(place.threadTs && { threadTs: place.threadTs }) };
  const files = [verdict, ...problems].flatMap(({ file }, i) => (file ? [textFile(`${id}/file/${i}`, file)] : []));
  const messages: Outgoing[] = [
    { ...parentOf(job, verdict, verdictOutside), report: id },
    ...[...(await pictureOf(services, job, report)), ...files].map(file => ({ ...inThread, ...file })),
    ...pages.thread.map((_, page): Outgoing => ({ ...inThread, ...onePage(id, 'thread', page) })),
    ...pages.approvalsChannel.map(
      (_, page): Outgoing => ({
        channel: approvalsChannel ?? '',
        ...onePage(id, 'approvalsChannel', page),
      }),
    ),
  ];
  await outbox.send(messages, { fence, also: [...savingReport(services.signing, stored), ...also] });
  await Promise.all(approvals.map(approval => store.cardShown(approval)));
}

/** Whether an earlier run of this job has published its result. Delivery of its messages is then resumed. */
export async function isPublished({ reports, outbox, config }: DiagnosisServices, job: DiagnosisJob): Promise<boolean> {
  if (!(await reports.isStored(job.id))) return false;
  const { approvalsChannel } = config.slack;
  await outbox.wake([job.place.channel, ...(approvalsChannel ? [approvalsChannel] : [])]);
  return true;
}

/** Publishes why there is no report. @throws {FencedError} */
export async function publishStopped(
  { outbox }: DiagnosisServices,
  job: DiagnosisJob,
  { fence }: Run,
  stopped: Stopped,
): Promise<void> {
  await outbox.send([parentOf(job, stoppedMessage(job, stopped))], { fence });
}

type KeyedBody = Pick<Outgoing, 'key' | 'body'>;

const onePage = (report: string, place: 'thread' | 'approvalsChannel', page: number): KeyedBody => ({
  key: `${report}/${place}/${page}`,
  body: { kind: 'page', place, report, page },
});

function textFile(key: string, { name, title, content }: NonNullable<Message['file']>): KeyedBody {
  return { key, body: { kind: 'file', name, title, content: Buffer.from(content).toString('base64') } };
}

/** A picture of the workload's chain, where the report is about a workload. The report stays complete without it. */
async function pictureOf(
  { log }: DiagnosisServices,
  { id, place: { language } }: DiagnosisJob,
  report: Report,
): Promise<KeyedBody[]> {
  const picture = chainPicture(report, language);
  if (!picture) return [];
  try {
    const content = Buffer.from(await toPng(picture.svg)).toString('base64');
    const title = workerText.picture[language];
    const body = { kind: 'file', name: 'workload-identity.png', title, content, altText: picture.alt } as const;
    return [{ key: `${id}/picture`, body }];
  } catch (error) {
    log.warn({ event: 'picture.render_failed', err: error, trace: id }, 'failed to render workload picture');
    return [];
  }
}
