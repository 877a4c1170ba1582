/** Network policies have to let the Pods reach the metadata server, and DNS (docs/domain/network-policies.md#wi-netpol-egress). */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Workload } from '../../facts/workload/workload.ts';
import { dnsDescription, isSelfManaged } from '../../network-policy/destinations.ts';
import type { Destination, Egress, PolicyName } from '../../network-policy/model.ts';
import type { Check, FindingDraft } from '../check.ts';
import { type EvidenceDraft, unreadable } from '../evidence.ts';
import { additivePolicy } from './workload/additive-policy.ts';
import { egressOf, type Group, type JudgedEgress, type WorkloadEgress } from './workload/egress.ts';
import {
  asksForWorkload,
  bringsCredentials,
  evidence,
  listed,
  nameOf,
  subjectOf,
  undecided,
} from './workload/subject.ts';

export const wiNetpolEgress: Check<'cluster' | 'workload' | 'workloadNetwork'> = {
  id: 'wi-netpol-egress',
  title: {
    en: 'Network policies let the Pods reach the metadata server and DNS',
    ja: 'ネットワーク ポリシーで、Pod からメタデータ サーバーと DNS への通信が許可されている',
  },
  description: {
    en: 'Once a policy limits the egress of a Pod, the metadata server has to be allowed: 169.254.169.252 port 988 (127.0.0.1 before GKE 1.21.0-gke.1000), on Dataplane V2 169.254.169.254 port 80. DNS has to be allowed as well: the kube-dns Pods, Cloud DNS, or, with NodeLocal DNSCache, the address of the kube-dns Service (the node-local-dns Pods on Dataplane V2). Without DNS is a warning, because some libraries do without the name. NetworkPolicies, Cilium’s policies and AdminNetworkPolicies are evaluated; a policy of Calico or by FQDN that may select the Pods is unknown. A Cilium or Calico that the cluster’s users run enforces policies too, although the cluster’s settings don’t show it; how it treats GKE’s metadata address is not documented, so the best verdict there is a warning.',
    ja: 'ポリシーで Pod の下り（外向き）が制限されている場合、メタデータ サーバーへの通信を許可する必要があります。宛先は 169.254.169.252 のポート 988（1.21.0-gke.1000 より前は 127.0.0.1）、Dataplane V2 では 169.254.169.254 のポート 80 です。DNS も許可が必要です。宛先は kube-dns の Pod または Cloud DNS、NodeLocal DNSCache を使う場合は kube-dns Service のアドレス（Dataplane V2 では node-local-dns の Pod）です。名前解決なしで動くライブラリもあるため、DNS だけの遮断は警告です。NetworkPolicy、Cilium のポリシー、AdminNetworkPolicy を評価します。Calico や FQDN のポリシーが Pod を対象にしている可能性がある場合は「不明」です。ユーザーが導入した Cilium や Calico も、クラスタの設定に現れなくてもポリシーを適用します。その場合の GKE のメタデータ アドレスの扱いは文書化されていないため、最良でも警告になります。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/authentication',
  needs: [
    'container.clusters.get',
    'container.pods.list',
    'container.networkPolicies.list',
    'container.namespaces.list',
    'container.daemonSets.list',
    'container.services.get',
    'container.thirdPartyObjects.list',
  ],
  facts: ['cluster', 'workload', 'workloadNetwork'],
  appliesTo: asksForWorkload,

  run({ cluster, workload, workloadNetwork }, _access, request) {
    const subject = subjectOf(request, workload);
    if (!cluster.known) return [undecided(subject, cluster, CANT_TELL)];
    if (!workload?.known) return [undecided(subject, workload, CANT_TELL)];
    if (!workloadNetwork) throw new Error('a workload has a network');
    const own = bringsCredentials(subject, workload.value);
    return [own ?? judge(workload.value, egressOf(cluster.value, workload.value, workloadNetwork))];
  },
};

const SOURCE = 'kubernetes networkPolicies.list';

function judge(workload: Workload, egress: WorkloadEgress): FindingDraft {
  const { resource: subject } = workload;
  switch (egress.kind) {
    case 'unreadable':
      return undecided(subject, egress.fact, CANT_TELL);
    case 'not-enforced':
      return { subject, status: 'not-applicable', ...NOT_ENFORCED, evidence: [] };
    case 'host-network':
      return { subject, status: 'not-applicable', ...HOST_NETWORK, evidence: [] };
    case 'no-pods':
      return { subject, status: 'not-applicable', ...NO_PODS, evidence: [] };
    case 'judged':
      return judgeGroups(workload, egress);
  }
}

function judgeGroups(workload: Workload, egress: JudgedEgress): FindingDraft {
  const { groups, otherUnread, enforcer } = egress;
  const inState = (destination: 'metadata' | 'dns', state: Egress['state']) =>
    groups.filter(group => group[destination].state === state);
  if (inState('metadata', 'denied').length > 0) return blocked(workload, egress, 'metadata');
  const undecidedGroups = inState('metadata', 'unknown');
  if (undecidedGroups.length > 0) return notEvaluated(workload, egress, undecidedGroups, 'metadata');
  if (inState('dns', 'denied').length > 0) return blocked(workload, egress, 'dns');
  const undecidedDns = inState('dns', 'unknown');
  if (undecidedDns.length > 0) return notEvaluated(workload, egress, undecidedDns, 'dns');
  const proof = groups.map(group => told(group, egress));
  if (otherUnread) {
    return { ...undecided(workload.resource, otherUnread, CANT_TELL), evidence: [...proof, unreadable(otherUnread)] };
  }
  const open = opened(workload, egress);
  return isSelfManaged(enforcer) ? { ...open, ...selfManaged(egress) } : open;
}

/** What is denied: the token before the name. */
function blocked(workload: Workload, egress: JudgedEgress, destination: 'metadata' | 'dns'): FindingDraft {
  const { groups, otherUnread } = egress;
  const affected = groups.filter(({ metadata, dns }) => metadata.state === 'denied' || dns.state === 'denied');
  const denials = affected.flatMap(group => (group[destination].state === 'denied' ? [group[destination]] : []));
  const policies = distinct(denials.flatMap(denial => (denial.state === 'denied' ? denial.policies : [])));
  const by = denials[0]?.state === 'denied' ? denials[0].by : 'isolation';
  const isDnsToo = destination === 'metadata' && affected.some(({ dns }) => dns.state === 'denied');
  const remedy = additivePolicy(workload, egress, affected);
  return {
    subject: policySubject(workload, policies),
    status: destination === 'metadata' ? 'fail' : 'warn',
    headline: blockedHeadline(nameOf(workload), destination),
    detail: joinText([
      denial(workload, egress, affected, policies, by, destination),
      ...(isDnsToo ? [dnsToo(egress)] : []),
      ...(isSelfManaged(egress.enforcer) ? [enforcedBy(pluginOf(egress))] : []),
      ...(by === 'isolation' ? [] : [WHO_CHANGES[by]]),
      ...(by === 'isolation' && !remedy ? [NO_LABELS] : []),
      ...(otherUnread ? [othersUnread(otherUnread.source)] : []),
    ]),
    effect: EFFECTS[destination],
    evidence: affected.map(group => told(group, egress)),
    remedies: remedy ? [remedy] : [],
  };
}

function blockedHeadline(name: string, destination: 'metadata' | 'dns'): Text {
  return destination === 'metadata'
    ? {
        en: `Network policies block ${name} from the metadata server`,
        ja: `ネットワーク ポリシーが ${name} からメタデータ サーバーへの通信を遮断しています`,
      }
    : {
        en: `Network policies block ${name} from DNS`,
        ja: `ネットワーク ポリシーが ${name} から DNS への通信を遮断しています`,
      };
}

const EFFECTS: Readonly<Record<'metadata' | 'dns', Text>> = {
  metadata: { en: 'Requests for a token time out.', ja: 'トークンの要求がタイムアウトします。' },
  dns: {
    en: 'Names don’t resolve: libraries that look up metadata.google.internal find no credentials, and no other API’s name is found either.',
    ja: '名前解決ができません。metadata.google.internal を引くライブラリは認証情報を得られず、ほかの API の名前も引けません。',
  },
};

function denial(
  { namespace }: Workload,
  egress: JudgedEgress,
  affected: readonly Group[],
  policies: readonly PolicyName[],
  by: 'isolation' | 'rule' | 'baseline',
  destination: 'metadata' | 'dns',
): Text {
  const names = listed(policies.map(({ kind, name }) => `${kind} ${name}`));
  const pods = listed(
    affected.flatMap(group => group.pods),
    3,
  );
  const what = destination === 'metadata' ? metadataText(egress) : dnsText(egress);
  const one = policies.length === 1;
  if (by === 'isolation') {
    return {
      en: `${names.en} limit${one ? 's' : ''} the egress of ${pods.en} in namespace ${namespace}, and no rule allows ${what.en}.`,
      ja: `${names.ja} が Namespace ${namespace} の ${pods.ja} の下り（外向き）を制限していますが、${what.ja}を許可するルールがありません。`,
    };
  }
  return {
    en: `${names.en} denies ${what.en} for ${pods.en} in namespace ${namespace}.`,
    ja: `${names.ja} が、Namespace ${namespace} の ${pods.ja} から${what.ja}への通信を拒否しています。`,
  };
}

function metadataText({ destinations }: JudgedEgress): Text {
  const where = destinations.map(address).join(', ');
  return { en: `TCP ${where}`, ja: `TCP ${where} ` };
}

function dnsText({ networking, dnsFacts }: JudgedEgress): Text {
  const server = dnsDescription(networking, dnsFacts);
  return { en: `DNS, port 53 of ${server}`, ja: `DNS（${server} のポート 53）` };
}

function dnsToo(egress: JudgedEgress): Text {
  const dns = dnsText(egress);
  return { en: `Nor is ${dns.en} allowed.`, ja: `${dns.ja}も許可されていません。` };
}

const WHO_CHANGES: Readonly<Record<'rule' | 'baseline', Text>> = {
  rule: {
    en: 'No other policy can allow what this one denies: whoever is responsible for it has to change it.',
    ja: '拒否されている通信は、ほかのポリシーでは許可できません。このポリシーの担当者が変更する必要があります。',
  },
  baseline: {
    en: 'It no longer applies to Pods that a NetworkPolicy selects, but such a policy has to allow everything that they need.',
    ja: 'NetworkPolicy で選択された Pod には適用されなくなりますが、その NetworkPolicy では Pod に必要な通信をすべて許可する必要があります。',
  },
};

const NO_LABELS: Text = {
  en: 'The Pods have no label of their own by which a further policy could select them: add the rule to the policy.',
  ja: '追加のポリシーで選択できるラベルが Pod にないため、既存のポリシーにルールを追加してください。',
};

function enforcedBy(plugin: string): Text {
  return {
    en: `${plugin}, which the cluster’s users installed, enforces network policies here.`,
    ja: `ここでは、ユーザーが導入した ${plugin} がネットワーク ポリシーを適用しています。`,
  };
}

function pluginOf({ enforcer }: JudgedEgress): string {
  return enforcer === 'self-managed-cilium' ? 'Cilium' : 'Calico';
}

function othersUnread(source: string): Text {
  return {
    en: `Policies of other kinds could not be read (${source}).`,
    ja: `ほかの種類のポリシーは読み取れませんでした（${source}）。`,
  };
}

/** What is there and can't be evaluated, or addresses that are not known. */
function notEvaluated(
  workload: Workload,
  egress: JudgedEgress,
  groups: readonly Group[],
  destination: 'metadata' | 'dns',
): FindingDraft {
  const policies = distinct(
    groups.flatMap(group => {
      const answer = group[destination];
      return answer.state === 'unknown' ? answer.policies : [];
    }),
  );
  const names = listed(policies.map(({ kind, name }) => `${kind} ${name}`));
  const what = destination === 'metadata' ? metadataText(egress) : dnsText(egress);
  return {
    subject: workload.resource,
    status: 'unknown',
    headline: destination === 'metadata' ? CANT_TELL : CANT_TELL_DNS,
    detail: joinText([
      {
        en: `I can’t evaluate ${names.en} fully. Check whether ${policies.length === 1 ? 'it lets' : 'they let'} the Pods reach ${what.en}.`,
        ja: `${names.ja} を完全には評価できません。Pod から${what.ja}への通信が許可されているか確認してください。`,
      },
      ...(isSelfManaged(egress.enforcer) ? [selfManaged(egress).detail] : []),
    ]),
    evidence: groups.map(group => told(group, egress)),
  };
}

function opened(workload: Workload, egress: JudgedEgress): FindingDraft {
  const isLimited = egress.groups.some(({ metadata }) => metadata.state === 'allowed');
  const what = metadataText(egress);
  return {
    subject: workload.resource,
    status: 'pass',
    headline: isLimited
      ? { en: `Policies allow ${what.en}`, ja: `${what.ja}への通信はポリシーで許可されています` }
      : { en: 'No policy limits the Pods’ egress', ja: 'Pod の下り（外向き）を制限するポリシーはありません' },
    detail: isLimited
      ? {
          en: `Policies let the Pods reach the metadata server (${what.en}) and DNS.`,
          ja: `Pod からメタデータ サーバー（${what.ja.trim()}）と DNS への通信はポリシーで許可されています。`,
        }
      : {
          en: 'No network policy limits the egress of the Pods, so everything is allowed.',
          ja: 'Pod の下り（外向き）を制限するネットワーク ポリシーがないため、すべて許可されます。',
        },
    evidence: egress.groups.map(group => told(group, egress)),
  };
}

/** The best that can be said where the cluster's users run Cilium or Calico. */
function selfManaged(egress: JudgedEgress): Pick<FindingDraft, 'status' | 'headline' | 'detail'> {
  const plugin = pluginOf(egress);
  return {
    status: 'warn',
    headline: {
      en: `${plugin} enforces network policies, and GKE does not manage it`,
      ja: `GKE が管理していない ${plugin} がネットワーク ポリシーを適用しています`,
    },
    detail: {
      en: `No policy blocks the Pods, as far as I can see. But ${plugin} was installed in this cluster by its users; whether it evaluates policies before or after GKE redirects requests to the metadata server is not documented.`,
      ja: `確認できる範囲で Pod を遮断するポリシーはありません。ただし、このクラスタの ${plugin} はユーザーが導入したものです。メタデータ サーバー宛ての通信を GKE が転送する前と後のどちらでポリシーを評価するかは文書化されていません。`,
    },
  };
}

function told(group: Group, egress: JudgedEgress): EvidenceDraft {
  const who = listed(group.pods, 2);
  const what = metadataText(egress);
  const [metadata, dns] = [stateText(group.metadata), stateText(group.dns)];
  return evidence(SOURCE, {
    en: `${who.en}: ${what.en} ${metadata.en}, DNS ${dns.en}`,
    ja: `${who.ja}: ${what.ja}は${metadata.ja}、DNS は${dns.ja}`,
  });
}

const STATES: Readonly<Record<Egress['state'], Text>> = {
  open: { en: 'not limited', ja: '制限なし' },
  allowed: { en: 'allowed', ja: '許可' },
  denied: { en: 'denied', ja: '遮断' },
  unknown: { en: 'unknown', ja: '不明' },
};

function stateText(egress: Egress): Text {
  const { en, ja } = STATES[egress.state];
  if (egress.state === 'open') return { en, ja };
  const names = (egress.state === 'allowed' ? [egress.policy] : egress.policies)
    .map(({ kind, name }) => `${kind} ${name}`)
    .join(', ');
  return { en: `${en} (${names})`, ja: `${ja}（${names}）` };
}

function distinct(policies: readonly PolicyName[]): PolicyName[] {
  const unique = new Map(policies.map(policy => [`${policy.kind} ${policy.name}`, policy]));
  return [...unique.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Kubernetes' own policies are subjects of their own; others are not among the names that a report has for subjects. */
function policySubject({ resource, namespace }: Workload, [first]: readonly PolicyName[]): string {
  if (first?.kind !== 'NetworkPolicy') return resource;
  return resource.replace(/\/namespaces\/.*/, `/namespaces/${namespace}/networkpolicies/${first.name}`);
}

function address({ addresses, port }: Destination): string {
  return `${addresses.join(', ')}:${port}`;
}

const NOT_ENFORCED = {
  headline: { en: 'Network policies don’t affect the Pods', ja: 'Pod に影響するネットワーク ポリシーはありません' },
  detail: {
    en: 'Neither network policy enforcement nor Dataplane V2 is on, and the cluster runs no Cilium or Calico; or no policy limits the Pods’ egress.',
    ja: 'ネットワーク ポリシーの適用も Dataplane V2 も無効で、Cilium や Calico も導入されていないか、Pod の下り（外向き）を制限するポリシーがありません。',
  },
} as const;

const HOST_NETWORK = {
  headline: { en: 'The Pods are on the host network', ja: 'Pod はホスト ネットワークで動作しています' },
  detail: {
    en: 'Network policies have no effect on Pods on the host network.',
    ja: 'ホスト ネットワークの Pod にネットワーク ポリシーは効きません。',
  },
} as const;

const NO_PODS = {
  headline: { en: 'There is no Pod that a policy could select', ja: 'ポリシーの対象になる Pod がありません' },
  detail: {
    en: 'There are network policies, but no running Pod and no Deployment of this workload, whose labels they could select.',
    ja: 'ネットワーク ポリシーはありますが、このワークロードには、ラベルを照合できる実行中の Pod も Deployment もありません。',
  },
} as const;

const CANT_TELL: Text = {
  en: 'I can’t determine whether network policies let the Pods reach the metadata server',
  ja: 'ネットワーク ポリシーがメタデータ サーバーへの通信を許可しているか判定できません',
};

const CANT_TELL_DNS: Text = {
  en: 'I can’t determine whether network policies let the Pods reach DNS',
  ja: 'ネットワーク ポリシーが DNS への通信を許可しているか判定できません',
};
