/** The verdict about one node account, from the engine's answers to the questions of `node-permissions.ts`. */
import { joinText, type Text } from '../../../../contracts/text.ts';
import type { Access } from '../../../facts/access.ts';
import type { Fact } from '../../../facts/fact.ts';
import type { Cluster } from '../../../facts/google/cluster.ts';
import type { NodeAccount } from '../../../facts/google/node-accounts.ts';
import type { Answer, Policy } from '../../../iam/model.ts';
import type { FindingDraft, RemedyRequest } from '../../check.ts';
import { remediesOf } from '../../denial.ts';
import { evidenceOf, isHarmlessDoubt, leftOpen, MAY_BE_REDUNDANT, rolesHeld } from '../../evidence.ts';
import { doubtTexts, troubleshootCommand } from './doubts.ts';
import { type AgentAnswer, agentEvidence, agentNote, severity } from './node-agent.ts';
import { NODE_PERMISSIONS, NODE_ROLE, nodeQuestion, USEFUL_PERMISSIONS } from './permissions.ts';

/** What is found about an account, whichever nodes run as it. */
interface Verdict extends Omit<FindingDraft, 'subject' | 'headline'> {
  headline(who: Text): Text;
}

/** Verdicts by what they rest on besides the answers: in a fleet hundreds of node pools share an account. */
const judged = new WeakMap<Access, Map<AgentAnswer | undefined, Map<string, Verdict>>>();

/**
 * The finding about the account of some nodes: what they may do, and through whom.
 * @param agent absent where the nodes are older than the agent (docs/domain/nodes.md#which-nodes-need-what)
 */
export function judgeNodeAccount(
  cluster: Cluster,
  account: NodeAccount & { email: string },
  agent: AgentAnswer | undefined,
  access: Access,
): FindingDraft {
  const byAgent = judged.get(access) ?? new Map<AgentAnswer | undefined, Map<string, Verdict>>();
  judged.set(access, byAgent);
  const verdicts = byAgent.get(agent) ?? new Map<string, Verdict>();
  byAgent.set(agent, verdicts);
  const key = [cluster.project, account.email, cluster.loggingService, cluster.monitoringService].join(' ');
  const verdict = verdicts.get(key) ?? judge(cluster, account.email, agent, access);
  verdicts.set(key, verdict);
  return { ...verdict, subject: account.subject, headline: verdict.headline(nodesOf(account)) };
}

