/** Which problems of a report are shown in its thread. */
import type { Report } from '../../src/contracts/report.ts';
import { type FindingGroup, groupFindings } from '../../src/slack/messages/finding.ts';

/** A scan may find more; its verdict has the rest in a file. */
const SHOWN = 50;

/** Failures first. Only these are in the thread and have approvals. */
export function shownGroups(report: Report): FindingGroup[] {
  return groupFindings(report).slice(0, SHOWN);
}
