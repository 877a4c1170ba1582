/** Network policies have to let the Pods reach the metadata server, and DNS (docs/domain/network-policies.md#wi-netpol-egress). */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import type { Workload } from '../../facts/workload/workload.ts';
import { dnsPeers, metadataServer } from '../../network-policy/destinations.ts';
import type { Destination } from '../../network-policy/egress.ts';
import type { Check, FindingDraft, RemedyRequest } from '../check.ts';
import { type EvidenceDraft, unreadable } from '../evidence.ts';
import { egressOf, type Group, type WorkloadEgress } from './workload/egress.ts';
import { asksForWorkload, evidence, listed, nameOf, subjectOf, undecided } from './workload/subject.ts';

export const wiNetpolEgress: Check<'cluster' | 'workload' | 'workloadNetwork'> = {
  id: 'wi-netpol-egress',
  title: {
    en: 'Network policies let the Pods reach the metadata server and DNS',
    ja: 'ネットワーク ポリシーで、Pod からメタデータ サーバーと DNS への通信が許可されている',
  },
  description: {
    en: 'Once an egress policy selects a Pod, the metadata server has to be allowed: 169.254.169.252 port 988 (127.0.0.1 before GKE 1.21.0-gke.1000), on Dataplane V2 169.254.169.254 port 80. Policies add up, so one rule of one policy is enough. DNS has to be allowed as well (kube-dns, Cloud DNS or NodeLocal DNSCache): without it is a warning, because some libraries do without the name. Policies of Cilium, of Calico and by FQDN aren’t evaluated: unknown where there are some, or where they can’t be looked for.',
    ja: '下り（外向き）のポリシーが Pod を選択している場合、メタデータ サーバーへの通信を許可する必要があります。宛先は 169.254.169.252 のポート 988（1.21.0-gke.1000 より前は 127.0.0.1）、Dataplane V2 では 169.254.169.254 のポート 80 です。ポリシーは合算されるため、どれか 1 つのルールで許可されていれば十分です。DNS（kube-dns、Cloud DNS、NodeLocal DNSCache）も許可が必要ですが、名前解決なしで動くライブラリもあるため、DNS だけの遮断は警告です。Cilium、Calico、FQDN のポリシーは評価できないため、ある場合と有無を確認できない場合は「不明」です。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/authentication',
  needs: [
    'container.clusters.get',
    'container.networkPolicies.list',
    'container.pods.list',
    'container.thirdPartyObjects.list',
  ],
  facts: ['cluster', 'workload', 'workloadNetwork'],
  appliesTo: asksForWorkload,

  run({ cluster, workload, workloadNetwork }, _access, request) {
    const subject = subjectOf(request, workload);
    if (!cluster.known) return [undecided(subject, cluster, CANT_TELL)];
    if (!workload?.known) return [undecided(subject, workload, CANT_TELL)];
    if (!workloadNetwork) throw new Error('a workload has a network');
    return [judge(cluster.value, workload.value, egressOf(cluster.value, workload.value, workloadNetwork))];
  },
};

const SOURCE = 'kubernetes networkPolicies.list';

function judge(cluster: Cluster, workload: Workload, egress: WorkloadEgress): FindingDraft {
  const { resource: subject } = workload;
  switch (egress.kind) {
    case 'unreadable':
      return undecided(subject, egress.fact, CANT_TELL);
    case 'not-enforced':
      return { subject, status: 'not-applicable', ...NOT_ENFORCED, evidence: [] };
    case 'host-network':
      return { subject, status: 'not-applicable', ...HOST_NETWORK, evidence: [] };
    case 'no-pods':
      return { subject, status: 'unknown', headline: CANT_TELL, detail: NO_PODS, evidence: [] };
    case 'custom': {
      const names = listed(egress.custom.map(({ kind, name }) => `${kind} ${name}`));
      return {
        subject,
        status: 'unknown',
        headline: CANT_TELL,
        detail: {
          en: `There are policies of other kinds, which I don’t evaluate: ${names.en}. See whether they let the Pods reach ${address(metadataServer(cluster))}.`,
          ja: `評価できない種類のポリシーがあります: ${names.ja}。Pod から ${address(metadataServer(cluster))} への通信が許可されているか確認してください。`,
        },
        evidence: [evidence('kubernetes thirdPartyObjects.list', names)],
      };
    }
    case 'judged':
      return judgeGroups(cluster, workload, egress);
  }
}

function judgeGroups(
  cluster: Cluster,
  workload: Workload,
  { groups, destination, customUnread }: Extract<WorkloadEgress, { kind: 'judged' }>,
): FindingDraft {
  const unread = customUnread
    ? [
        {
          en: `Whether policies of other kinds stand in the way can’t be read (${customUnread.source}).`,
          ja: `ほかの種類のポリシーの有無は読み取れませんでした（${customUnread.source}）。`,
        },
      ]
    : [];
  const closed = groups.filter(({ metadata }) => metadata.state === 'denied');
  const deaf = groups.filter(({ dns }) => dns.state === 'denied');
  const blocked = groups.filter(group => closed.includes(group) || deaf.includes(group));
  if (blocked.length === 0 && customUnread) {
    const evidence = [...groups.map(group => told(group, address(destination))), unreadable(customUnread)];
    return { ...undecided(workload.resource, customUnread, CANT_TELL), evidence };
  }
  if (blocked.length === 0) return open(workload, groups, destination);
  const policies = policiesOf(blocked);
  const pods = listed(
    blocked.flatMap(group => group.pods),
    3,
  );
  const where = address(destination);
  return {
    subject: policySubject(workload, policies),
    status: closed.length > 0 ? 'fail' : 'warn',
    headline:
      closed.length > 0
        ? {
            en: `Network policies keep ${nameOf(workload)} from the metadata server`,
            ja: `ネットワーク ポリシーが ${nameOf(workload)} からメタデータ サーバーへの通信を遮断しています`,
          }
        : {
            en: `Network policies keep ${nameOf(workload)} from DNS`,
            ja: `ネットワーク ポリシーが ${nameOf(workload)} から DNS への通信を遮断しています`,
          },
    detail: joinText([
      {
        en: `${list(policies)} of namespace ${workload.namespace} select${policies.length === 1 ? 's' : ''} ${pods.en} for egress, and no rule allows ${closed.length > 0 ? `TCP ${where}` : 'DNS (port 53)'}.`,
        ja: `名前空間 ${workload.namespace} の ${list(policies)} が ${pods.ja} を下り（外向き）の対象にしていますが、${closed.length > 0 ? `TCP ${where}` : 'DNS（ポート 53）'} を許可するルールがありません。`,
      },
      ...(closed.length > 0 && deaf.length > 0
        ? [{ en: 'DNS (port 53) isn’t allowed either.', ja: 'DNS（ポート 53）も許可されていません。' }]
        : []),
      ...unread,
    ]),
    effect:
      closed.length > 0
        ? {
            en: 'Requests for a token time out.',
            ja: 'トークンの要求がタイムアウトします。',
          }
        : {
            en: 'Names don’t resolve: libraries that look up metadata.google.internal find no credentials, and no other API’s name is found either.',
            ja: '名前解決ができません。metadata.google.internal を引くライブラリは認証情報を得られず、ほかの API の名前も引けません。',
          },
    evidence: blocked.map(group => told(group, where)),
    remedies: [additivePolicy(cluster, workload, blocked, destination)],
  };
}

function open(workload: Workload, groups: readonly Group[], destination: Destination): FindingDraft {
  const maybe = groups.some(({ dns }) => dns.state === 'unknown');
  const selected = groups.some(({ metadata }) => metadata.state === 'allowed');
  const where = address(destination);
  return {
    subject: workload.resource,
    status: 'pass',
    headline: selected
      ? { en: `Policies allow ${where}`, ja: `${where} への通信はポリシーで許可されています` }
      : { en: 'No egress policy selects the Pods', ja: 'Pod を対象にする下り（外向き）ポリシーはありません' },
    detail: joinText([
      selected
        ? {
            en: `The Pods may reach the metadata server at ${where}.`,
            ja: `Pod からメタデータ サーバー（${where}）への通信は許可されています。`,
          }
        : {
            en: 'No network policy of the namespace selects the Pods for egress, so everything is allowed.',
            ja: '名前空間のどのネットワーク ポリシーも Pod の下り（外向き）を制限していないため、すべて許可されます。',
          },
      ...(maybe
        ? [
            {
              en: 'Whether DNS is allowed couldn’t be told: a rule names addresses, and those of kube-dns can’t be read.',
              ja: 'DNS が許可されているかは判定できませんでした。ルールがアドレス指定で、kube-dns のアドレスを読み取れないためです。',
            },
          ]
        : []),
    ]),
    evidence: groups.map(group => told(group, where)),
  };
}

function told(group: Group, where: string): EvidenceDraft {
  return evidence(SOURCE, verdict(group, where));
}

function verdict({ metadata, dns, pods }: Group, where: string): Text {
  const who = listed(pods, 2);
  const say = (state: Group['dns']['state']): Text => STATES[state];
  return {
    en: `${who.en}: TCP ${where} ${say(metadata.state).en}, DNS ${say(dns.state).en}`,
    ja: `${who.ja}: TCP ${where} は${say(metadata.state).ja}、DNS は${say(dns.state).ja}`,
  };
}

const STATES: Readonly<Record<Group['dns']['state'], Text>> = {
  open: { en: 'open (no policy)', ja: '制限なし' },
  allowed: { en: 'allowed', ja: '許可' },
  denied: { en: 'denied', ja: '遮断' },
  unknown: { en: 'unknown', ja: '不明' },
};

function policiesOf(groups: readonly Group[]): string[] {
  const names = groups.flatMap(({ metadata, dns }) =>
    metadata.state === 'denied' ? metadata.policies : dns.state === 'denied' ? dns.policies : [],
  );
  return [...new Set(names)].sort();
}

function policySubject({ resource, namespace }: Workload, [first]: readonly string[]): string {
  return resource.replace(/\/namespaces\/.*/, `/namespaces/${namespace}/networkpolicies/${first ?? ''}`);
}

function list(names: readonly string[]): string {
  return listed(names).en;
}

function address({ addresses, port }: Destination): string {
  return `${addresses.join(', ')}:${port}`;
}

/** One policy for each set of labels, which allows what is missing and takes nothing away. */
function additivePolicy(
  cluster: Cluster,
  workload: Workload,
  groups: readonly Group[],
  { addresses, port }: Destination,
): RemedyRequest {
  const { namespace, serviceAccount } = workload;
  const objects = groups.map(({ labels, metadata, dns }, index) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `${serviceAccount}-metadata-server${index > 0 ? `-${index + 1}` : ''}`, namespace },
    spec: {
      podSelector: Object.keys(labels).length > 0 ? { matchLabels: labels } : {},
      policyTypes: ['Egress'],
      egress: [
        ...(metadata.state === 'denied'
          ? [{ to: addresses.map(one => ({ ipBlock: { cidr: `${one}/32` } })), ports: [{ protocol: 'TCP', port }] }]
          : []),
        ...(dns.state === 'denied'
          ? [{ to: dnsPeers(cluster), ports: ['UDP', 'TCP'].map(protocol => ({ protocol, port: 53 })) }]
          : []),
      ],
    },
  }));
  const names = objects.map(({ metadata }) => metadata.name);
  return {
    kind: 'manifest',
    params: {
      purpose: 'network-policy',
      resource: workload.resource.replace(/\/serviceaccounts\/.*/, `/networkpolicies/${names[0] ?? ''}`),
      before: [],
      after: names.map(name => `+ NetworkPolicy ${name}`),
      objects,
      undo: ['kubectl', 'delete', 'networkpolicy', ...names, `--namespace=${namespace}`],
    },
  };
}

const NOT_ENFORCED = {
  headline: { en: 'The cluster enforces no network policies', ja: 'ネットワーク ポリシーは適用されません' },
  detail: {
    en: 'Neither network policy enforcement nor Dataplane V2 is on.',
    ja: 'ネットワーク ポリシーの適用も Dataplane V2 も有効ではありません。',
  },
} as const;

const HOST_NETWORK = {
  headline: { en: 'The Pods are on the host network', ja: 'Pod はホスト ネットワークで動作しています' },
  detail: {
    en: 'Network policies have no effect on Pods on the host network.',
    ja: 'ホスト ネットワークの Pod にネットワーク ポリシーは効きません。',
  },
} as const;

const NO_PODS: Text = {
  en: 'The namespace has network policies, but no Pod or Deployment of this workload, whose labels they could select.',
  ja: '名前空間にネットワーク ポリシーがありますが、ラベルを照合できる Pod や Deployment がこのワークロードにありません。',
};

const CANT_TELL: Text = {
  en: "I can't tell whether network policies let the Pods reach the metadata server",
  ja: 'ネットワーク ポリシーがメタデータ サーバーへの通信を許可しているか判定できません',
};
