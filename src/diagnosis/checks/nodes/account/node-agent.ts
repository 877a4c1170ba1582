/** What GKE's node agent, which writes logs and metrics on newer nodes (docs/domain/nodes.md#which-nodes-need-what), makes of what a node account lacks. */
import type { Text } from '../../../../contracts/text.ts';
import type { Unknown } from '../../../facts/fact.ts';
import type { Answer } from '../../../iam/model.ts';
import type { FindingDraft } from '../../check.ts';
import { type EvidenceDraft, evidenceOf, unreadable } from '../../evidence.ts';
import { doubtTexts, type OpenPoint } from './doubts.ts';

/** What is known of GKE's node agent: the engine's answer about its role, or why nobody could be asked about. */
export type AgentAnswer = Answer | Unknown;

/** While the node agent writes, a missing permission harms nothing yet. */
export function severity(agent: AgentAnswer | undefined): FindingDraft['status'] {
  if (!agent) return 'fail';
  if (openPoints(agent).length > 0) return 'unknown';
  return 'state' in agent && agent.state === 'missing' ? 'fail' : 'warn';
}

/** What keeps it open whether the agent writes. */
function openPoints(agent: AgentAnswer): readonly OpenPoint[] {
  if (!('state' in agent)) return [agent];
  return agent.state === 'unknown' ? agent.doubts : [];
}

/** What it means for the account, in the detail. */
export function agentNote(agent: AgentAnswer | undefined): Text[] {
  if (!agent) return [];
  const points = openPoints(agent);
  if (points.length > 0) {
    return [
      {
        en: 'On nodes of 1.34 and later GKE’s node service agent does it; whether it holds its role can’t be told (agent-gke-node-agent).',
        ja: '1.34 以降のノードでは GKE ノード サービス エージェントが書き込みますが、そのロールの有無を判定できません（agent-gke-node-agent）。',
      },
      ...doubtTexts(points),
    ];
  }
  if ('state' in agent && agent.state === 'missing') {
    return [
      {
        en: 'GKE’s node service agent, which does it on nodes of 1.34 and later, lacks its role too.',
        ja: '1.34 以降のノードで代わりに書き込む GKE ノード サービス エージェントにも、ロールがありません。',
      },
    ];
  }
  return [
    {
      en: 'On nodes of 1.34 and later GKE’s node service agent does it, and it holds its role.',
      ja: '1.34 以降のノードでは GKE ノード サービス エージェントが書き込み、そのロールは付与されています。',
    },
  ];
}

export function agentEvidence(agent: AgentAnswer | undefined, resource: string): EvidenceDraft[] {
  if (!agent) return [];
  return 'state' in agent ? evidenceOf([agent], resource) : [unreadable(agent)];
}
