/** What the configuration says about approvals in one project, for one risk. Pure. */
import type { Plan } from '../contracts/plan.ts';
import type { RemedyKind, Risk } from '../contracts/report.ts';
import type { Approvers, DECIDABLE_RISKS, Rule, Settings } from './settings.ts';

/** The risks that have a button; `manual` has none. */
export type DecidableRisk = (typeof DECIDABLE_RISKS)[number];

export interface Rules {
  /** How many different people must approve. */
  readonly quorum: number;
  readonly approvers: Approvers;
  readonly selfApproval: boolean;
  readonly requireOwnAuthority: boolean;
  /** In ms. */
  readonly expireAfter: number;
  readonly allowedRoles: readonly string[];
  readonly frozen: boolean;
}

type Approving = Pick<Settings, 'approvals'>;

/**
 * The general keys, then every matching rule in the file's order: a later one replaces what an earlier one said, key by
 * key; `approvers` and `allowedRoles` are replaced whole, so that a rule can take rights away. What is frozen stays so.
 */
export function approvalRules({ approvals }: Approving, project: string, risk: DecidableRisk): Rules {
  const { quorum, rules, targets: _targets, memberDomains: _domains, kubernetes: _kubernetes, ...general } = approvals;
  let result: Rules = { ...general, quorum: quorum[risk] };
  for (const { match, quorum: own, ...changes } of rules) {
    if (!matches(match, project, risk)) continue;
    result = {
      ...result,
      ...changes,
      quorum: own?.[risk] ?? result.quorum,
      frozen: result.frozen || changes.frozen === true,
    };
  }
  return result;
}

/**
 * The rules of every project that a plan touches: the cluster's, and the one that is written to where it is another (the
 * host project of a Shared VPC, the project of an IAM service account). Each of them must be satisfied. Empty for a
 * manual remedy: nobody can approve it.
 */
export function planRules(config: Approving, plan: Plan): Rules[] {
  const { risk } = plan.remedy;
  if (!isDecidable(risk)) return [];
  const least = leastQuorum(config, plan);
  return planProjects(plan).map(project => {
    const rules = approvalRules(config, project, risk);
    return { ...rules, quorum: Math.max(rules.quorum, least) };
  });
}

/** Changes that two people must approve, whatever the configuration says: they open a way into the cluster. */
const SECOND_APPROVER: ReadonlySet<RemedyKind> = new Set<RemedyKind>(['enable-dns-endpoint']);

/** Who lets a workload in to an account gives it all that the account can: two people, unless the account is a named target. */
function leastQuorum({ approvals }: Approving, { remedy: { kind, params } }: Plan): number {
  if (SECOND_APPROVER.has(kind)) return 2;
  if (kind !== 'grant-service-account-role') return 1;
  const email = String(params.serviceAccount).split('/').at(-1) ?? '';
  const target = approvals.targets.find(({ serviceAccount }) => glob(serviceAccount).test(email));
  return target ? (target.quorum ?? 1) : 2;
}

const isDecidable = (risk: Risk): risk is DecidableRisk => risk !== 'manual';

/** The cluster's project, and the one that is written to where it is another. */
export function planProjects({ target, remedy }: Plan): string[] {
  const { project, serviceAccount } = remedy.params;
  const named = [
    target.project,
    project,
    inName(remedy.change?.resource),
    inName(serviceAccount),
    inEmail(serviceAccount),
  ];
  const ids = named
    .filter(id => typeof id === 'string')
    .map(id => (id === target.projectNumber || id === '-' ? target.project : id));
  return [...new Set(ids)];
}

const inName = (name: unknown) =>
  typeof name === 'string' ? /^(?:\/\/[^/]+\/)?projects\/([^/_][^/]*)/.exec(name)?.[1] : undefined;
const inEmail = (email: unknown) =>
  typeof email === 'string' ? /@([^@/]+)\.iam\.gserviceaccount\.com$/.exec(email)?.[1] : undefined;

function matches(match: Rule['match'], project: string, risk: DecidableRisk): boolean {
  return glob(match.project).test(project) && (match.risk?.includes(risk) ?? true);
}

/** `*` is any run of characters, `?` is one; all else stands for itself. */
function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
