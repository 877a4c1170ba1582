/** “Google Compute Engine: Required … permission”: who of those that act for GKE lacks it (docs/domain/agents.md#gce-permission-retry-budget). */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Access } from '../../facts/access.ts';
import type { Fact } from '../../facts/fact.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import { gkeServiceAgent, googleApisAgent } from '../../facts/google/node-accounts.ts';
import { isAbout, type Operation } from '../../facts/google/operations.ts';
import type { Project } from '../../facts/google/project.ts';
import { describeAnswer } from '../../iam/describe.ts';
import type { Question } from '../../iam/model.ts';
import type { Check, CheckRequest, FindingDraft, RemedyRequest } from '../check.ts';
import { remediesOf } from '../denial.ts';
import { commandsOf, type EvidenceDraft, evidenceOf, unknownDetail, unreadable } from '../evidence.ts';
import { evidence, undecided } from '../workloads/workload/subject.ts';

const ROLE = 'roles/container.serviceAgent';

export const gcePermissionRetryBudget: Check<'cluster' | 'project' | 'operations'> = {
  id: 'gce-permission-retry-budget',
  title: {
    en: 'GKE may do what it needs in Compute Engine',
    ja: 'GKE に Compute Engine の必要な権限がある',
  },
  description: {
    en: '“Retry budget exhausted … Google Compute Engine: Required permission”: judged where an operation of the cluster failed so, or an error text says it. The permission is looked up for GKE’s service agent and the Google APIs service agent, which act in Compute Engine; the node accounts don’t. Where both hold it, it was probably a grant that had not taken effect yet: try again. Whoever else the message names is told of, and not blamed.',
    ja: '「Retry budget exhausted … Google Compute Engine: Required permission」は、クラスタのオペレーションがこのエラーで失敗しているか、エラー文に含まれる場合に判定します。Compute Engine を操作する GKE サービス エージェントと Google API サービス エージェントについて権限を調べます（ノードのアカウントは操作しません）。両方にあれば、付与の反映前だったと考えられるため再試行してください。メッセージに書かれているほかの相手は、参考として示すだけです。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/4xx-errors',
  needs: ['container.operations.list', 'resourcemanager.projects.getIamPolicy', 'iam.roles.get'],
  facts: ['cluster', 'project', 'operations'],
  offers: [ROLE],

  questions({ cluster, project, operations }, request) {
    const denial = cluster.known ? denialOf(cluster.value, operations, request) : undefined;
    return denial && project.known ? suspects(project.value, denial).map(({ question }) => question) : [];
  },

  run({ cluster, project, operations }, access, request) {
    const subject = request.cluster;
    if (!cluster.known) return [undecided(subject, cluster, CANT_TELL)];
    const denial = denialOf(cluster.value, operations, request);
    if (!denial) return [nothingSaysSo(subject, operations, request)];
    if (!project.known) return [{ ...undecided(subject, project, CANT_TELL), evidence: [denial.evidence] }];
    return [judge(subject, project.value, denial, access)];
  },
};

/** What was denied, where, and maybe who is named beside it. */
interface Denial {
  readonly permission: string;
  /** By id or by number; the host project, with a Shared VPC. */
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

/** Compute Engine names projects by number too. */
function placeOf({ project }: Denial, own: Project): string {
  return project === own.number ? own.id : project;
}

function suspects(own: Project, denial: Denial): Suspect[] {
  const { permission, principal } = denial;
  const ask = (kind: Suspect['kind'], member: string): Suspect => ({
    kind,
    question: { principal: { member }, permission, resource: `projects/${placeOf(denial, own)}` },
  });
  const [gke, apis] = [gkeServiceAgent(own.number), googleApisAgent(own.number)];
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

/** Decided on the agents, which act for GKE: people and nodes have no need of permissions in Compute Engine (docs/domain/agents.md#gce-permission-retry-budget). */
function judge(subject: string, own: Project, denial: Denial, access: Access): FindingDraft {
  const answers = suspects(own, denial).map(suspect => ({ ...suspect, answer: access.answer(suspect.question) }));
  const agents = answers.filter(({ kind }) => kind !== 'caller');
  const lacking = agents.filter(({ answer }) => answer.state === 'missing');
  const open = agents.filter(({ answer }) => answer.state === 'unknown');
  const project = placeOf(denial, own);
  const resource = `projects/${project}`;
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
        en: `${who} lacks ${denial.permission} on project ${project}, which GKE needs in Compute Engine.`,
        ja: `${who} に、GKE が Compute Engine で必要とするプロジェクト ${project} の ${denial.permission} がありません。`,
      },
      effect: {
        en: 'GKE gives up after several attempts: the cluster or node pool isn’t created or changed.',
        ja: 'GKE が数回の試行の後に中止し、クラスタやノードプールの作成・変更が完了しません。',
      },
      evidence: proof,
      missing: { principal: first.question.principal.member, permissions: [denial.permission] },
      remedies: distinct(
        lacking.flatMap(suspect =>
          remediesOf([suspect.answer], [remedyFor(suspect, project === own.id, resource, denial, access)]),
        ),
      ),
    };
  }
  if (open.length > 0) {
    return {
      subject,
      status: 'unknown',
      headline: CANT_TELL,
      detail: joinText([
        ...open.flatMap(({ answer }) => describeAnswer(answer)),
        ...commandsOf(open.map(({ answer }) => answer)),
      ]),
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
      ...agents.filter(({ answer }) => answer.state === 'conditional').flatMap(({ answer }) => describeAnswer(answer)),
      {
        en: `GKE’s service agents hold ${denial.permission} on ${project} by now: a grant that had not taken effect yet (2 to 7 minutes) fails like this. Try again. The nodes’ own account never needs it.`,
        ja: `GKE のサービス エージェントには現在、${project} に対する ${denial.permission} があります。付与の反映前（2〜7 分）にはこのエラーになるため、もう一度実行してください。ノードのアカウントにこの権限は不要です。`,
      },
      ...answers.filter(({ kind, answer }) => kind === 'caller' && answer.state === 'missing').map(alsoNamed),
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

/** Said of whoever the text names besides the agents: lacking it is no fault of theirs, unless they were the ones refused. */
function alsoNamed({ question }: Suspect): Text {
  const who = emailOf(question);
  return {
    en: `${who}, whom the message names, doesn’t hold it; that matters only where Compute Engine refused them and not GKE.`,
    ja: `メッセージにある ${who} にはこの権限がありませんが、関係するのは Compute Engine が GKE ではなく本人を拒否した場合だけです。`,
  };
}

function distinct(remedies: readonly RemedyRequest[]): RemedyRequest[] {
  return [...new Map(remedies.map(remedy => [JSON.stringify(remedy), remedy])).values()];
}

/** The agent's own role is granted in its own project, where it helps; anything broader, or elsewhere, people do themselves. */
function remedyFor(
  { kind, question }: Suspect,
  isOwn: boolean,
  resource: string,
  { permission }: Denial,
  access: Access,
): RemedyRequest {
  const { member } = question.principal;
  const project = resource.replace('projects/', '');
  const usual = kind === 'gke' ? ROLE : 'roles/editor';
  const contents = access.role(usual);
  const helps = !contents?.known || contents.value.permissions.has(permission);
  if (kind === 'gke' && isOwn && helps) {
    return { kind: 'grant-project-role', params: { project, member, role: ROLE } };
  }
  const role = isOwn ? (helps ? usual : 'ROLE') : 'roles/compute.networkUser';
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
