/** What a workload's logs say. */
import type { Text } from '../../../../contracts/text.ts';
import type { Fact } from '../../../facts/fact.ts';
import type { CredentialLine, LogLine, WorkloadLogs } from '../../../facts/workload/logs.ts';
import type { FindingDraft } from '../../check.ts';
import { evidence } from './subject.ts';

export function linesOf(logs: Fact<WorkloadLogs>, about: CredentialLine['about']): readonly CredentialLine[] {
  return logs.known ? logs.value.lines.filter(line => line.about === about) : [];
}

const SHOWN = 3;
const LONG = 200;

/** The newest few, each cut to a line. */
export function quoted(lines: readonly LogLine[]): FindingDraft['evidence'] {
  return lines.slice(0, SHOWN).map(({ at, pod, text }) => {
    const line = text.replace(/\s+/g, ' ').trim();
    const cut = line.length > LONG ? `${line.slice(0, LONG)}…` : line;
    return evidence('logging entries.list', `${at.toISOString()} ${pod}: ${cut}`);
  });
}

/** For a search that found nothing and did not come to its end. */
export function searchEnded(subject: string, headline: Text, proof: FindingDraft['evidence']): FindingDraft {
  return {
    subject,
    status: 'unknown',
    headline,
    detail: {
      en: 'The search in Cloud Logging found no sign of it, but it ended before all lines of the last day were searched. Search the workload’s logs for metadata.google.internal and “default credentials”.',
      ja: 'Cloud Logging の検索では兆候が見つかりませんでしたが、直近 1 日のすべての行を検索する前に終了しました。ワークロードのログで metadata.google.internal と「default credentials」を検索してください。',
    },
    evidence: proof,
  };
}
