/** A wish of somebody in Slack → a job on the queue, with what the one who asked is told at once. */
import type { DiagnoseRequest, DiagnosisJob, Place } from '../contracts/jobs.ts';
import type { Language } from '../contracts/text.ts';
import { botText } from '../locales/bot.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { code, prose } from '../slack/messages/escape.ts';
import { refusal, textMessage } from '../slack/messages/usage.ts';
import type { Interaction } from './interaction.ts';
import type { Services } from './services.ts';

/** Where the answer goes: the channel's language, unless `--lang` names one. */
export function placeOf(interaction: Interaction, channelLanguage: Language, chosen?: Language): Place {
  return {
    team: interaction.team,
    channel: interaction.channel ?? interaction.user,
    ...(interaction.threadTs && { threadTs: interaction.threadTs }),
    ...(interaction.responseUrl && { responseUrl: interaction.responseUrl }),
    language: chosen ?? channelLanguage,
    userLanguage: chosen ?? interaction.language,
  };
}

/** Queues a diagnosis. @throws {QueueUnavailableError} */
export async function askDiagnosis(
  services: Services,
  interaction: Interaction,
  asked: DiagnoseRequest,
  chosen?: Language,
): Promise<Message> {
  const language = chosen ?? interaction.language;
  const principal = await principalOf(services, interaction, asked);
  if (principal === null) {
    return refusal(botText.noEmail(asked.principal ?? ''), botText.noEmailNext, language);
  }
  const request = { ...asked, ...(principal && { principal }) };
  const { ahead } = await enqueue(services, interaction, { kind: 'diagnose', request }, chosen);
  const cluster = code(request.cluster, 120);
  return textMessage((ahead > 0 ? botText.lookingBehind(cluster, ahead) : botText.looking(cluster))[language]);
}

/** Queues a scan. @throws {QueueUnavailableError} */
export async function askScan(
  services: Services,
  interaction: Interaction,
  projects: readonly string[],
  chosen?: Language,
): Promise<Message> {
  const language = chosen ?? interaction.language;
  await enqueue(services, interaction, { kind: 'scan', projects: [...projects] }, chosen);
  const shown =
    projects.length > 3 ? botText.everyProject[language] : projects.map(project => prose(project, 60)).join(', ');
  return textMessage(botText.scanning(shown)[language]);
}

type Wish = { kind: 'diagnose'; request: DiagnoseRequest } | { kind: 'scan'; projects: string[] };

async function enqueue(
  services: Services,
  interaction: Interaction,
  wish: Wish,
  chosen: Language | undefined,
): Promise<{ ahead: number }> {
  const { people, queue, reports, config, log } = services;
  const job: DiagnosisJob = {
    ...wish,
    id: interaction.trace,
    requestedAt: new Date().toISOString(),
    requester: await people.requester(interaction),
    place: placeOf(interaction, config.language, chosen),
  };
  const taken = await queue.enqueueDiagnosis(job);
  // Only needed to run it again: a failure here must not look like a failure of the diagnosis.
  void reports
    .saveJob(job)
    .catch(error =>
      log.warn({ event: 'job.store_failed', err: error, trace: interaction.trace }, 'failed to store job for re-run'),
    );
  return taken;
}

/**
 * `--for <@U1>` → that person's email, null where Slack doesn't tell it. Without `--for` it is the requester's own, unless the
 * diagnosis started from an error, which may be anybody's.
 */
async function principalOf(
  { people }: Services,
  interaction: Interaction,
  { principal, symptom }: DiagnoseRequest,
): Promise<string | null | undefined> {
  if (principal === undefined && symptom === undefined) return (await people.requester(interaction)).email;
  const [, user] = /^<@([UW][A-Z0-9]+)/.exec(principal ?? '') ?? [];
  if (!user) return principal;
  return (await people.about(user))?.email ?? null;
}
