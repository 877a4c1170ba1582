/** The verdict about one node account, from the engine's answers (docs/domain/nodes.md#node-sa-permissions). */
import { joinText, type Text } from '../../../../contracts/text.ts';
import type { Access } from '../../../facts/access.ts';
import type { Fact } from '../../../facts/fact.ts';
import type { Cluster } from '../../../facts/google/cluster.ts';
import type { NodeAccount } from '../../../facts/google/node-accounts.ts';
import type { Project } from '../../../facts/google/project.ts';
import type { Answer, Policy } from '../../../iam/model.ts';
import type { FindingDraft, RemedyRequest } from '../../check.ts';
import { remediesOf } from '../../denial.ts';
import { evidenceOf, isHarmlessDoubt, leftOpen, MAY_BE_REDUNDANT, rolesHeld } from '../../evidence.ts';
import { effectOf, inWords, lostWithout, type Written } from './consequences.ts';
import { doubtTexts, troubleshootCommand } from './doubts.ts';
import { agentEvidence, agentNote, askAgent, substituteFor } from './node-agent.ts';
import { isWrittenByAgent, NODE_ROLE, neededPermissions, nodeQuestion, usefulPermissions } from './permissions.ts';

/** What is found about an account, whichever nodes run as it. */
interface Verdict extends Omit<FindingDraft, 'subject' | 'headline'> {
  headline(nodes: Text): Text;
}

/** Verdicts by what they depend on besides the answers: in a fleet hundreds of node pools share an account. */
const judged = new WeakMap<Access, Map<string, Verdict>>();

/** The finding about the account of some nodes: what they may write, and through whom. */
export function judgeNodeAccount(
  cluster: Cluster,
  account: NodeAccount & { email: string },
  project: Fact<Project>,
  access: Access,
): FindingDraft {
  const verdicts = judged.get(access) ?? new Map<string, Verdict>();
  judged.set(access, verdicts);
  const isNewer = isWrittenByAgent(account.version);
  const key = [cluster.project, account.email, cluster.loggingService, cluster.monitoringService, isNewer].join(' ');
  const verdict = verdicts.get(key) ?? judge(asked(cluster, account.email, project, isNewer, access));
  verdicts.set(key, verdict);
  return { ...verdict, subject: account.subject, headline: verdict.headline(nodesOf(account)) };
}

interface Held {
  readonly permission: string;
  readonly answer: Answer;
}

/** Everything that a verdict is made of. */
interface Asked {
  readonly email: string;
  readonly member: string;
  readonly cluster: Cluster;
  /** `projects/P`. */
  readonly resource: string;
  readonly project: Fact<Project>;
  /** Whether the nodes are new enough for GKE's node agent to write. */
  readonly isNewer: boolean;
  readonly access: Access;
  readonly needed: readonly Held[];
  readonly useful: readonly Held[];
}

function asked(cluster: Cluster, email: string, project: Fact<Project>, isNewer: boolean, access: Access): Asked {
  const ask = (permission: string): Held => ({
    permission,
    answer: access.answer(nodeQuestion(cluster.project, email, permission)),
  });
  return {
    email,
    member: `serviceAccount:${email}`,
    cluster,
    resource: `projects/${cluster.project}`,
    project,
    isNewer,
    access,
    needed: neededPermissions(cluster).map(ask),
    useful: usefulPermissions(cluster).map(ask),
  };
}

function judge(account: Asked): Verdict {
  const inState = (state: Answer['state']) => account.needed.filter(({ answer }) => answer.state === state);
  const missing = inState('missing');
  const gone = missing.find(({ answer }) => isAccountGone(answer));
  if (gone) return withoutAccount(account, gone, missing);
  if (missing.length > 0) return account.isNewer ? lacksOnNewerNodes(account, missing) : lacks(account, missing, []);
  const open = inState('unknown');
  if (open.length > 0) return undecided(account, open);
  const conditional = inState('conditional');
  if (conditional.length > 0) return onCondition(account, conditional);
  const lesser = account.useful.filter(({ answer }) => answer.state === 'missing');
  return lesser.length > 0 ? lacksUseful(account, lesser) : granted(account);
}

