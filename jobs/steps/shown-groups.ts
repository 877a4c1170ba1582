/** The problems of a report that its thread shows. */
import type { Report } from '../../src/contracts/report.ts';
import { type FindingGroup, groupFindings } from '../../src/slack/messages/finding.ts';

/** A scan may find more; the file of its verdict lists all. */
const SHOWN = 50;

/** Failures first. Only these are in the thread and have approvals. */
export function shownGroups(report: Report): FindingGroup[] {
  return groupFindings(report).slice(0, SHOWN);
}
