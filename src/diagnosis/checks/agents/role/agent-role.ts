/** A service agent of Google's and the role it needs on the project: the same question for three agents. */
import { joinText, type Text } from '../../../../contracts/text.ts';
import type { Access } from '../../../facts/access.ts';
import type { Unknown } from '../../../facts/fact.ts';
import { describeAnswer } from '../../../iam/describe.ts';
import { foldAnswer } from '../../../iam/fold.ts';
import type { Doubt, RoleQuestion } from '../../../iam/model.ts';
import type { FindingDraft, RemedyRequest } from '../../check.ts';
import { isUnderCondition, remediesOf } from '../../denial.ts';
import {
  BESIDE_CONDITION,
  type EvidenceDraft,
  evidenceOf,
  isOfferHarmless,
  leftOpen,
  MAY_BE_REDUNDANT,
  rolesHeld,
  unknownDetail,
  unreadable,
  unreadTexts,
} from '../../evidence.ts';

export interface AgentRole {
  readonly project: string;
  readonly member: string;
  readonly role: string;
  /** What the agent is called in a sentence: “GKE’s service agent”. */
  readonly name: Text;
  readonly effect: Text;
  readonly remedy: RemedyRequest;
}

export function agentRoleQuestion({
  project,
  member,
  role,
}: Pick<AgentRole, 'project' | 'member' | 'role'>): RoleQuestion {
  return { principal: { member }, role, resource: `projects/${project}` };
}

/**
 * The finding about the role alone; a check that knows more adds to it.
 * @param question what is asked of IAM, where that is not the role itself
 */
export function judgeAgentRole(
  agent: AgentRole,
  access: Access,
  question: RoleQuestion = agentRoleQuestion(agent),
): FindingDraft {
  const { project, member, role, name, effect, remedy } = agent;
  const subject = `projects/${project}`;
  const answer = access.answer(question);
  const evidence = [rolesHeld(access.policy(subject), member, subject), ...evidenceOf([answer], subject)];
  const email = member.replace('serviceAccount:', '');
  const verdict = foldAnswer<Omit<FindingDraft, 'subject' | 'evidence'>>(answer, {
    granted: granted => ({
      status: 'pass',
      headline: { en: `${atStart(name.en)} holds its role`, ja: `${name.ja}のロールは付与済みです` },
      detail: joinText([holds(email, granted.proof.role || role), ...leftOpen([granted])]),
    }),
    conditional: conditional => ({
      status: 'warn',
      headline: {
        en: `${atStart(name.en)} holds its role only under a condition`,
        ja: `${name.ja}のロールは条件付きです`,
      },
      detail: joinText([...describeAnswer(conditional), ...(isUnderCondition(conditional) ? [BESIDE_CONDITION] : [])]),
      effect,
      remedies: remediesOf([conditional], []),
    }),
    unknown: ({ doubts }) => ({
      status: 'unknown',
      headline: isUnknown(name),
      detail: doubtDetail(doubts, email, role),
      remedies: isOfferHarmless([answer], subject) ? [{ ...remedy, doubt: MAY_BE_REDUNDANT }] : [],
    }),
    missing: missing => ({
      status: 'fail',
      headline: { en: `${atStart(name.en)} lacks its role`, ja: `${name.ja}にロールがありません` },
      detail: {
        en: `${email} lacks ${role} on project ${project}.`,
        ja: `${email} に、プロジェクト ${project} に対する ${role} がありません。`,
      },
      effect,
      remedies: remediesOf([missing], [{ ...remedy, wholeRole: true }]),
    }),
  });
  return { subject, evidence, ...verdict };
}

function holds(email: string, role: string): Text {
  return { en: `${email} holds ${role}.`, ja: `${email} に ${role} が付与されています。` };
}

/** Without the project's number the agent's name isn't known. */
export function agentUnknown(
  project: string,
  name: Text,
  reason: Unknown,
  evidence: readonly EvidenceDraft[] = [],
): FindingDraft {
  return {
    subject: `projects/${project}`,
    status: 'unknown',
    headline: isUnknown(name),
    detail: unknownDetail(reason),
    evidence: [...evidence, unreadable(reason)],
  };
}

/** A name as the first word of a sentence. */
function atStart(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function isUnknown(name: Text): Text {
  return { en: `Whether ${name.en} holds its role is unknown`, ja: `${name.ja}のロールを確認できません` };
}

function doubtDetail(doubts: readonly Doubt[], email: string, role: string): Text {
  const unread = unreadTexts(doubts);
  if (unread.length > 0) return joinText(unread);
  return {
    en: `Whether ${email} holds ${role} depends on members that can’t be read.`,
    ja: `${email} に ${role} があるかどうかは、読み取れないメンバーによって決まります。`,
  };
}