function judge(cluster: Cluster, email: string, agent: AgentAnswer | undefined, access: Access): Verdict {
  const resource = `projects/${cluster.project}`;
  const member = `serviceAccount:${email}`;
  const ask = (permission: string) => ({
    permission,
    answer: access.answer(nodeQuestion(cluster.project, email, permission)),
  });
  const needed = NODE_PERMISSIONS.filter(permission => applies(cluster, permission)).map(ask);
  const useful = USEFUL_PERMISSIONS.filter(permission => applies(cluster, permission)).map(ask);
  const inState = (state: Answer['state']) => needed.filter(({ answer }) => answer.state === state);
  const missing = inState('missing');
  const open = inState('unknown');
  const conditional = inState('conditional');
  const held = rolesHeld(access.policy(resource), member, resource);
  const names = (list: typeof needed) => list.map(({ permission }) => permission);
  const request = (doubt?: Text) => ({
    kind: 'grant-project-role' as const,
    params: { project: cluster.project, member, role: NODE_ROLE },
    ...(doubt ? { doubt } : {}),
  });
  // Granted again it would still be taken away: what can help is to see by what.
  const grants = (permission: string) =>
    holdsNodeRole(access.policy(resource), member)
      ? [showWhatTakesItAway(cluster.project, email, permission)]
      : [request()];

  const gone = missing.find(({ answer }) => isAccountGone(answer));
  if (gone) {
    const [why] = evidenceOf([gone.answer], resource);
    return {
      status: 'fail',
      headline: cannotWrite,
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
      status,
      headline: cannotWrite,
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
        missing.slice(0, 1).flatMap(({ permission }) => grants(permission)),
      ),
    };
  }
  if (open.length > 0) {
    const doubts = open.flatMap(({ answer }) => (answer.state === 'unknown' ? answer.doubts : []));
    const harmless = doubts.every(doubt => isHarmlessDoubt(doubt, resource));
    return {
      status: 'unknown',
      headline: who => ({
        en: `${who.en}: I can't tell whether they can write logs and metrics`,
        ja: `${who.ja}がログと指標を書き込めるかどうか判定できません`,
      }),
      detail: joinText([
        {
          en: `Whether ${email} holds ${names(open).join(', ')} can't be told.`,
          ja: `${email} に ${names(open).join(', ')} があるかどうかを判定できません。`,
        },
        ...doubtTexts(doubts, { email, permission: names(open)[0] ?? '', project: cluster.project }),
      ]),
      evidence: [
        held,
        ...evidenceOf(
          open.map(({ answer }) => answer),
          resource,
        ),
      ],
      missing: { principal: member, permissions: names(open) },
      remedies: harmless ? [request(MAY_BE_REDUNDANT)] : [],
    };
  }
  if (conditional.length > 0) {
    return {
      status: 'warn',
      headline: who => ({
        en: `${who.en} can write logs and metrics only under a condition`,
        ja: `${who.ja}がログと指標を書き込めるのは条件付きです`,
      }),
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
      remedies: remediesOf(
        conditional.map(({ answer }) => answer),
        [request(MAY_BE_REDUNDANT)],
      ),
    };
  }
  const lesser = useful.filter(({ answer }) => answer.state === 'missing');
  const proofs = evidenceOf(
    needed.map(({ answer }) => answer),
    resource,
  );
  if (lesser.length > 0) {
    return {
      status: 'warn',
      headline: who => ({
        en: `${who.en} can write logs and metrics, but lack part of what GKE recommends`,
        ja: `${who.ja}はログと指標を書き込めますが、推奨される権限の一部がありません`,
      }),
      detail: {
        en: `${email} lacks ${names(lesser).join(', ')}. Nothing breaks without them; ${NODE_ROLE} has them.`,
        ja: `${email} に ${names(lesser).join(', ')} がありません。支障はありませんが、${NODE_ROLE} には含まれています。`,
      },
      evidence: [held, ...proofs],
      missing: { principal: member, permissions: names(lesser) },
      remedies: remediesOf(
        lesser.map(({ answer }) => answer),
        lesser.slice(0, 1).flatMap(({ permission }) => grants(permission)),
      ),
    };
  }
  return {
    status: 'pass',
    headline: who => ({ en: `${who.en} can write logs and metrics`, ja: `${who.ja}はログと指標を書き込めます` }),
    detail: joinText([
      {
        en: `${email} holds all ${needed.length} permissions on project ${cluster.project}.`,
        ja: `${email} は、プロジェクト ${cluster.project} に対する ${needed.length} 個の権限をすべて持っています。`,
      },
      ...mayLackToo(useful.filter(({ answer }) => answer.state !== 'granted').map(({ permission }) => permission)),
      ...leftOpen(needed.map(({ answer }) => answer)),
    ]),
    evidence: proofs,
  };
}

/** That much of the recommended role may hang on something unseen: nodes write without it. */
function mayLackToo(permissions: readonly string[]): Text[] {
  if (permissions.length === 0) return [];
  const list = permissions.join(', ');
  return [
    {
      en: `Whether it also holds ${list} can't be told; nothing breaks without.`,
      ja: `${list} もあるかどうかは判定できませんが、なくても支障はありません。`,
    },
  ];
}

/** Whether it is bound to the very role that is offered, without a condition. */
function holdsNodeRole(policy: Fact<Policy>, member: string): boolean {
  return (
    policy.known &&
    policy.value.bindings.some(
      ({ role, members, condition }) => role === NODE_ROLE && !condition && members.includes(member),
    )
  );
}

function showWhatTakesItAway(project: string, email: string, permission: string): RemedyRequest {
  return { kind: 'command', params: { command: troubleshootCommand({ project, email, permission }) } };
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

/** A cluster that doesn't log or measure needs no permission for it. */
function applies(cluster: Cluster, permission: string): boolean {
  if (permission.startsWith('logging.')) return cluster.loggingService !== 'none';
  if (permission.startsWith('monitoring.')) return cluster.monitoringService !== 'none';
  return true;
}
