/** “Google Compute Engine: Required … permission”: which of the agents that act for GKE lacks it (docs/domain/agents.md#gce-permission-retry-budget). */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Access } from '../../facts/access.ts';
import type { Fact } from '../../facts/fact.ts';
import { gkeServiceAgent, googleApisAgent } from '../../facts/google/node-accounts.ts';
import type { Operation } from '../../facts/google/operations.ts';
import type { Project } from '../../facts/google/project.ts';
import { describeAnswer } from '../../iam/describe.ts';
import { type Asked, foldAnswers } from '../../iam/fold.ts';
import type { Answer, Question } from '../../iam/model.ts';
import { memberOf } from '../../iam/principal.ts';
import type { Check, CheckRequest, FindingDraft, RemedyRequest } from '../check.ts';
import { remediesOf } from '../denial.ts';
import {
  commandsOf,
  type EvidenceDraft,
  evidenceOf,
  isOfferHarmless,
  MAY_BE_REDUNDANT,
  unknownDetail,
  unreadable,
} from '../evidence.ts';
import { type Refusal, refusalOf, resourceOf } from './compute/refusal.ts';
import { type Agent, hostAdministratorText, isForHostAdministrator, OFFERS, remediesFor } from './compute/remedies.ts';

export const gcePermissionRetryBudget: Check<'cluster' | 'project' | 'operations'> = {
  id: 'gce-permission-retry-budget',
  title: {
    en: 'GKE has the permissions it needs in Compute Engine',
    ja: 'GKE に Compute Engine の必要な権限がある',
  },
  description: {
    en: '“Retry budget exhausted … Google Compute Engine: Required permission”: judged if an operation of the cluster failed with this error, or if an error text contains it. The permission is looked up for GKE’s service agent and the Google APIs service agent, which act in Compute Engine; the node accounts don’t. If both hold it, the grant had probably not taken effect yet: try again. On the host project of a Shared VPC, both agents need roles/compute.networkUser on the subnet; the host project’s administrator manages the firewall rules. Other accounts that the message names are mentioned but not blamed.',
    ja: '「Retry budget exhausted … Google Compute Engine: Required permission」は、クラスタのオペレーションがこのエラーで失敗しているか、エラー文に含まれる場合に判定します。Compute Engine を操作する GKE サービス エージェントと Google API サービス エージェントについて権限を調べます（ノードのアカウントは操作しません）。両方にあれば、付与の反映前だったと考えられるため再試行してください。共有 VPC のホスト プロジェクトでは、両方のエージェントにサブネットに対する roles/compute.networkUser が必要で、ファイアウォール ルールはホスト プロジェクトの管理者が管理します。メッセージに書かれているほかの相手は、参考として示すだけです。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/4xx-errors',
  needs: [
    'container.operations.list',
    'resourcemanager.projects.getIamPolicy',
    'compute.subnetworks.getIamPolicy',
    'iam.roles.get',
  ],
  facts: ['cluster', 'project', 'operations'],
  offers: OFFERS,

  questions({ cluster, project, operations }, request) {
    if (!cluster.known || !project.known) return [];
    const refusal = refusalOf(cluster.value, project.value, operations, request);
    return refusal ? suspects(project.value, refusal).map(({ question }) => question) : [];
  },

  run({ cluster, project, operations }, access, request) {
    const subject = request.cluster;
    if (!cluster.known) {
      return [{ subject, ...undecided(unknownDetail(cluster)), evidence: [unreadable(cluster)] }];
    }
    const refusal = refusalOf(cluster.value, project.known ? project.value : undefined, operations, request);
    if (!refusal) return [nothingSaysSo(subject, operations, request)];
    if (!project.known) {
      return [{ subject, ...undecided(unknownDetail(project)), evidence: [refusal.evidence, unreadable(project)] }];
    }
    return [judge(subject, project.value, refusal, access)];
  },
};

interface Suspect {
  readonly kind: Agent | 'named';
  readonly question: Question;
}

function suspects(own: Project, refusal: Refusal): Suspect[] {
  const { permission, principal } = refusal;
  const resource = resourceOf(refusal, own);
  const ask = (kind: Suspect['kind'], member: string): Suspect => ({
    kind,
    question: { principal: { member }, permission, resource },
  });
  const [gke, apis] = [gkeServiceAgent(own.number), googleApisAgent(own.number)];
  const named = principal === undefined ? undefined : memberOf(principal);
  return [
    ask('gke', gke),
    // Only GKE's own agent writes firewall rules.
    ...(isForHostAdministrator(refusal, own) ? [] : [ask('apis', apis)]),
    ...(named && named !== gke && named !== apis ? [ask('named', named)] : []),
  ];
}

interface Answered extends Suspect {
  readonly answer: Answer;
}
type In<S extends Answer['state']> = Answered & Asked<S>;
type Verdict = Omit<FindingDraft, 'subject' | 'evidence'>;

interface Case {
  readonly own: Project;
  readonly refusal: Refusal;
  readonly access: Access;
}

/** Decided on the agents, which act for GKE: people and nodes need no permissions in Compute Engine. */
function judge(subject: string, own: Project, refusal: Refusal, access: Access): FindingDraft {
  const answers = suspects(own, refusal).map(one => ({ ...one, answer: access.answer(one.question) }));
  const agents = answers.filter(({ kind }) => kind !== 'named');
  const others = answers.filter(({ kind, answer }) => kind === 'named' && answer.state === 'missing');
  const one: Case = { own, refusal, access };
  return {
    subject,
    evidence: [
      refusal.evidence,
      ...answers.flatMap(({ question, answer }) =>
        evidenceOf([answer], question.resource).map(line => aboutPrincipal(question, line)),
      ),
    ],
    ...foldAnswers<Answered, Verdict>(agents, {
      missing: items => lacking(one, items),
      unknown: items => unsure(one, items),
      conditional: items => holding(one, items, others),
      granted: () => holding(one, [], others),
    }),
  };
}

function lacking({ own, refusal, access }: Case, lacking: readonly In<'missing'>[]): Verdict {
  const { permission, project } = refusal;
  const who = lacking.map(emailOf).join(', ');
  const [first = ''] = lacking.map(({ question }) => question.principal.member);
  const forAdministrator = isForHostAdministrator(refusal, own);
  return {
    status: 'fail',
    headline: { en: `${who} lacks ${permission}`, ja: `${who} に ${permission} がありません` },
    detail: joinText([
      {
        en: `${who} lacks ${permission} on ${placeText(refusal, own).en}, which GKE needs in Compute Engine.`,
        ja: `${who} に、GKE が Compute Engine で必要とする${placeText(refusal, own).ja}の ${permission} がありません。`,
      },
      ...(forAdministrator ? [hostAdministratorText(project)] : []),
    ]),
    effect: {
      en: 'GKE gives up after several attempts: the cluster or node pool isn’t created or changed.',
      ja: 'GKE が数回の試行の後に中止し、クラスタやノードプールの作成・変更が完了しません。',
    },
    missing: { principal: first, permissions: [permission] },
    remedies: distinct(
      lacking.flatMap(({ kind, question, answer }) =>
        kind === 'named'
          ? []
          : remediesOf([answer], remediesFor(kind, question.principal.member, refusal, own, access)),
      ),
    ),
  };
}

/** The refusal itself shows that somebody lacked it: commands are offered, a button only where a grant could at worst be a double. */
function unsure({ own, refusal, access }: Case, open: readonly In<'unknown'>[]): Verdict {
  const answers = open.map(({ answer }) => answer);
  const offered = open.flatMap(({ kind, question, answer }) => {
    const harmless = isOfferHarmless([answer], question.resource);
    const all = kind === 'named' ? [] : remediesFor(kind, question.principal.member, refusal, own, access);
    return all.filter(remedy => harmless || remedy.kind === 'command');
  });
  return {
    ...undecided(joinText([...answers.flatMap(describeAnswer), ...commandsOf(answers)])),
    headline: {
      en: `Which agent lacks ${refusal.permission} on ${placeText(refusal, own).en} is unknown`,
      ja: `${placeText(refusal, own).ja}の ${refusal.permission} がどのエージェントに足りないか判定できません`,
    },
    remedies: distinct(offered).map(remedy => ({ ...remedy, doubt: MAY_BE_REDUNDANT })),
  };
}

function holding({ own, refusal }: Case, conditional: readonly Answered[], others: readonly Answered[]): Verdict {
  const { permission } = refusal;
  const where = placeText(refusal, own);
  return {
    status: 'warn',
    headline: {
      en: `GKE’s agents hold ${permission}`,
      ja: `GKE のエージェントには ${permission} があります`,
    },
    detail: joinText([
      ...conditional.flatMap(({ answer }) => describeAnswer(answer)),
      {
        en: `GKE’s agents hold ${permission} on ${where.en} by now. A grant that has not taken effect yet (2 to 7 minutes) fails like this: try again. The nodes’ own account never needs it.`,
        ja: `GKE のエージェントには現在、${where.ja}の ${permission} があります。付与の反映前（2〜7 分）にはこのエラーになるため、もう一度実行してください。ノードのアカウントにこの権限は不要です。`,
      },
      ...others.map(alsoNamed),
    ]),
  };
}

function placeText({ project, subnet }: Refusal, own: Project): Text {
  if (project === own.id) return { en: `project ${project}`, ja: `プロジェクト ${project} ` };
  if (!subnet) return { en: `the host project ${project}`, ja: `ホスト プロジェクト ${project} ` };
  return {
    en: `the subnet ${subnet.name} of the host project ${project}`,
    ja: `ホスト プロジェクト ${project} のサブネット ${subnet.name} `,
  };
}

function aboutPrincipal(question: Question, line: EvidenceDraft): EvidenceDraft {
  const who = emailOf({ question });
  return { ...line, says: { en: `${who}: ${line.says.en}`, ja: `${who}: ${line.says.ja}` } };
}

function emailOf({ question: { principal } }: Pick<Suspect, 'question'>): string {
  return principal.member.replace(/^\w+:/, '');
}

/** Said of whoever the text names besides the agents: lacking it is no fault of theirs, unless they were the ones refused. */
function alsoNamed(suspect: Suspect): Text {
  const who = emailOf(suspect);
  return {
    en: `${who}, whom the message names, doesn’t hold it. That matters only where Compute Engine refused them and not GKE.`,
    ja: `メッセージにある ${who} にはこの権限がありませんが、関係するのは Compute Engine が GKE ではなく本人を拒否した場合だけです。`,
  };
}

function distinct(remedies: readonly RemedyRequest[]): RemedyRequest[] {
  return [...new Map(remedies.map(remedy => [JSON.stringify(remedy), remedy])).values()];
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

function undecided(detail: Text): Verdict {
  return {
    status: 'unknown',
    headline: {
      en: 'Who lacks the permission in Compute Engine is unknown',
      ja: 'Compute Engine の権限が誰に足りないか判定できません',
    },
    detail,
  };
}