/** Disabled or deleted: no grant changes it. */
function withoutAccount({ email, member, access, resource }: Asked, gone: Held, missing: readonly Held[]): Verdict {
  const [why] = evidenceOf([gone.answer], resource);
  const lost = lostWithout(names(missing));
  return {
    status: 'fail',
    headline: nodes => cannotWrite(nodes, lost),
    detail: {
      en: `${email} has no effective permissions. ${why?.says.en ?? ''} The check node-sa-state has the way out.`,
      ja: `${email} に有効な権限はありません。${why?.says.ja ?? ''}対処は node-sa-state のチェックにあります。`,
    },
    effect: effectOf(lost),
    evidence: [
      ...(why ? [{ ...why, source: 'iam serviceAccounts.get' }] : []),
      rolesHeld(access.policy(resource), member, resource),
    ],
    missing: { principal: member, permissions: names(missing) },
  };
}

/** What the nodes can't write, because their account lacks it and nobody else writes. */
function lacks(
  account: Asked,
  missing: readonly Held[],
  note: readonly Text[],
  lost = lostWithout(names(missing)),
): Verdict {
  return {
    ...lacking(account, missing, note),
    status: 'fail',
    headline: nodes => cannotWrite(nodes, lost),
    effect: effectOf(lost),
  };
}

/** On these nodes GKE's node agent writes: what the account lacks counts only as far as the agent lacks it too. */
function lacksOnNewerNodes(account: Asked, missing: readonly Held[]): Verdict {
  const { project, cluster, access, resource } = account;
  const permissions = names(missing);
  const agent = askAgent(project, cluster.project, permissions, access);
  const substitute = substituteFor(agent, permissions);
  const note = agentNote(substitute, permissions);
  const proof = agentEvidence(agent, permissions, resource);
  const written = inWords(lostWithout(permissions));
  if (substitute.state === 'lacks') {
    const verdict = lacks(account, missing, note, lostWithout(substitute.permissions));
    return { ...verdict, evidence: [...verdict.evidence, ...proof] };
  }
  const verdict = lacking(account, missing, note);
  const evidence = [...verdict.evidence, ...proof];
  if (substitute.state === 'unknown') {
    return {
      ...verdict,
      evidence,
      status: 'unknown',
      headline: nodes => canTheyWrite(nodes, lostWithout(permissions)),
    };
  }
  return {
    ...verdict,
    evidence,
    status: 'warn',
    headline:
      substitute.state === 'writes'
        ? nodes => ({
            en: `${nodes.en}: GKE’s node service agent writes ${written.en}, though their account lacks permissions`,
            ja: `${nodes.ja}: アカウントの権限は不足していますが、GKE ノード サービス エージェントが${written.ja}を書き込みます`,
          })
        : nodes => onlyOnCondition(nodes, lostWithout(permissions)),
  };
}

/** What every verdict about lacking permissions says. */
function lacking(
  account: Asked,
  missing: readonly Held[],
  note: readonly Text[],
): Omit<Verdict, 'status' | 'headline'> {
  const { email, member, needed, cluster, resource, access } = account;
  const list = names(missing).join(', ');
  return {
    detail: joinText([
      {
        en: `${email} lacks ${list} (${missing.length} of ${needed.length}) on project ${cluster.project}.`,
        ja: `${email} に、プロジェクト ${cluster.project} に対する ${list}（${needed.length} 個中 ${missing.length} 個）がありません。`,
      },
      ...note,
    ]),
    evidence: [rolesHeld(access.policy(resource), member, resource), ...evidenceOf(answers(missing), resource)],
    missing: { principal: member, permissions: names(missing) },
    remedies: remediesOf(answers(missing), grants(account, missing)),
  };
}

function undecided(account: Asked, open: readonly Held[]): Verdict {
  const { email, member, resource, access, cluster } = account;
  const doubts = open.flatMap(({ answer }) => (answer.state === 'unknown' ? answer.doubts : []));
  const isHarmless = doubts.every(doubt => isHarmlessDoubt(doubt, resource));
  const [permission = ''] = names(open);
  return {
    status: 'unknown',
    headline: nodes => canTheyWrite(nodes, lostWithout(names(open))),
    detail: joinText([
      {
        en: `I can’t determine whether ${email} holds ${names(open).join(', ')}.`,
        ja: `${email} に ${names(open).join(', ')} があるかどうかを判定できません。`,
      },
      ...doubtTexts(doubts, { email, permission, project: cluster.project }),
    ]),
    evidence: [rolesHeld(access.policy(resource), member, resource), ...evidenceOf(answers(open), resource)],
    missing: { principal: member, permissions: names(open) },
    remedies: isHarmless ? [{ ...grant(account), doubt: MAY_BE_REDUNDANT }] : [],
  };
}

