/** Health of bot, queue and Google access, for whoever asks `status`. Pure. */
import type { WorkerHealth } from '../../contracts/health.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { botText as words } from '../../locales/bot.ts';
import { type Message, message, section } from './blocks.ts';
import { code, moment, prose } from './escape.ts';

export interface Status {
  /** RFC 3339 */
  readonly botSince: string;
  /** Absent where Redis doesn't answer. */
  readonly queue?: { readonly waiting: number; readonly active: number };
  /** Those that were heard of lately. */
  readonly workers: readonly WorkerHealth[];
}

const ROLES: readonly { readonly role: WorkerHealth['role']; readonly name: Text }[] = [
  { role: 'diagnoser', name: words.diagnosers },
  { role: 'remediator', name: words.remediators },
];

export function statusMessage(status: Status, language: Language): Message {
  const lines = [`✅ ${words.statusBot(moment(status.botSince, 'date'))[language]}`];
  if (status.queue) {
    lines.push(`✅ ${words.statusQueue(status.queue.waiting, status.queue.active)[language]}`);
    for (const { role, name } of ROLES)
      lines.push(
        ...roleLines(
          status.workers.filter(one => one.role === role),
          name,
          language,
        ),
      );
  } else lines.push(`❌ ${words.statusQueueDown[language]}`);
  const bad = lines.filter(line => line.startsWith('❌'));
  return message([words.statusTitle[language], ...(bad.length > 0 ? bad : lines)].join('\n'), [
    section(`*${words.statusTitle[language]}*\n${lines.join('\n')}`),
  ]);
}

function roleLines(workers: readonly WorkerHealth[], name: Text, language: Language): string[] {
  if (workers.length === 0) return [`❌ ${words.statusNoWorker(name)[language]}`];
  const access = new Map<string, string>();
  for (const { google } of workers) access.set(JSON.stringify(google), accessLine(google, language));
  return [
    `✅ ${words.statusWorkers(name, workers.length)[language]}`,
    ...[...access.values()].slice(0, 5).map(line => `      ${line}`),
  ];
}

function accessLine(google: WorkerHealth['google'], language: Language): string {
  const identity = google.identity ? code(google.identity) : '';
  if (google.state === 'ok') return `✅ ${words.googleOk(identity)[language]}`;
  if (google.state === 'unknown') return `❔ ${words.googleUnknown[language]} ${identity}`.trim();
  const why = google.problem ? prose(google.problem[language], 500) : '';
  return `❌ ${words.googleFails[language]} ${identity} ${why}`.trim();
}
