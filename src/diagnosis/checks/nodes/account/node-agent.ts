/** GKE's node agent, which writes logs and metrics on newer nodes (docs/domain/nodes.md#which-nodes-need-what): what it makes up for. */
import type { Text } from '../../../../contracts/text.ts';
import type { Access } from '../../../facts/access.ts';
import type { Fact, Unknown } from '../../../facts/fact.ts';
import type { Project } from '../../../facts/google/project.ts';
import type { Answer } from '../../../iam/model.ts';
import { type EvidenceDraft, evidenceOf, unreadable } from '../../evidence.ts';
import { inWords, lostWithout } from './consequences.ts';
import { doubtTexts, type OpenPoint } from './doubts.ts';
import { agentQuestion } from './permissions.ts';

/** What is known of the agent: its answers by permission, or why there is nobody to ask about. */
export type NodeAgent =
  | { readonly kind: 'answers'; readonly answers: ReadonlyMap<string, Answer> }
  | { readonly kind: 'unknown'; readonly reason: Unknown };

/** What the agent has of the permissions that an account lacks. */
export type Substitute =
  /** It writes in the account's place. */
  | { readonly state: 'writes' }
  | { readonly state: 'conditional' }
  /** It lacks these as well. */
  | { readonly state: 'lacks'; readonly permissions: readonly string[] }
  | { readonly state: 'unknown'; readonly points: readonly OpenPoint[] };

/** The agent's name is made of the project's number. */
export function askAgent(
  project: Fact<Project>,
  resource: string,
  permissions: readonly string[],
  access: Access,
): NodeAgent {
  if (!project.known) return { kind: 'unknown', reason: project };
  const { number } = project.value;
  const answers = new Map(
    permissions.map(permission => [permission, access.answer(agentQuestion(resource, number, permission))]),
  );
  return { kind: 'answers', answers };
}

/** Whether the agent makes up for what an account lacks: the worst of its answers counts. */
export function substituteFor(agent: NodeAgent, lacking: readonly string[]): Substitute {
  if (agent.kind === 'unknown') return { state: 'unknown', points: [agent.reason] };
  const inState = (state: Answer['state']) =>
    lacking.flatMap(permission => {
      const answer = agent.answers.get(permission);
      return answer?.state === state ? [{ permission, answer }] : [];
    });
  const missing = inState('missing');
  if (missing.length > 0) return { state: 'lacks', permissions: missing.map(({ permission }) => permission) };
  const open = inState('unknown');
  if (open.length > 0) {
    return {
      state: 'unknown',
      points: open.flatMap(({ answer }) => (answer.state === 'unknown' ? answer.doubts : [])),
    };
  }
  return { state: inState('conditional').length > 0 ? 'conditional' : 'writes' };
}

/** What it means for the account, in the detail. */
export function agentNote(substitute: Substitute, lacking: readonly string[]): Text[] {
  const written = inWords(lostWithout(lacking));
  switch (substitute.state) {
    case 'writes':
      return [
        {
          en: `On nodes of 1.34 and later GKE’s node service agent writes ${written.en}, and it has the permissions for it: nothing is lost.`,
          ja: `1.34 以降のノードでは GKE ノード サービス エージェントが${written.ja}を書き込み、そのための権限もあるため、失われるものはありません。`,
        },
      ];
    case 'conditional':
      return [
        {
          en: `On nodes of 1.34 and later GKE’s node service agent writes ${written.en}; its permissions depend on a condition that can’t be evaluated here (agent-gke-node-agent).`,
          ja: `1.34 以降のノードでは GKE ノード サービス エージェントが${written.ja}を書き込みますが、その権限は、ここでは評価できない条件付きです（agent-gke-node-agent）。`,
        },
      ];
    case 'lacks':
      return [
        {
          en: `GKE’s node service agent, which writes them on nodes of 1.34 and later, lacks ${substitute.permissions.join(', ')} too (agent-gke-node-agent).`,
          ja: `1.34 以降のノードで代わりに書き込む GKE ノード サービス エージェントにも、${substitute.permissions.join(', ')} がありません（agent-gke-node-agent）。`,
        },
      ];
    case 'unknown':
      return [
        {
          en: 'On nodes of 1.34 and later GKE’s node service agent writes them; I can’t determine whether it has the permissions (agent-gke-node-agent).',
          ja: '1.34 以降のノードでは GKE ノード サービス エージェントが書き込みますが、その権限の有無を判定できません（agent-gke-node-agent）。',
        },
        ...doubtTexts(substitute.points),
      ];
  }
}

export function agentEvidence(agent: NodeAgent, lacking: readonly string[], resource: string): EvidenceDraft[] {
  if (agent.kind === 'unknown') return [unreadable(agent.reason)];
  return evidenceOf(
    lacking.flatMap(permission => agent.answers.get(permission) ?? []),
    resource,
  );
}