/** No grant is offered: without the condition it would give more than was decided. */
function onCondition({ email, member, resource, access }: Asked, conditional: readonly Held[]): Verdict {
  return {
    status: 'warn',
    headline: nodes => onlyOnCondition(nodes, lostWithout(names(conditional))),
    detail: {
      en: `${email} holds ${names(conditional).join(', ')} only under a condition that can’t be evaluated here.`,
      ja: `${email} の ${names(conditional).join(', ')} は条件付きで、ここではその条件を評価できません。`,
    },
    evidence: [rolesHeld(access.policy(resource), member, resource), ...evidenceOf(answers(conditional), resource)],
    remedies: remediesOf(answers(conditional), []),
  };
}

function lacksUseful(account: Asked, lesser: readonly Held[]): Verdict {
  const { email, member, resource, access, needed } = account;
  const written = inWords(lostWithout(names(needed)));
  return {
    status: 'warn',
    headline: nodes => ({
      en: `${nodes.en} can write ${written.en}, but lack part of what GKE recommends`,
      ja: `${nodes.ja}は${written.ja}を書き込めますが、推奨される権限の一部がありません`,
    }),
    detail: {
      en: `${email} lacks ${names(lesser).join(', ')}. Nothing breaks without them; ${NODE_ROLE} has them.`,
      ja: `${email} に ${names(lesser).join(', ')} がありません。支障はありませんが、${NODE_ROLE} には含まれています。`,
    },
    evidence: [rolesHeld(access.policy(resource), member, resource), ...evidenceOf(answers(needed), resource)],
    missing: { principal: member, permissions: names(lesser) },
    remedies: remediesOf(answers(lesser), grants(account, lesser)),
  };
}

function granted({ email, resource, needed, useful, cluster }: Asked): Verdict {
  const written = inWords(lostWithout(names(needed)));
  const unproven = names(useful.filter(({ answer }) => answer.state !== 'granted'));
  return {
    status: 'pass',
    headline: nodes => ({
      en: `${nodes.en} can write ${written.en}`,
      ja: `${nodes.ja}は${written.ja}を書き込めます`,
    }),
    detail: joinText([
      {
        en: `${email} holds all ${needed.length} permissions on project ${cluster.project}.`,
        ja: `${email} は、プロジェクト ${cluster.project} に対する ${needed.length} 個の権限をすべて持っています。`,
      },
      ...(unproven.length > 0
        ? [
            {
              en: `I can’t determine whether it also holds ${unproven.join(', ')}; nothing breaks without.`,
              ja: `${unproven.join(', ')} もあるかどうかは判定できませんが、なくても支障はありません。`,
            },
          ]
        : []),
      ...leftOpen(answers(needed)),
    ]),
    evidence: evidenceOf(answers(needed), resource),
  };
}

function grant({ cluster, member }: Asked): RemedyRequest {
  return { kind: 'grant-project-role', params: { project: cluster.project, member, role: NODE_ROLE } };
}

/** If the role is bound already, granting it again changes nothing: what helps is to see what takes it away. */
function grants(account: Asked, [first]: readonly Held[]): RemedyRequest[] {
  const { access, resource, member, email, cluster } = account;
  if (!first || !holdsNodeRole(access.policy(resource), member)) return [grant(account)];
  const { permission } = first;
  return [
    { kind: 'command', params: { command: troubleshootCommand({ project: cluster.project, email, permission }) } },
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

function isAccountGone(answer: Answer): boolean {
  return answer.state === 'missing' && /^principal-/.test(answer.because.kind);
}

function names(held: readonly Held[]): string[] {
  return held.map(({ permission }) => permission);
}

function answers(held: readonly Held[]): Answer[] {
  return held.map(({ answer }) => answer);
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

function cannotWrite(nodes: Text, lost: readonly Written[]): Text {
  const what = inWords(lost);
  return { en: `${nodes.en} can't write ${what.en}`, ja: `${nodes.ja}が${what.ja}を書き込めません` };
}

function canTheyWrite(nodes: Text, lost: readonly Written[]): Text {
  const what = inWords(lost);
  return {
    en: `${nodes.en}: I can’t determine whether they can write ${what.en}`,
    ja: `${nodes.ja}が${what.ja}を書き込めるかどうか判定できません`,
  };
}

function onlyOnCondition(nodes: Text, lost: readonly Written[]): Text {
  const what = inWords(lost);
  return {
    en: `${nodes.en} can write ${what.en} only under a condition`,
    ja: `${nodes.ja}が${what.ja}を書き込めるのは条件付きです`,
  };
}
