/** What a workload's logs say, of this workload alone; several share a namespace. */
import type { Fact } from '../../../facts/fact.ts';
import type { LogLine } from '../../../facts/workload/logs.ts';
import type { Workload } from '../../../facts/workload/workload.ts';
import type { FindingDraft } from '../../check.ts';
import { controllersOf } from './manifests.ts';
import { evidence } from './subject.ts';

export function linesOf(
  workload: Workload,
  logs: Fact<readonly LogLine[]>,
  about: LogLine['about'],
): readonly LogLine[] {
  if (!logs.known) return [];
  const running = new Set(workload.pods.known ? workload.pods.value.map(({ metadata }) => metadata.name) : []);
  const makers = controllersOf(workload).map(({ name }) => `${name}-`);
  const isOurs = (pod: string) => pod === '' || running.has(pod) || makers.some(maker => pod.startsWith(maker));
  return logs.value.filter(line => line.about === about && isOurs(line.pod));
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
