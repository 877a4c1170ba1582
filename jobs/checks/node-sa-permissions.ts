/**
 * Node service accounts need four permissions on the cluster's project to write logs and metrics (DOMAIN, 4 and B). Decided
 * by permission, never by the role's name: many roles carry them.
 */
import { joinText, type Text } from '../../src/contracts/text.ts';
import type { Access } from '../facts/access.ts';
import type { Cluster } from '../facts/cluster.ts';
import type { Unknown } from '../facts/fact.ts';
import { minorVersion, type NodeAccount, nodeAccounts, nodeServiceAgent } from '../facts/node-accounts.ts';
import type { Answer, Question, RoleQuestion } from '../iam/model.ts';
import type { Check, FindingDraft } from './check.ts';
import { remediesOf } from './denial.ts';
import {
  evidenceOf,
  isHarmlessDoubt,
  MAY_BE_A_DOUBLE,
  rolesHeld,
  unknownDetail,
  unreadable,
  whyUnknown,
} from './evidence.ts';

export const NODE_ROLE = 'roles/container.defaultNodeServiceAccount';
const AGENT_ROLE = 'roles/container.defaultNodeServiceAgent';

/** Without these nodes can't write logs and metrics. */
export const NODE_PERMISSIONS = [
  'logging.logEntries.create',
  'monitoring.timeSeries.create',
  'monitoring.metricDescriptors.create',
  'autoscaling.sites.writeMetrics',
] as const;

/** The role has these too; nothing breaks without them. */
const USEFUL = ['monitoring.metricDescriptors.list', 'monitoring.timeSeries.list'] as const;

/** From this minor version on GKE's node agent writes system logs and metrics itself (DOMAIN, B). */
const AGENT_SINCE_MINOR = 34;

