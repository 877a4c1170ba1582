/** "The error says …; we found …": an error text against the proof. Pure. */
import { z } from 'zod';
import { Entities, type EntityKey, OUTSIDE_PROBLEMS, ProblemId } from '../contracts/explanation.ts';
import type { DiagnoseRequest } from '../contracts/jobs.ts';
import type { Finding, Report } from '../contracts/report.ts';
import { joinText, type Text } from '../contracts/text.ts';
import { checksOf } from './target.ts';
import { says } from './texts/index.ts';
import { verdictText as words } from './texts/verdict.ts';

type Symptom = NonNullable<DiagnoseRequest['symptom']>;
type Proven = Pick<Report, 'target' | 'findings'>;

const Named = z.object({ problem: ProblemId, entities: Entities });
type Named = z.infer<typeof Named>;

/**
 * One or two sentences: what the error says, what the checks found, and where the two contradict each other (fixed meanwhile,
 * another project or cluster, no such cluster). What is found is quoted in the report's own language. Values come from outside;
 * the renderer escapes them.
 * @throws {ZodError} where the symptom is none of ours.
 */
export function verdictOn(symptom: Pick<Symptom, 'problem' | 'entities'>, report: Proven): Text {
  const named = Named.parse(symptom);
  const elsewhere = elsewhereOf(named, report);
  const sentence = words.sentence(says(named), foundBy(named, report, elsewhere !== undefined));
  return elsewhere ? joinText([sentence, elsewhere]) : sentence;
}

function foundBy({ problem, entities }: Named, { target, findings }: Proven, elsewhere: boolean): Text {
  const gone = findings.find(({ check, status }) => check === 'cluster-not-found' && status === 'fail');
  if (gone && problem !== 'cluster-not-found') return words.noCluster(headline(gone), target.cluster);
  const isOwn = ({ check }: Finding) => check === problem;
  const asked = findings.filter(({ check }) => checksOf(problem).includes(check));
  const fails = asked.filter(({ status }) => status === 'fail');
  const confirming = fails.filter(isOwn);
  const cleared = whatIsFine(entities, asked.filter(isOwn));
  const wrong = [...fails, ...asked.filter(({ status }) => status === 'warn')];
  if (cleared !== undefined && wrong.length > 0) return words.fineButOthers(cleared, quoted(wrong));
  if (cleared !== undefined && asked.some(({ status }) => status === 'unknown')) return words.namedIsFine(cleared);
  if (confirming.length > 0) return words.same(quoted(confirming));
  if (fails.length > 0) return words.otherCause(quoted(fails));
  if (outside(problem)) return words.outside;
  const rank = (finding: Finding) => (isOwn(finding) ? 0 : 2) + (finding.status === 'warn' ? 0 : 1);
  const [doubt] = asked
    .filter(({ status }) => status === 'warn' || status === 'unknown')
    .toSorted((a, b) => rank(a) - rank(b));
  if (doubt) return (doubt.status === 'warn' ? words.warning : words.noProof)(headline(doubt));
  const passes = asked.filter(({ status }) => status === 'pass').length;
  if (passes === 0) return words.nothingToCheck;
  return elsewhere ? words.fineHere(passes) : words.fineByNow(passes);
}

/** What the problem's own check clears of all that the error names. */
function whatIsFine(entities: Entities, own: readonly Finding[]): string | undefined {
  return [entities.nodePool, entities.iamServiceAccount].find(
    name =>
      name !== undefined &&
      own.some(finding => finding.status === 'pass' && mentions(finding, name)) &&
      !own.some(finding => finding.status !== 'pass' && mentions(finding, name)),
  );
}

const mentions = ({ subject, missing, detail }: Finding, name: string) =>
  subject.endsWith(`/${name}`) || missing?.principal.endsWith(name) === true || detail.includes(name);

/** Problems that no check of a cluster can prove; that nothing else fails fits them. */
const outside = (problem: ProblemId) => (OUTSIDE_PROBLEMS as readonly string[]).includes(problem);

const headline = (finding: Finding) => finding.headline ?? finding.title;
const quoted = (findings: readonly Finding[]) => {
  const [first = ''] = findings.map(headline);
  return words.andMore(first, findings.length - 1);
};

/** Where the error names another target than the one that was looked at. */
function elsewhereOf({ entities }: Named, { target }: Proven): Text | undefined {
  const differ = (key: EntityKey & keyof typeof target, same = (a: string, b: string) => a === b) => {
    const [said, seen] = [entities[key], target[key]];
    return said !== undefined && seen !== undefined && !same(said, seen) ? { said, seen } : undefined;
  };
  const project = differ('project') ?? (entities.project === undefined ? differ('projectNumber') : undefined);
  if (project) return words.anotherProject(project.said, target.cluster, target.project);
  const cluster = differ('cluster');
  if (cluster) return words.anotherCluster(cluster.said, target.cluster);
  const location = entities.cluster === undefined ? undefined : differ('location', near);
  return location && words.anotherLocation(location.said, target.cluster, location.seen);
}

/** A zone and its region name one place. */
const near = (a: string, b: string) => a === b || a.startsWith(`${b}-`) || b.startsWith(`${a}-`);
