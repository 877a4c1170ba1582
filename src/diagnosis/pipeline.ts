/** From a check and what it is asked about to findings: facts → questions to IAM → the check → its remedies, in one language. */

import { CHECK_IDS, type Finding } from '../contracts/report.ts';
import type { Language, Text } from '../contracts/text.ts';
import { UserFacingError } from '../contracts/user-facing-error.ts';
import { planRemedy } from '../remedies/index.ts';
import { causeId, type Judged } from './causes.ts';
import type { Check, CheckRequest, FindingDraft } from './checks/check.ts';
import { type Access, prefetchAccess, prepareAccess } from './facts/access.ts';
import type { Unknown } from './facts/fact.ts';
import { readAutomaticGrantsDisabled } from './facts/google/org-policy.ts';
import { readRole } from './facts/google/role.ts';
import { readServices } from './facts/google/services.ts';
import { type FactContext, gather } from './facts/index.ts';
import type { Session } from './facts/session.ts';

/** What a check is asked about: a cluster with what is known of it, or a project. */
export interface Case {
  readonly facts: FactContext;
  readonly request: CheckRequest;
}

/**
 * Starts what these checks read of a project whatever its clusters are like, so that it is read beside what `search` reads.
 */
export function prefetch<Search>(
  session: Session,
  project: string,
  checks: readonly Check[],
  search: () => Promise<Search>,
): Promise<Search> {
  if (checks.some(({ questions }) => questions)) prefetchAccess(session, `projects/${project}`);
  const searching = search();
  const facts = new Set(checks.flatMap(check => check.facts));
  if (facts.has('services')) void readServices(session, project);
  if (facts.has('automaticGrantsDisabled')) void readAutomaticGrantsDisabled(session, project);
  const roles = checks.flatMap(({ offers }) => (typeof offers === 'function' ? [] : (offers ?? [])));
  for (const role of new Set(roles)) void readRole(session, role);
  return searching;
}

/**
 * Runs one check on many cases; the findings of each, in the cases' order. What the cases ask of IAM is read and decided once
 * for all of them: a thousand clusters whose nodes share an account cost one answer.
 */
export async function runCheck(
  session: Session,
  check: Check,
  cases: readonly Case[],
  language: Language,
): Promise<Judged[][]> {
  // A scan reads no API server: it has no slower facts.
  if (check.early && session.kubernetes) for (const one of cases) void readEarly(session, check, one);
  const gathered = await Promise.all(
    cases.map(async ({ facts, request }) => ({ facts: await gather(facts, check.facts), request })),
  );
  const questions = gathered.flatMap(({ facts, request }) => check.questions?.(facts, request) ?? []);
  const further = gathered.flatMap(({ facts, request }) => check.offersFor?.(facts, request) ?? []);
  const offers = questions.length > 0 ? [...new Set([...rolesToOffer(check, cases), ...further])] : [];
  const access = await prepareAccess(session, questions, offers);
  const { stages } = session;
  stages.collected();
  const render = rendering(check, access, language);
  return gathered.map(({ facts, request }) => {
    const drafts = stages.check(() => check.run(facts, access, request));
    return stages.plan(() => drafts.map(render));
  });
}

/** What goes wrong here goes wrong again for the check itself, which says so. */
async function readEarly(session: Session, check: Check, one: Case): Promise<void> {
  try {
    const questions = check.early?.(await gather(one.facts, ['cluster', 'project'])) ?? [];
    if (questions.length > 0) await prepareAccess(session, questions, rolesToOffer(check, [one]));
  } catch {}
}

/** Roles that the check may offer for some case. */
function rolesToOffer({ offers = [] }: Check, cases: readonly Case[]): string[] {
  return [...new Set(typeof offers === 'function' ? cases.flatMap(({ request }) => offers(request)) : offers)];
}

/** Drafts in one language. Those that share what is missing and its remedies, as node pools of one account do, share the plans. */
function rendering(check: Check, access: Access, language: Language): (draft: FindingDraft) => Judged {
  const planned = new Map<FindingDraft['remedies'], Pick<FindingDraft, 'missing'> & Pick<Finding, 'remedies'>>();
  const plan = ({ remedies = [], missing }: FindingDraft) =>
    remedies.map(remedy => planRemedy(remedy, { access, missing: missing?.permissions ?? [] }, language));
  return draft => {
    const earlier = planned.get(draft.remedies);
    const { missing } = draft;
    const remedies = earlier && earlier.missing === missing ? earlier.remedies : plan(draft);
    planned.set(draft.remedies, { missing, remedies });
    const unread = draft.status === 'unknown' ? unreadFor(draft) : [];
    const finding = {
      check: check.id,
      subject: draft.subject,
      status: draft.status,
      title: check.title[language],
      headline: draft.headline[language],
      detail: draft.detail[language],
      ...(draft.effect ? { effect: draft.effect[language] } : {}),
      evidence: draft.evidence.map(({ source, says }) => ({ source, says: says[language] })),
      ...(unread.length > 0 ? { causes: unread.map(causeId) } : {}),
      ...(draft.missing
        ? { missing: { principal: draft.missing.principal, permissions: [...draft.missing.permissions] } }
        : {}),
      remedies,
      docs: check.docs,
    };
    return { finding, unread };
  };
}

/** What could not be read for a draft, each cause once. */
function unreadFor({ evidence }: FindingDraft): Unknown[] {
  const facts = evidence.flatMap(({ unread }) => unread ?? []);
  return [...new Map(facts.map(fact => [causeId(fact), fact])).values()];
}

/** The order in which reports list findings. */
export function byCheckThenSubject({ finding: a }: Judged, { finding: b }: Judged): number {
  return CHECK_IDS.indexOf(a.check) - CHECK_IDS.indexOf(b.check) || (a.subject < b.subject ? -1 : 1);
}

/** Nothing of the target could be read: there is no report to give. */
export class NothingReadableError extends UserFacingError {
  constructor(cluster: Unknown) {
    super({ code: 'nothing-readable', text: cluster.reason, next: nextStep(cluster) });
  }
}

function nextStep(reason: Unknown): Text {
  if (reason.command) return { en: `Run: ${reason.command}`, ja: `次を実行してください: ${reason.command}` };
  if (reason.code === 'unauthenticated') {
    return {
      en: 'Get a new token: gcloud auth application-default login, or gcloud auth print-access-token > the token file.',
      ja: '新しいトークンを取得してください: gcloud auth application-default login、または gcloud auth print-access-token > トークン ファイル。',
    };
  }
  return {
    en: 'Check the network, the proxy (HTTPS_PROXY) and the endpoint overrides (CLOUDSDK_API_ENDPOINT_OVERRIDES_…), then try again.',
    ja: 'ネットワーク、プロキシ（HTTPS_PROXY）、エンドポイントの上書き（CLOUDSDK_API_ENDPOINT_OVERRIDES_…）を確認し、もう一度試してください。',
  };
}
