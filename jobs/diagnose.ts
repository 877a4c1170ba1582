/**
 * The jobs `diagnose` and `scan`: acknowledge in the channel → collect, check, plan → open approvals → post. Every step can be
 * repeated: a worker that dies is followed by one that finds what was done (report and verdict are stored before they are
 * posted, every message has a key). A job of a watch posts only what changed since the watch's last one.
 */
import type { Approval } from '../src/approvals/approval.ts';
import type { DiagnoseJob, DiagnosisJob } from '../src/contracts/jobs.ts';
import type { Report } from '../src/contracts/report.ts';
import { diagnose } from '../src/diagnosis/diagnose.ts';
import { timeBound } from '../src/remedies/text/time-bound.ts';
import type { Message } from '../src/slack/messages/blocks.ts';
import { groupFindings } from '../src/slack/messages/finding.ts';
import { parentSettled } from '../src/slack/messages/parent.ts';
import type { Ref } from '../src/slack/poster.ts';
import type { StoredReport } from '../src/store/reports.ts';
import { scanTask } from './scan.ts';
import { offerRemedies } from './steps/offers.ts';
import { attempt, type DiagnoseContext, type Found, running, type Task } from './steps/task.ts';
import { postMirrors, postParent, postPicture, postThread, settleParent, showWhatMoved } from './steps/thread.ts';
import { compare, remember, type WatchContext, watchOf } from './watch.ts';

/** Problems that get a message in one thread, and approvals; a scan's verdict has the rest in its file. */
const MESSAGES = 50;

export async function runDiagnosis(worker: DiagnoseContext, job: DiagnosisJob): Promise<void> {
  const stored = await worker.reports.report(job.id);
  const verdict = await worker.reports.verdict(job.id);
  // Another worker got this far. The messages find themselves by their keys.
  if (stored && verdict) return post(worker, job, stored, verdict, await approvalsOf(worker, stored));
  const watching = await watchOf(worker, job);
  if (watching === 'stopped') return;
  const task = job.kind === 'scan' ? scanTask(worker, job) : diagnoseTask(worker, job);
  // After the first one a watch is silent until something changes.
  if (watching?.last) return look(worker, job, task, watching);
  const parent = await postParent(worker, job, running(job, task, 0, 0));
  const outcome = await attempt(worker, job, task, parent);
  if (outcome.kind !== 'found') {
    await settleParent(worker, job, parent, outcome.message);
    return;
  }
  await publish(worker, job, outcome.found, parent, () => remember(worker, watching, outcome, job.place.language));
}

/** A later run of a watch. */
async function look(worker: DiagnoseContext, job: DiagnosisJob, task: Task, watching: WatchContext): Promise<void> {
  const outcome = await attempt(worker, job, task, undefined);
  if (outcome.kind === 'cancelled') return;
  const news = compare(watching, outcome, job.place.language);
  const saved = () => remember(worker, watching, outcome, job.place.language);
  if (!news) return saved();
  if (outcome.kind === 'found') return publish(worker, job, { ...outcome.found, ...news }, undefined, saved);
  await settleParent(worker, job, undefined, news.verdict());
  await saved();
}

/** Opens approvals and stores, then posts: whoever comes after a crash finds what to post. */
async function publish(
  worker: DiagnoseContext,
  job: DiagnosisJob,
  found: Found,
  parent: Ref | undefined,
  saved: () => Promise<void>,
): Promise<void> {
  const { report, asked } = found;
  const shown = new Set(groupsOf(report).flatMap(({ findings }) => findings.map(({ finding }) => finding)));
  const offered = asked.map(one => ({ ...one, findings: one.findings.filter(finding => shown.has(finding)) }));
  const approvals = await offerRemedies(worker, report, offered, job.requester);
  const verdict = found.verdict(!parent);
  await worker.reports.saveVerdict(job.id, verdict);
  const stored: StoredReport = {
    report,
    askedBy: job.requester.user,
    channel: parent?.channel ?? job.place.channel,
    ts: parent?.ts ?? '',
    language: job.place.language,
    approvals: approvals.map(({ id }) => id),
  };
  await worker.reports.save(stored);
  await saved();
  await post(worker, job, stored, verdict, approvals);
}

/** The verdict first, then a message for each problem, failures first, then the approvers' mirror. */
async function post(
  worker: DiagnoseContext,
  job: DiagnosisJob,
  stored: StoredReport,
  verdict: Message,
  approvals: readonly Approval[],
): Promise<void> {
  const { config, reports } = worker;
  const parent = stored.ts === '' ? undefined : { channel: stored.channel, ts: stored.ts };
  const top = await settleParent(worker, job, parent, verdict);
  if (!top) return;
  if (top.ts !== parent?.ts) await reports.save({ ...stored, channel: top.channel, ts: top.ts });
  await postPicture(worker, job, top, stored.report);
  await postThread(worker, job, { top, verdict, groups: groupsOf(stored.report), approvals });
  if (config.slack.approvalsChannel) await postMirrors(worker, config.slack.approvalsChannel, approvals, stored);
  await showWhatMoved(worker, approvals);
}

async function approvalsOf({ store }: DiagnoseContext, stored: StoredReport): Promise<Approval[]> {
  const approvals = await Promise.all(stored.approvals.map(id => store.get(id)));
  return approvals.filter(approval => approval !== undefined);
}

function groupsOf(report: Report) {
  return groupFindings(report).slice(0, MESSAGES);
}

function diagnoseTask({ config }: DiagnoseContext, job: DiagnoseJob): Task {
  const { id, requester, requestedAt } = job;
  const { language } = job.place;
  const projects = job.request.projects.length > 0 ? job.request.projects : config.projects;
  return {
    target: job.request.cluster,
    scan: false,
    async run(session, onProgress) {
      const found = await diagnose({ id, request: { ...job.request, projects }, session, language, onProgress });
      const { grantMs } = job.request;
      // Approved, a grant ends so long after it is made; by hand it ends so long after the diagnosis.
      const report = grantMs ? timeBound(found, grantMs) : found;
      const { target, findings } = report;
      const request = { ...job.request, cluster: fullName(report) ?? job.request.cluster };
      const durationMs = () => Date.now() - Date.parse(requestedAt);
      const { symptom } = request;
      return {
        report,
        asked: [{ target, request, findings }],
        verdict: outside =>
          parentSettled({ report, askedBy: requester.user, durationMs: durationMs(), outside, symptom }, language),
      };
    },
  };
}

/** So that the worker asks for the same cluster again, also where a second one of its name appears meanwhile. */
function fullName({ target }: Report): string | undefined {
  return target.location
    ? `projects/${target.project}/locations/${target.location}/clusters/${target.cluster}`
    : undefined;
}
