/** A wish of somebody in Slack → a job on the queue, with what the one who asked is told at once. */
import type { DiagnoseRequest, DiagnosingJob, Place } from '../contracts/jobs.ts';
import type { Language } from '../contracts/text.ts';
import { botText } from '../locales/bot.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { code, prose } from '../slack/messages/escape.ts';
import { note, refusal } from '../slack/messages/usage.ts';
import type { Visit } from './interaction.ts';
import type { Services } from './services.ts';

/** Where the answer goes: the channel's language, unless `--lang` names one. */
export function placeOf(visit: Visit, channelLanguage: Language, chosen?: Language): Place {
  return {
    team: visit.team,
    channel: visit.channel ?? visit.user,
    ...(visit.threadTs && { threadTs: visit.threadTs }),
    ...(visit.responseUrl && { responseUrl: visit.responseUrl }),
    language: chosen ?? channelLanguage,
    userLanguage: chosen ?? visit.language,
  };
}

/** Queues a diagnosis. @throws {QueueUnavailable} */
export async function askDiagnosis(
  services: Services,
  visit: Visit,
  asked: DiagnoseRequest,
  chosen?: Language,
): Promise<Message> {
  const language = chosen ?? visit.language;
  const principal = await principalOf(services, visit, asked);
  if (principal === null) {
    return refusal(botText.noEmail(asked.principal ?? ''), botText.noEmailNext, language);
  }
  const request = { ...asked, ...(principal && { principal }) };
  const { ahead } = await enqueue(services, visit, { kind: 'diagnose', request }, chosen);
  const cluster = code(request.cluster, 120);
  return note((ahead > 0 ? botText.lookingBehind(cluster, ahead) : botText.looking(cluster))[language]);
}

/** Queues a scan. @throws {QueueUnavailable} */
export async function askScan(
  services: Services,
  visit: Visit,
  projects: readonly string[],
  chosen?: Language,
): Promise<Message> {
  const language = chosen ?? visit.language;
  await enqueue(services, visit, { kind: 'scan', projects: [...projects] }, chosen);
  const shown =
    projects.length > 3 ? botText.everyProject[language] : projects.map(project => prose(project, 60)).join(', ');
  return note(botText.scanning(shown)[language]);
}

type Wish = { kind: 'diagnose'; request: DiagnoseRequest } | { kind: 'scan'; projects: string[] };

async function enqueue(
  services: Services,
  visit: Visit,
  wish: Wish,
  chosen: Language | undefined,
): Promise<{ ahead: number }> {
  const { people, queue, reports, config, log } = services;
  const job: DiagnosingJob = {
    ...wish,
    id: visit.trace,
    requestedAt: new Date().toISOString(),
    requester: await people.requester(visit),
    place: placeOf(visit, config.language, chosen),
  };
  const taken = await queue.enqueueDiagnosing(job);
  // Only needed to run it again: a failure here must not look like a failure of the diagnosis.
  void reports
    .saveJob(job)
    .catch(error => log.warn({ err: error, trace: visit.trace }, 'the job can not be run again'));
  return taken;
}

/**
 * `--for <@U1>` → that person's email, null where Slack doesn't tell it. Without `--for` it is the requester's own, unless the
 * diagnosis started from an error, which may be anybody's.
 */
async function principalOf(
  { people }: Services,
  visit: Visit,
  { principal, symptom }: DiagnoseRequest,
): Promise<string | null | undefined> {
  if (principal === undefined && symptom === undefined) return (await people.requester(visit)).email;
  const [, user] = /^<@([UW][A-Z0-9]+)/.exec(principal ?? '') ?? [];
  if (!user) return principal;
  return (await people.about(user))?.email ?? null;
}
