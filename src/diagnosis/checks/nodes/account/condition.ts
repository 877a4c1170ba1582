/**
 * What GKE says by itself about node accounts: the condition NODE_SERVICE_ACCOUNT_MISSING_PERMISSIONS of a cluster or node pool
 * (docs/domain/nodes.md#node-sa-permissions). It names neither account nor permission and need not be up to date: it supports a verdict, and makes none.
 */
import { joinText, type Text } from '../../../../contracts/text.ts';
import type { Known } from '../../../facts/fact.ts';
import type { Cluster, ClusterCondition } from '../../../facts/google/cluster.ts';
import type { FindingDraft } from '../../check.ts';

const CODE = 'NODE_SERVICE_ACCOUNT_MISSING_PERMISSIONS';

/**
 * The findings with what GKE reports beside them. What it reports of a whole cluster belongs to those that aren't fine; where all
 * are, to the first.
 * @param findings of the cluster's node accounts, by node pool or, for accounts without a pool, by cluster
 */
export function withSignal({ value, source }: Known<Cluster>, findings: readonly FindingDraft[]): FindingDraft[] {
  const ofPools = new Map(value.nodePools.map(({ resource, conditions }) => [resource, conditions.find(isSignal)]));
  const ofCluster = value.conditions.find(isSignal);
  const open = findings.filter(({ status }) => status !== 'pass');
  const meant = open.length > 0 ? open : findings.slice(0, 1);
  return findings.map(finding => {
    const signal = ofPools.get(finding.subject) ?? (meant.includes(finding) ? ofCluster : undefined);
    return signal ? told(finding, signal, `${source} conditions`) : finding;
  });
}

function isSignal({ code }: ClusterCondition): boolean {
  return code === CODE;
}

function told(finding: FindingDraft, { message }: ClusterCondition, source: string): FindingDraft {
  const said = message ? `: ${message}` : '';
  const says: Text = { en: `GKE reports ${CODE}${said}`, ja: `GKE が ${CODE} を報告しています${said}` };
  const note = NOTES[finding.status];
  return {
    ...finding,
    detail: note ? joinText([note, finding.detail]) : finding.detail,
    evidence: [...finding.evidence, { source, says }],
  };
}

/** Said where it tells more than the verdict does. */
const NOTES: Partial<Record<FindingDraft['status'], Text>> = {
  unknown: {
    en: `GKE itself reports ${CODE}: some node account of this cluster lacks permissions.`,
    ja: `GKE が ${CODE} を報告しています。このクラスタのノードのいずれかのアカウントに権限が不足しています。`,
  },
  pass: {
    en: `GKE still reports ${CODE}, which can lag behind a grant.`,
    ja: `GKE はまだ ${CODE} を報告していますが、付与の反映より遅れることがあります。`,
  },
};
