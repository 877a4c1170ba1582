/** “Google Compute Engine: Required … permission”: who of those that act for GKE lacks it (DOMAIN, 8). */
import { joinText, type Text } from '../../src/contracts/text.ts';
import type { Access } from '../facts/access.ts';
import type { Cluster } from '../facts/cluster.ts';
import type { Fact } from '../facts/fact.ts';
import { gkeServiceAgent, googleApisAgent } from '../facts/node-accounts.ts';
import { isAbout, type Operation } from '../facts/operations.ts';
import { describeAnswer } from '../iam/describe.ts';
import type { Question } from '../iam/model.ts';
import type { Check, CheckRequest, FindingDraft, RemedyRequest } from './check.ts';
import { type EvidenceDraft, evidenceOf, unknownDetail, unreadable } from './evidence.ts';
import { evidence, undecided } from './workload-subject.ts';

const ROLE = 'roles/container.serviceAgent';

export const gcePermissionRetryBudget: Check<'cluster' | 'project' | 'operations'> = {
  id: 'gce-permission-retry-budget',
  title: {
    en: 'GKE may do what it needs in Compute Engine',
    ja: 'GKE に Compute Engine の必要な権限がある',
  },
  description: {
    en: '“Retry budget exhausted … Google Compute Engine: Required permission”: judged where an operation of the cluster failed so, or an error text says it. The permission is looked up for GKE’s service agent and the Google APIs service agent, which act in Compute Engine; the node accounts don’t. Where both hold it, it was probably a grant that had not taken effect yet: try again. The caller is named only where the message names them.',
    ja: '「Retry budget exhausted … Google Compute Engine: Required permission」は、クラスタのオペレーションがこのエラーで失敗しているか、エラー文に含まれる場合に判定します。Compute Engine を操作する GKE サービス エージェントと Google API サービス エージェントについて権限を調べます（ノードのアカウントは操作しません）。両方にあれば、付与の反映前だったと考えられるため再試行してください。呼び出し元は、メッセージに書かれている場合だけ取り上げます。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/4xx-errors',
  needs: ['container.operations.list', 'resourcemanager.projects.getIamPolicy', 'iam.roles.get'],
  facts: ['cluster', 'project', 'operations'],
  offers: [ROLE],

  questions({ cluster, project, operations }, request) {
    const denial = cluster.known ? denialOf(cluster.value, operations, request) : undefined;
    return denial && project.known ? suspects(project.value.number, denial).map(({ question }) => question) : [];
  },

  run({ cluster, project, operations }, access, request) {
    const subject = request.cluster;
    if (!cluster.known) return [undecided(subject, cluster, CANT_TELL)];
    const denial = denialOf(cluster.value, operations, request);
    if (!denial) return [nothingSaysSo(subject, operations, request)];
    if (!project.known) return [{ ...undecided(subject, project, CANT_TELL), evidence: [denial.evidence] }];
    return [judge(subject, request.project, denial, suspects(project.value.number, denial), access)];
  },
};

/** What was denied, where, and maybe to whom. */
interface Denial {
  readonly permission: string;
  /** The host project, with a Shared VPC. */
  readonly project: string;
  readonly principal?: string;
  readonly evidence: EvidenceDraft;
}

const SAYS = /Google Compute Engine:\s*Required (?:permission '([\w.]+)'|'([\w.]+)' permission) for '([^']+)'/i;

function denialOf(
  cluster: Cluster,
  operations: Fact<readonly Operation[]>,
  { symptom, project }: CheckRequest,
): Denial | undefined {
  if (symptom?.problem === 'gce-permission-retry-budget' && symptom.entities.permission) {
    const { permission, resource, principal } = symptom.entities;
    const on = resource ?? `projects/${project}`;
    return {
      permission,
      project: projectIn(on) ?? project,
      ...(principal ? { principal } : {}),
      evidence: evidence('the error text', `${permission} (${on})`),
    };
  }
  const failed = (operations.known ? operations.value : [])
    .filter(one => isAbout(one, cluster) && SAYS.test(one.error ?? ''))
    .sort((a, b) => ((a.startTime ?? '') < (b.startTime ?? '') ? 1 : -1))[0];
  const match = failed?.error?.match(SAYS);
  const permission = match?.[1] ?? match?.[2];
  if (!failed || permission === undefined) return undefined;
  return {
    permission,
    project: projectIn(match?.[3] ?? '') ?? project,
    evidence: evidence('container operations.list', `${failed.type} ${failed.name}: ${failed.error ?? ''}`),
  };
}

function projectIn(resource: string): string | undefined {
  return resource.match(/projects\/([^/]+)/)?.[1];
}

interface Suspect {
  readonly kind: 'gke' | 'apis' | 'caller';
  readonly question: Question;
}

function suspects(number: string, { permission, project, principal }: Denial): Suspect[] {
  const ask = (kind: Suspect['kind'], member: string): Suspect => ({
    kind,
    question: { principal: { member }, permission, resource: `projects/${project}` },
  });
  const [gke, apis] = [gkeServiceAgent(number), googleApisAgent(number)];
  const caller = principal === undefined ? undefined : memberOf(principal);
  return [
    ask('gke', gke),
    ask('apis', apis),
    ...(caller && caller !== gke && caller !== apis ? [ask('caller', caller)] : []),
  ];
}

