/** What kept checks from deciding, each thing once: a missing permission, an API that is off, a server that does not answer. */
import { type Cause, CHECK_IDS, type Finding } from '../contracts/report.ts';
import type { Language } from '../contracts/text.ts';
import type { Unknown } from './facts/fact.ts';

/** A finding, and what could not be read for it. */
export interface Judged {
  readonly finding: Finding;
  /** Only where the finding is unknown: elsewhere nothing was kept from being decided. */
  readonly unread: readonly Unknown[];
}

/**
 * Equal for everything that fails for one reason. What a command ends is counted by project, folder or organization, on which the
 * command grants or enables.
 */
export function causeId({ cause }: Unknown): string {
  const { reason, permission, call, command, resource } = cause;
  const place = command === undefined ? resource : resource?.split('/').slice(0, 2).join('/');
  return [reason, permission ?? call, place].filter(Boolean).join(' ');
}

/** The causes in the order in which they were met, each with all checks that it kept from deciding. */
export function causesOf(judged: readonly Judged[], language: Language): Cause[] {
  const met = judged.flatMap(({ finding, unread }) => unread.map(fact => ({ fact, check: finding.check })));
  return [...Map.groupBy(met, ({ fact }) => causeId(fact))].map(([id, uses]) => {
    const facts = uses.map(({ fact }) => fact);
    const checks = new Set(uses.map(({ check }) => check));
    return { id, ...describe(facts, language), checks: CHECK_IDS.filter(check => checks.has(check)) };
  });
}

function describe(facts: readonly Unknown[], language: Language): Omit<Cause, 'id' | 'checks'> {
  const [first] = facts;
  if (!first) throw new RangeError('a cause is met at least once');
  const { reason, permission, command } = first.cause;
  const resource = commonResource(facts.flatMap(({ cause }) => cause.resource ?? []));
  return {
    code: reason,
    reason: reasonOf(first, resource)[language],
    ...(permission === undefined ? {} : { permission }),
    ...(resource === undefined ? {} : { resource }),
    ...(command === undefined ? {} : { command }),
  };
}

function reasonOf({ cause, reason }: Unknown, resource: string | undefined) {
  const { permission } = cause;
  if (cause.reason !== 'denied' || permission === undefined || resource === undefined) return reason;
  return {
    en: `gke-auth’s own identity lacks ${permission} on ${resource}.`,
    ja: `gke-auth 自身の ID に、${resource} に対する ${permission} がありません。`,
  };
}

/** The resource itself where there is one, else the project that all are in. */
function commonResource(resources: readonly string[]): string | undefined {
  const [first, ...others] = new Set(resources);
  if (first === undefined || others.length === 0) return first;
  const project = first.split('/').slice(0, 2).join('/');
  return others.every(one => one === project || one.startsWith(`${project}/`)) ? project : undefined;
}
