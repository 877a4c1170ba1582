/** A report whose grants by hand end by themselves, as `--ttl` asks. */
import type { Remedy, Report } from '../../contracts/report.ts';
import { GrantProjectRole, manualProjectGrant } from '../kinds/grant-project-role.ts';
import { GrantResourceRole, manualResourceGrant } from '../kinds/grant-resource-role.ts';
import { GrantServiceAccountRole, manualServiceAccountGrant } from '../kinds/grant-service-account-role.ts';

/** The report with every grant ending `grantMs` after the diagnosis began. */
export function timeBound(report: Report, grantMs: number): Report {
  const endsAt = new Date(Date.parse(report.startedAt) + grantMs);
  const findings = report.findings.map(finding => ({
    ...finding,
    remedies: finding.remedies.map(remedy => ({ ...remedy, ...endingAt(remedy, endsAt) })),
  }));
  return { ...report, findings };
}

function endingAt({ kind, params }: Remedy, endsAt: Date) {
  if (kind === 'grant-project-role') return manualProjectGrant(GrantProjectRole.parse(params), endsAt);
  if (kind === 'grant-service-account-role')
    return manualServiceAccountGrant(GrantServiceAccountRole.parse(params), endsAt);
  if (kind === 'grant-resource-role') return manualResourceGrant(GrantResourceRole.parse(params), endsAt);
  return {};
}