function memberOf(principal: string): string {
  if (/^\w+:/.test(principal)) return principal;
  return `${principal.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${principal}`;
}

function judge(subject: string, own: string, denial: Denial, asked: readonly Suspect[], access: Access): FindingDraft {
  const answers = asked.map(suspect => ({ ...suspect, answer: access.answer(suspect.question) }));
  const lacking = answers.filter(({ answer }) => answer.state === 'missing');
  const open = answers.filter(({ answer }) => answer.state === 'unknown');
  const resource = `projects/${denial.project}`;
  const proof = [
    denial.evidence,
    ...answers.flatMap(({ question, answer }) => evidenceOf([answer], resource).map(line => named(question, line))),
  ];
  const [first] = lacking;
  if (first) {
    const who = lacking.map(({ question }) => emailOf(question)).join(', ');
    return {
      subject,
      status: 'fail',
      headline: {
        en: `${emailOf(first.question)} lacks ${denial.permission}`,
        ja: `${emailOf(first.question)} に ${denial.permission} がありません`,
      },
      detail: {
        en: `${who} lacks ${denial.permission} on project ${denial.project}, which GKE needs in Compute Engine.`,
        ja: `${who} に、GKE が Compute Engine で必要とするプロジェクト ${denial.project} の ${denial.permission} がありません。`,
      },
      effect: {
        en: 'GKE gives up after several attempts: the cluster or node pool isn’t created or changed.',
        ja: 'GKE が数回の試行の後に中止し、クラスタやノードプールの作成・変更が完了しません。',
      },
      evidence: proof,
      missing: { principal: first.question.principal.member, permissions: [denial.permission] },
      remedies: lacking.map(suspect => remedyFor(suspect, own, denial)),
    };
  }
  if (open.length > 0) {
    return {
      subject,
      status: 'unknown',
      headline: CANT_TELL,
      detail: joinText(open.flatMap(({ answer }) => describeAnswer(answer))),
      evidence: proof,
    };
  }
  return {
    subject,
    status: 'warn',
    headline: {
      en: `Those that act for GKE hold ${denial.permission}`,
      ja: `GKE のエージェントには ${denial.permission} があります`,
    },
    detail: joinText([
      ...answers.filter(({ answer }) => answer.state === 'conditional').flatMap(({ answer }) => describeAnswer(answer)),
      {
        en: `GKE’s service agents hold ${denial.permission} on ${denial.project} by now: a grant that had not taken effect yet (2 to 7 minutes) fails like this. Try again. The nodes’ own account never needs it.`,
        ja: `GKE のサービス エージェントには現在、${denial.project} に対する ${denial.permission} があります。付与の反映前（2〜7 分）にはこのエラーになるため、もう一度実行してください。ノードのアカウントにこの権限は不要です。`,
      },
    ]),
    evidence: proof,
  };
}

function named({ principal }: Question, line: EvidenceDraft): EvidenceDraft {
  const who = principal.member.replace(/^\w+:/, '');
  return { source: line.source, says: { en: `${who}: ${line.says.en}`, ja: `${who}: ${line.says.ja}` } };
}

function emailOf({ principal }: Question): string {
  return principal.member.replace(/^\w+:/, '');
}

/** The agent's own role is granted in its own project; anything broader, or elsewhere, people do themselves. */
function remedyFor({ kind, question }: Suspect, own: string, { project }: Denial): RemedyRequest {
  const { member } = question.principal;
  if (kind === 'gke' && project === own) {
    return { kind: 'grant-project-role', params: { project, member, role: ROLE } };
  }
  const role =
    kind === 'apis' && project === own ? 'roles/editor' : project === own ? 'ROLE' : 'roles/compute.networkUser';
  const command = ['gcloud', 'projects', 'add-iam-policy-binding', project];
  return {
    kind: 'command',
    params: { command: [...command, `--member=${member}`, `--role=${role}`, '--condition=None'] },
  };
}

function nothingSaysSo(
  subject: string,
  operations: Fact<readonly Operation[]>,
  { symptom }: CheckRequest,
): FindingDraft {
  const pasted = symptom?.problem === 'gce-permission-retry-budget';
  return {
    subject,
    status: pasted ? 'unknown' : 'not-applicable',
    headline: {
      en: 'No operation failed for want of a permission',
      ja: '権限不足で失敗したオペレーションはありません',
    },
    detail: operations.known
      ? {
          en: `No operation of the cluster names a permission that it lacked in Compute Engine${pasted ? ', and neither does the error text' : ''}.`,
          ja: `Compute Engine の権限不足を示すオペレーションはありません${pasted ? '。エラー文にも権限名がありません' : ''}。`,
        }
      : unknownDetail(operations),
    evidence: operations.known ? [] : [unreadable(operations)],
  };
}

const CANT_TELL: Text = {
  en: "I can't tell who lacks the permission in Compute Engine",
  ja: 'Compute Engine の権限が誰に足りないか判定できません',
};
