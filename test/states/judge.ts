/** Compares an answer with what a state expects; what is wrong is said in words. */
import { isDeepStrictEqual } from 'node:util';
import type { Answer, Finding, Remedy } from './play.ts';
import type { Cause, Expected, Offer, State, Status } from './state.ts';

/** Everything that is wrong with an answer; nothing where all is as expected. */
export function judge(state: State, answer: Answer): string[] {
  if (answer.error !== undefined) return [`no answer: ${answer.error.slice(0, 300)}`];
  return [
    ...state.expect.flatMap(expected => (expected.check === undefined ? some(answer, expected) : of(answer, expected))),
    ...reportWrongs(state, answer),
  ];
}

/** What the checks that a state is about answered, in short. */
export function actual(state: State, answer: Answer): string {
  if (answer.error !== undefined) return 'no answer';
  const asked = state.expect.flatMap(({ check, subject }) => findingsOf(answer, check, subject));
  const shown = [...new Set(asked)].map(({ check, subject, status }) => `${check} ${lastOf(subject)} ${status}`);
  const problems = answer.problems.length > 0 ? [`matches ${answer.problems.join(', ')}`] : [];
  return [...problems, ...shown.slice(0, 4), ...(shown.length > 4 ? [`… ${shown.length - 4} more`] : [])].join('; ');
}

const lastOf = (subject: string) => subject.split('/').at(-1) ?? '';

function findingsOf(answer: Answer, check?: string, subject = ''): Finding[] {
  return answer.findings.filter(
    finding => (check === undefined || finding.check === check) && finding.subject.endsWith(subject),
  );
}

function of(answer: Answer, expected: Expected): string[] {
  const name = [expected.check, expected.subject].filter(Boolean).join(' ');
  const findings = findingsOf(answer, expected.check, expected.subject);
  if (findings.length === 0) return [`${name}: no such finding`];
  return wrongs(findings, expected).map(wrong => `${name}: ${wrong}`);
}

/** One finding at least is as expected. */
function some(answer: Answer, expected: Expected): string[] {
  if (answer.findings.some(finding => wrongs([finding], expected).length === 0)) return [];
  const { status = 'any status', says = [] } = expected;
  return [`no finding is ${[status].flat().join('|')} and says ${says.join(' and ')}`];
}

function wrongs(findings: readonly Finding[], expected: Expected): string[] {
  const all = findings.map(finding => finding.all).join('\n');
  const statement = findings.map(finding => finding.statement).join('\n');
  const remedies = findings.flatMap(finding => finding.remedies);
  const missing = [...new Set(findings.flatMap(finding => finding.missing))].sort();
  return [
    ...statusWrongs(findings, expected.status),
    ...(expected.says ?? []).filter(regex => !regex.test(all)).map(regex => `does not say ${regex}`),
    ...neverWrongs(statement, expected.never),
    ...(expected.missing && !isDeepStrictEqual(missing, [...expected.missing].sort())
      ? [`missing [${missing.join(', ')}], wanted [${expected.missing.join(', ')}]`]
      : []),
    ...(expected.offers ?? [])
      .filter(offer => !remedies.some(remedy => matches(remedy, offer)))
      .map(offer => `offers no ${shown(offer)}`),
    ...refusalWrongs(remedies, expected.refuses),
  ];
}

function statusWrongs(findings: readonly Finding[], wanted?: Status | readonly Status[]): string[] {
  if (wanted === undefined) return [];
  const allowed = [wanted].flat();
  const others = findings.filter(({ status }) => !allowed.includes(status));
  return others.map(({ status, subject }) => `${lastOf(subject)} is ${status}, wanted ${allowed.join('|')}`);
}

function neverWrongs(statement: string, never: readonly RegExp[] = []): string[] {
  return never.flatMap(regex => {
    const found = regex.exec(statement);
    return found ? [`says “${found[0].slice(0, 160)}”`] : [];
  });
}

function refusalWrongs(remedies: readonly Remedy[], refuses: readonly Offer[] = []): string[] {
  return refuses
    .filter(offer => remedies.some(remedy => matches(remedy, offer)))
    .map(offer => `offers ${shown(offer)}`);
}

function matches(remedy: Remedy, { kind, params = {}, text }: Offer): boolean {
  return (
    (kind === undefined || remedy.kind === kind) &&
    Object.entries(params).every(([key, value]) => isDeepStrictEqual(remedy.params[key], value)) &&
    (text === undefined || text.test(remedy.text))
  );
}

function shown({ kind, params, text }: Offer): string {
  return [kind, params && JSON.stringify(params), text && `with ${text}`].filter(Boolean).join(' ');
}

function reportWrongs({ report }: State, answer: Answer): string[] {
  if (report === undefined) return [];
  const statement = answer.findings.map(finding => finding.statement).join('\n');
  const remedies = answer.findings.flatMap(finding => finding.remedies);
  const causes = answer.causes ?? [];
  const [best = 'none'] = answer.problems;
  return [
    ...neverWrongs(statement, report.never).map(wrong => `report ${wrong}`),
    ...refusalWrongs(remedies, report.refuses).map(wrong => `report ${wrong}`),
    ...(report.causes !== undefined && causes.length !== report.causes
      ? [`${causes.length} causes, wanted ${report.causes}`]
      : []),
    ...(report.cause ?? [])
      .filter(wanted => !causes.some(cause => isCause(cause, wanted)))
      .map(wanted => `no cause with ${Object.values(wanted).join(' and ')}`),
    ...(report.problem !== undefined && !report.problem.includes(best)
      ? [`best match is ${best}, wanted ${report.problem.join('|')}`]
      : []),
    ...(report.noProblem ?? [])
      .filter(problem => answer.problems.includes(problem))
      .map(problem => `matches ${problem}`),
  ];
}

function isCause(cause: Readonly<Record<string, unknown>>, wanted: Cause): boolean {
  const checks = Array.isArray(cause.checks) ? cause.checks : [];
  return (
    (wanted.permission === undefined || wanted.permission.test(String(cause.permission ?? ''))) &&
    (wanted.resource === undefined || wanted.resource.test(String(cause.resource ?? ''))) &&
    (wanted.text === undefined || wanted.text.test(JSON.stringify(cause))) &&
    (wanted.checks ?? []).every(check => checks.includes(check))
  );
}
