/** Some libraries find the metadata server by its name, so DNS has to work in the Pod (docs/domain/workloads.md#wi-metadata-dns). */

import { joinText, type Text } from '../../../contracts/text.ts';
import type { Container, Pod } from '../../../kubernetes/objects.ts';
import type { Fact } from '../../facts/fact.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import type { LogLine, WorkloadLogs } from '../../facts/workload/logs.ts';
import { applicationContainers } from '../../facts/workload/marks.ts';
import type { Workload } from '../../facts/workload/workload.ts';
import type { Check, CheckRequest, FindingDraft } from '../check.ts';
import { unreadable } from '../evidence.ts';
import { egressOf, isBlocked } from './workload/egress.ts';
import { type TemplateChange, templateRemedy } from './workload/manifests.ts';
import {
  asksForWorkload,
  bringsCredentials,
  evidence,
  hasNoPods,
  listed,
  nameOf,
  subjectOf,
  undecided,
  waits,
} from './workload/subject.ts';
import { linesOf, quoted, searchEnded } from './workload/symptoms.ts';

export const wiMetadataDns: Check<'cluster' | 'workload' | 'workloadNetwork' | 'workloadLogs'> = {
  id: 'wi-metadata-dns',
  title: {
    en: 'The Pods resolve metadata.google.internal',
    ja: 'Pod から metadata.google.internal を名前解決できる',
  },
  description: {
    en: 'Client libraries of Python, Java and Node.js look up metadata.google.internal; where that fails they report missing credentials. A warning if the workload’s own logs of the last day or the pasted error say so, or if the kube-dns Pods aren’t ready (they don’t matter with Cloud DNS; Pods that have ended don’t count). A search of the logs that ends before all of the day was searched is unknown. The environment variable GCE_METADATA_HOST=169.254.169.254 makes these libraries do without the name; Go’s does anyway.',
    ja: 'Python、Java、Node.js のクライアント ライブラリは metadata.google.internal を名前解決し、失敗すると認証情報がないというエラーになります。直近 1 日のワークロード自身のログや貼り付けられたエラーにその兆候がある場合、または kube-dns の Pod が Ready でない場合（Cloud DNS では無関係、終了した Pod は対象外）に警告します。ログ全体を検索できなかった場合は「不明」です。環境変数 GCE_METADATA_HOST=169.254.169.254 を設定すると名前解決が不要になります（Go では設定しなくても不要です）。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/authentication',
  needs: ['container.pods.list', 'container.deployments.list', 'logging.logEntries.list'],
  facts: ['cluster', 'workload', 'workloadNetwork', 'workloadLogs'],
  appliesTo: asksForWorkload,

  run({ cluster, workload, workloadNetwork, workloadLogs }, _access, request) {
    const subject = subjectOf(request, workload);
    if (!cluster.known) return [undecided(subject, cluster, CANT_TELL)];
    if (!workload?.known) return [undecided(subject, workload, CANT_TELL)];
    if (!workloadNetwork || !workloadLogs) throw new Error('a workload has a network and logs');
    const exempt = bringsCredentials(subject, workload.value) ?? hasNoPods(subject, workload.value);
    if (exempt) return [exempt];
    if (isBlocked(egressOf(cluster.value, workload.value, workloadNetwork), 'dns')) {
      return [waits(subject, 'wi-netpol-egress', BLOCKED)];
    }
    const kubeDns = workloadNetwork.known ? workloadNetwork.value.kubeDns : workloadNetwork;
    return [judge(cluster.value, workload.value, kubeDns, workloadLogs, request)];
  },
};

function judge(
  { dns }: Cluster,
  workload: Workload,
  kubeDns: Fact<readonly Pod[]>,
  logs: Fact<WorkloadLogs>,
  request: CheckRequest,
): FindingDraft {
  const { resource: subject } = workload;
  const name = nameOf(workload);
  if (doesWithoutName(workload)) return withoutName(subject, name);
  const failures = linesOf(logs, 'dns');
  // With Cloud DNS the kube-dns Pods stay, and nothing asks them.
  const server = dns.provider === 'CLOUD_DNS' ? undefined : kubeDns;
  const isPasted = request.symptom?.problem === 'wi-metadata-dns';
  const signs = [...logSigns(name, failures), ...(isPasted ? [PASTED] : []), ...serverSigns(server)];
  const proof = [
    ...quoted(failures),
    ...(server ? [dnsEvidence(server)] : []),
    ...(logs.known ? [] : [unreadable(logs)]),
  ];
  if (signs.length > 0) return mayNotResolve(workload, signs, proof);
  if (!logs.known) return { ...undecided(subject, logs, CANT_TELL), evidence: proof };
  if (server && !server.known) return { ...undecided(subject, server, CANT_TELL), evidence: proof };
  if (!logs.value.isComplete) return searchEnded(subject, CANT_TELL, proof);
  return {
    subject,
    status: 'pass',
    headline: { en: 'No sign of a DNS problem', ja: 'DNS の問題の兆候はありません' },
    detail: {
      en: `The logs of ${name} in the last day show no failed look-up of metadata.google.internal${server ? ', and kube-dns is ready' : '; the cluster uses Cloud DNS'}.`,
      ja: `直近 1 日の ${name} のログに metadata.google.internal の名前解決の失敗はなく、${server ? 'kube-dns は Ready です' : 'クラスタは Cloud DNS を使っています'}。`,
    },
    evidence: proof,
  };
}

function logSigns(name: string, failures: readonly LogLine[]): Text[] {
  const { length } = failures;
  if (length === 0) return [];
  return [
    {
      en: `The logs of ${name} say ${length} time${length === 1 ? '' : 's'} in the last day that metadata.google.internal didn’t resolve.`,
      ja: `直近 1 日の ${name} のログに、metadata.google.internal の名前解決の失敗が ${length} 件あります。`,
    },
  ];
}

const PASTED: Text = { en: 'The error text says so.', ja: '貼り付けられたエラーがそれを示しています。' };

/** @param server the kube-dns Pods, if the cluster uses them */
function serverSigns(server: Fact<readonly Pod[]> | undefined): Text[] {
  if (!server?.known) return [];
  if (server.value.length === 0) return [{ en: 'There are no kube-dns Pods.', ja: 'kube-dns の Pod がありません。' }];
  const notReady = server.value.filter(pod => !isReady(pod));
  if (notReady.length === 0) return [];
  const names = listed(notReady.map(({ metadata }) => metadata.name));
  return [{ en: `Not ready: ${names.en}.`, ja: `Ready でない Pod: ${names.ja}。` }];
}

function mayNotResolve(workload: Workload, signs: readonly Text[], proof: FindingDraft['evidence']): FindingDraft {
  const name = nameOf(workload);
  return {
    subject: workload.resource,
    status: 'warn',
    headline: {
      en: `${name}: metadata.google.internal may not resolve`,
      ja: `${name}: metadata.google.internal を名前解決できない可能性があります`,
    },
    detail: joinText([
      ...signs,
      {
        en: 'Repair DNS, or let the client libraries of Python, Java and Node.js do without it: GCE_METADATA_HOST.',
        ja: 'DNS を修復するか、Python、Java、Node.js のライブラリでは GCE_METADATA_HOST で名前解決を省いてください。',
      },
    ]),
    effect: {
      en: 'The application reports that credentials are missing.',
      ja: 'アプリケーションが「認証情報がない」というエラーを出します。',
    },
    evidence: proof,
    remedies: templateRemedy(workload, METADATA_HOST),
  };
}

/** Every container is told the address; what old logs say of the name is over. */
function doesWithoutName({ pods }: Workload): boolean {
  const running = pods.known ? pods.value : [];
  const told = ({ env }: Container) => env.some(({ name, value }) => name === 'GCE_METADATA_HOST' && value === HOST);
  return running.length > 0 && running.every(pod => applicationContainers(pod).every(told));
}

function withoutName(subject: string, name: string): FindingDraft {
  return {
    subject,
    status: 'pass',
    headline: { en: `${name} does without the name`, ja: `${name} は名前解決を必要としません` },
    detail: {
      en: `All containers have GCE_METADATA_HOST=${HOST}.`,
      ja: `すべてのコンテナに GCE_METADATA_HOST=${HOST} が設定されています。`,
    },
    evidence: [evidence('kubernetes pods.list', `GCE_METADATA_HOST=${HOST}`)],
  };
}

function isReady({ status }: Pod): boolean {
  return status.conditions.some(({ type, status: holds }) => type === 'Ready' && holds === 'True');
}

function dnsEvidence(kubeDns: Fact<readonly Pod[]>) {
  if (!kubeDns.known) return unreadable(kubeDns);
  const ready = kubeDns.value.filter(isReady).length;
  return evidence('kubernetes pods.list', {
    en: `kube-dns: ${ready} of ${kubeDns.value.length} Pods ready`,
    ja: `kube-dns: ${kubeDns.value.length} 個中 ${ready} 個の Pod が Ready`,
  });
}

const HOST = '169.254.169.254';

const METADATA_HOST: TemplateChange = {
  purpose: 'metadata-host',
  change: ({ containers }) => ({
    spec: { containers: containers.map(name => ({ name, env: [{ name: 'GCE_METADATA_HOST', value: HOST }] })) },
  }),
  lines: ({ kind, name, containers }) => ({
    before: [],
    after: containers.map(container => `+ ${kind} ${name}, container ${container}: env GCE_METADATA_HOST=${HOST}`),
  }),
};

const BLOCKED: Text = {
  en: 'A network policy blocks the Pods from DNS, so no name resolves.',
  ja: 'ネットワーク ポリシーが DNS への通信を遮断しているため、名前解決ができません。',
};

const CANT_TELL: Text = {
  en: 'I can’t determine whether metadata.google.internal resolves',
  ja: 'metadata.google.internal を名前解決できるか判定できません',
};