export const nodeSaPermissions: Check<'cluster' | 'project' | 'computeClasses'> = {
  id: 'node-sa-permissions',
  title: {
    en: 'Node service accounts can write logs and metrics',
    ja: 'ノードのサービス アカウントがログと指標を書き込める',
  },
  description: {
    en: 'Nodes run as an IAM service account. Where it lacks the permissions of roles/container.defaultNodeServiceAccount on the cluster’s project, system logs and metrics are lost and HPA works on stale metrics. The permissions are what counts, whichever role gives them, wherever it is bound. From node version 1.34 on, GKE’s node service agent writes them, so a missing permission is only a warning while that agent holds its role.',
    ja: 'ノードは IAM サービス アカウントとして動作します。クラスタのプロジェクトに対して roles/container.defaultNodeServiceAccount と同等の権限がないと、システムログと指標が失われ、HPA の指標も更新されません。どのロール・どの階層で付与されているかは問わず、権限そのもので判定します。ノードのバージョン 1.34 以降は GKE のノード サービス エージェントが書き込むため、エージェントにロールがあれば警告にとどまります。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/service-accounts',
  needs: [
    'container.clusters.get',
    'resourcemanager.projects.get',
    'resourcemanager.projects.getIamPolicy',
    'iam.roles.get',
    'iam.serviceAccounts.get',
  ],
  facts: ['cluster', 'project', 'computeClasses'],
  inScan: 'cluster',
  offers: [NODE_ROLE],

  questions({ cluster, project, computeClasses }) {
    if (!cluster.known) return [];
    const number = project.known ? project.value.number : undefined;
    const accounts = nodeAccounts(cluster.value, number, computeClasses.known ? computeClasses.value : []);
    const asked = accounts.flatMap(({ email }) =>
      email === undefined
        ? []
        : [...NODE_PERMISSIONS, ...USEFUL].map(permission => nodeQuestion(cluster.value.project, email, permission)),
    );
    const newer = accounts.some(({ version }) => isWrittenByAgent(version));
    return newer && number !== undefined ? [...asked, agentQuestion(cluster.value, number)] : asked;
  },

  run({ cluster, project, computeClasses }, access, request) {
    if (!cluster.known) return [undecided(request.cluster, cluster)];
    const number = project.known ? project.value.number : undefined;
    const accounts = nodeAccounts(cluster.value, number, computeClasses.known ? computeClasses.value : []);
    const findings = accounts.map(account => {
      const { email } = account;
      if (email === undefined) return undecided(account.subject, whyUnknown(project));
      const agent =
        isWrittenByAgent(account.version) && number !== undefined
          ? access.answer(agentQuestion(cluster.value, number))
          : undefined;
      return judge(cluster.value, { ...account, email }, agent, access);
    });
    return computeClasses.known || computeClasses.code === 'not-asked'
      ? findings
      : withUnread(findings, computeClasses);
  },
};

/** Compute classes can name accounts of their own; that they were not read is said once, and changes no verdict. */
function withUnread([first, ...rest]: readonly FindingDraft[], unread: Unknown): FindingDraft[] {
  if (!first) return [];
  const note: Text = {
    en: `ComputeClasses, which can name other accounts, could not be read: ${unread.reason.en}`,
    ja: `ほかのアカウントを指定できる ComputeClass は読み取れませんでした: ${unread.reason.ja}`,
  };
  return [
    { ...first, detail: joinText([first.detail, note]), evidence: [...first.evidence, unreadable(unread)] },
    ...rest,
  ];
}

/** Does a node's account hold a permission on the clusters' project? */
export function nodeQuestion(project: string, email: string, permission: string): Question {
  return { principal: { member: `serviceAccount:${email}` }, permission, resource: `projects/${project}` };
}

function agentQuestion(cluster: Cluster, number: string): RoleQuestion {
  return { principal: { member: nodeServiceAgent(number) }, role: AGENT_ROLE, resource: `projects/${cluster.project}` };
}

function isWrittenByAgent(version: string): boolean {
  return (minorVersion(version) ?? 0) >= AGENT_SINCE_MINOR;
}

/** A cluster that doesn't log or measure needs no permission for it. */
function applies(cluster: Cluster, permission: string): boolean {
  if (permission.startsWith('logging.')) return cluster.loggingService !== 'none';
  if (permission.startsWith('monitoring.')) return cluster.monitoringService !== 'none';
  return true;
}

function judge(
  cluster: Cluster,
  account: NodeAccount & { email: string },
  agent: Answer | undefined,
  access: Access,
): FindingDraft {
  const { email, subject } = account;
  const resource = `projects/${cluster.project}`;
  const member = `serviceAccount:${email}`;
  const ask = (permission: string) => ({
    permission,
    answer: access.answer(nodeQuestion(cluster.project, email, permission)),
  });
  const needed = NODE_PERMISSIONS.filter(permission => applies(cluster, permission)).map(ask);
  const useful = USEFUL.filter(permission => applies(cluster, permission)).map(ask);
  const inState = (state: Answer['state']) => needed.filter(({ answer }) => answer.state === state);
  const missing = inState('missing');
  const open = inState('unknown');
  const conditional = inState('conditional');
  const who = nodesOf(account);
  const held = rolesHeld(access.policy(resource), member, resource);
  const names = (list: typeof needed) => list.map(({ permission }) => permission);
  const request = (doubt?: Text) => ({
    kind: 'grant-project-role' as const,
    params: { project: cluster.project, member, role: NODE_ROLE },
    ...(doubt ? { doubt } : {}),
  });

  const gone = missing.find(({ answer }) => isAccountGone(answer));
  if (gone) {
    const [why] = evidenceOf([gone.answer], resource);
    return {
      subject,
      status: 'fail',
      headline: cannotWrite(who),
      detail: {
        en: `${email} has no effective permissions. ${why?.says.en ?? ''} The check node-sa-state has the way out.`,
        ja: `${email} に有効な権限はありません。${why?.says.ja ?? ''}対処は node-sa-state のチェックにあります。`,
      },
      effect: LOST,
      evidence: [...(why ? [{ ...why, source: 'iam serviceAccounts.get' }] : []), held],
      missing: { principal: member, permissions: names(missing) },
    };
  }

  if (missing.length > 0) {
    const status = severity(agent);
    return {
      subject,
      status,
      headline: cannotWrite(who),
      detail: joinText([lacks(email, names(missing), needed.length, cluster.project), ...agentNote(agent)]),
      effect: status === 'fail' ? LOST : undefined,
      evidence: [
        held,
        ...evidenceOf(
          missing.map(({ answer }) => answer),
          resource,
        ),
        ...agentEvidence(agent, resource),
      ],
      missing: { principal: member, permissions: names(missing) },
      remedies: remediesOf(
        missing.map(({ answer }) => answer),
        request(),
      ),
    };
  }
  if (open.length > 0) {
    const doubts = open.flatMap(({ answer }) => (answer.state === 'unknown' ? answer.doubts : []));
    const harmless = doubts.every(doubt => isHarmlessDoubt(doubt, resource));
    const evidence = evidenceOf(
      open.map(({ answer }) => answer),
      resource,
    );
    return {
      subject,
      status: 'unknown',
      headline: {
        en: `${who.en}: I can't tell whether they can write logs and metrics`,
        ja: `${who.ja}がログと指標を書き込めるかどうか判定できません`,
      },
      detail: joinText([
        {
          en: `Whether ${email} holds ${names(open).join(', ')} can't be told.`,
          ja: `${email} に ${names(open).join(', ')} があるかどうかを判定できません。`,
        },
        ...doubts.flatMap(doubt => ('fact' in doubt && doubt.fact ? [unknownDetail(doubt.fact)] : [])).slice(0, 1),
      ]),
      evidence: [held, ...evidence],
      missing: { principal: member, permissions: names(open) },
      remedies: harmless ? [request(MAY_BE_A_DOUBLE)] : [],
    };
  }
  if (conditional.length > 0) {
    return {
      subject,
      status: 'warn',
      headline: {
        en: `${who.en} can write logs and metrics only under a condition`,
        ja: `${who.ja}がログと指標を書き込めるのは条件付きです`,
      },
      detail: {
        en: `${email} holds ${names(conditional).join(', ')} only under a condition that I can't decide.`,
        ja: `${email} の ${names(conditional).join(', ')} は条件付きで、その成否を判定できません。`,
      },
      evidence: [
        held,
        ...evidenceOf(
          conditional.map(({ answer }) => answer),
          resource,
        ),
      ],
      remedies: [request(MAY_BE_A_DOUBLE)],
    };
  }
  const lesser = useful.filter(({ answer }) => answer.state === 'missing');
  const proofs = evidenceOf(
    needed.map(({ answer }) => answer),
    resource,
  );
  if (lesser.length > 0) {
    return {
      subject,
      status: 'warn',
      headline: {
        en: `${who.en} can write logs and metrics, but lack part of what GKE recommends`,
        ja: `${who.ja}はログと指標を書き込めますが、推奨される権限の一部がありません`,
      },
      detail: {
        en: `${email} lacks ${names(lesser).join(', ')}. Nothing breaks without them; ${NODE_ROLE} has them.`,
        ja: `${email} に ${names(lesser).join(', ')} がありません。支障はありませんが、${NODE_ROLE} には含まれています。`,
      },
      evidence: [held, ...proofs],
      missing: { principal: member, permissions: names(lesser) },
      remedies: [request()],
    };
  }
  return {
    subject,
    status: 'pass',
    headline: { en: `${who.en} can write logs and metrics`, ja: `${who.ja}はログと指標を書き込めます` },
    detail: {
      en: `${email} holds all ${needed.length} permissions on project ${cluster.project}.`,
      ja: `${email} は、プロジェクト ${cluster.project} に対する ${needed.length} 個の権限をすべて持っています。`,
    },
    evidence: proofs,
  };
}

/** While the node agent writes, a missing permission harms nothing yet. */
function severity(agent: Answer | undefined): FindingDraft['status'] {
  if (!agent || agent.state === 'missing') return 'fail';
  return agent.state === 'unknown' ? 'unknown' : 'warn';
}

function isAccountGone(answer: Answer): boolean {
  return answer.state === 'missing' && /^principal-/.test(answer.because.kind);
}

function nodesOf({ pool, computeClass }: NodeAccount): Text {
  if (computeClass)
    return {
      en: `The nodes of compute class ${computeClass}`,
      ja: `コンピューティング クラス ${computeClass} のノード`,
    };
  if (pool) return { en: `The nodes of ${pool.name}`, ja: `${pool.name} のノード` };
  return { en: 'The nodes that GKE provisions', ja: 'GKE が自動で用意するノード' };
}

function cannotWrite(who: Text): Text {
  return { en: `${who.en} can't write logs and metrics`, ja: `${who.ja}がログと指標を書き込めません` };
}

const LOST: Text = {
  en: "Logs of these nodes don't reach Cloud Logging, metrics don't reach Cloud Monitoring; HPA works on stale metrics.",
  ja: 'ノードのログが Cloud Logging に、指標が Cloud Monitoring に届かず、HPA の指標も更新されません。',
};

function lacks(email: string, permissions: readonly string[], total: number, project: string): Text {
  const list = permissions.join(', ');
  return {
    en: `${email} lacks ${list} (${permissions.length} of ${total}) on project ${project}.`,
    ja: `${email} に、プロジェクト ${project} に対する ${list}（${total} 個中 ${permissions.length} 個）がありません。`,
  };
}

function agentNote(agent: Answer | undefined): Text[] {
  switch (agent?.state) {
    case undefined:
      return [];
    case 'missing':
      return [
        {
          en: 'GKE’s node service agent, which does it on nodes of 1.34 and later, lacks its role too.',
          ja: '1.34 以降のノードで代わりに書き込む GKE ノード サービス エージェントにも、ロールがありません。',
        },
      ];
    case 'unknown':
      return [
        {
          en: 'On nodes of 1.34 and later GKE’s node service agent does it; whether it holds its role can’t be told.',
          ja: '1.34 以降のノードでは GKE ノード サービス エージェントが書き込みますが、そのロールの有無を判定できません。',
        },
      ];
    default:
      return [
        {
          en: 'On nodes of 1.34 and later GKE’s node service agent does it, and it holds its role.',
          ja: '1.34 以降のノードでは GKE ノード サービス エージェントが書き込み、そのロールは付与されています。',
        },
      ];
  }
}

function agentEvidence(agent: Answer | undefined, resource: string) {
  return agent ? evidenceOf([agent], resource) : [];
}

function undecided(subject: string, reason: Unknown): FindingDraft {
  return {
    subject,
    status: 'unknown',
    headline: {
      en: "I can't tell which account the nodes run as",
      ja: 'ノードのサービス アカウントを特定できません',
    },
    detail: unknownDetail(reason),
    evidence: [unreadable(reason)],
  };
}
