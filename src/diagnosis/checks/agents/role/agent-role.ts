/** A service agent of Google's and the role it needs on the project: the same question for three agents. */
import { joinText, type Text } from '../../../../contracts/text.ts';
import type { Access } from '../../../facts/access.ts';
import type { Unknown } from '../../../facts/fact.ts';
import type { Doubt, RoleQuestion } from '../../../iam/model.ts';
import type { FindingDraft, RemedyRequest } from '../../check.ts';
import { remediesOf } from '../../denial.ts';
import {
  type EvidenceDraft,
  evidenceOf,
  isHarmlessDoubt,
  leftOpen,
  MAY_BE_REDUNDANT,
  rolesHeld,
  unknownDetail,
  unreadable,
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

/** The finding about the role alone; a check that knows more adds to it. */
export function judgeAgentRole(agent: AgentRole, access: Access): FindingDraft {
  const { project, member, role, name, effect, remedy } = agent;
  const subject = `projects/${project}`;
  const answer = access.answer(agentRoleQuestion(agent));
  const evidence = [rolesHeld(access.policy(subject), member, subject), ...evidenceOf([answer], subject)];
  const email = member.replace('serviceAccount:', '');
  switch (answer.state) {
    case 'granted':
      return {
        subject,
        status: 'pass',
        headline: { en: `${atStart(name.en)} holds its role`, ja: `${name.ja}のロールは付与済みです` },
        detail: joinText([
          {
            en: `${email} holds ${answer.proof.role || role}.`,
            ja: `${email} に ${answer.proof.role || role} が付与されています。`,
          },
          ...leftOpen([answer]),
        ]),
        evidence,
      };
    case 'conditional':
      return {
        subject,
        status: 'warn',
        headline: {
          en: `${atStart(name.en)} holds its role only under a condition`,
          ja: `${name.ja}のロールは条件付きです`,
        },
        detail: {
          en: `${email} holds ${role} only under a condition that I can't decide.`,
          ja: `${email} の ${role} は条件付きで、その成否を判定できません。`,
        },
        effect,
        evidence,
        remedies: remediesOf([answer], [{ ...remedy, doubt: MAY_BE_REDUNDANT }]),
      };
    case 'unknown': {
      const harmless = answer.doubts.every(doubt => isHarmlessDoubt(doubt, subject));
      return {
        subject,
        status: 'unknown',
        headline: cannotTell(name),
        detail: doubtDetail(answer.doubts, email, role),
        evidence,
        remedies: harmless ? [{ ...remedy, doubt: MAY_BE_REDUNDANT }] : [],
      };
    }
    case 'missing':
      return {
        subject,
        status: 'fail',
        headline: { en: `${atStart(name.en)} lacks its role`, ja: `${name.ja}にロールがありません` },
        detail: {
          en: `${email} lacks ${role} on project ${project}.`,
          ja: `${email} に、プロジェクト ${project} に対する ${role} がありません。`,
        },
        effect,
        evidence,
        remedies: remediesOf([answer], [{ ...remedy, wholeRole: true }]),
      };
  }
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
    headline: cannotTell(name),
    detail: unknownDetail(reason),
    evidence: [...evidence, unreadable(reason)],
  };
}

/** A name as the first word of a sentence. */
function atStart(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function cannotTell(name: Text): Text {
  return { en: `I couldn't tell whether ${name.en} holds its role`, ja: `${name.ja}のロールを判定できません` };
}

function doubtDetail(doubts: readonly Doubt[], email: string, role: string): Text {
  const [unread] = doubts.flatMap(doubt => ('fact' in doubt && doubt.fact ? [doubt.fact] : []));
  if (unread) return unknownDetail(unread);
  return {
    en: `Whether ${email} holds ${role} can't be told from what I may read.`,
    ja: `読み取れる範囲では、${email} に ${role} があるかどうかを判定できません。`,
  };
}
