/** What the checks of one workload have in common: what they are about, and what they say where it can't be read. */
import type { Text } from '../../../../contracts/text.ts';
import type { Pod } from '../../../../kubernetes/objects.ts';
import type { Fact } from '../../../facts/fact.ts';
import {
  applicationContainers,
  asksMetadataServer,
  CREDENTIALS_FILE,
  hasCredentialsFile,
} from '../../../facts/workload/marks.ts';
import type { Workload } from '../../../facts/workload/workload.ts';
import type { CheckRequest, FindingDraft } from '../../check.ts';
import { unknownDetail, unreadable } from '../../evidence.ts';

export const asksForWorkload = (request: CheckRequest): boolean => request.workload !== undefined;

const PLURALS = { serviceaccount: 'serviceaccounts', pod: 'pods', deployment: 'deployments' } as const;

/** The Kubernetes service account; what was asked for, where it could not be read. */
export function subjectOf(request: CheckRequest, workload: Fact<Workload> | undefined): string {
  if (workload?.known) return workload.value.resource;
  if (!request.workload) return request.cluster;
  const { namespace, kind, name } = request.workload;
  return `${request.cluster}/k8s/namespaces/${namespace}/${PLURALS[kind]}/${name}`;
}

/** `shop/checkout`. */
export function nameOf({ namespace, serviceAccount }: Workload): string {
  return `${namespace}/${serviceAccount}`;
}

export function undecided(subject: string, fact: Fact<unknown> | undefined, headline: Text): FindingDraft {
  if (!fact || fact.known) throw new Error(`nothing is unknown about ${subject}`);
  return { subject, status: 'unknown', headline, detail: unknownDetail(fact), evidence: [unreadable(fact)] };
}

/** A link of the chain that has no meaning before an earlier one is whole. */
export function waits(subject: string, earlier: string, why: Text): FindingDraft {
  return {
    subject,
    status: 'not-applicable',
    headline: { en: `Waits for ${earlier}`, ja: `${earlier} の解決待ちです` },
    detail: {
      en: `${why.en} A link before this one is broken (${earlier}); this one can be judged once that is whole.`,
      ja: `${why.ja}これより前の ${earlier} に問題があり、解決するまで判定できません。`,
    },
    evidence: [],
  };
}

/** Names in a sentence: the first few, and how many more. */
export function listed(names: readonly string[], most = 5): Text {
  const shown = names.slice(0, most).join(', ');
  const more = names.length - most;
  return more > 0 ? { en: `${shown} and ${more} more`, ja: `${shown} ほか ${more} 件` } : { en: shown, ja: shown };
}

export function evidence(source: string, text: string | Text): FindingDraft['evidence'][number] {
  return { source, says: typeof text === 'string' ? { en: text, ja: text } : text };
}

/** The Pods in which some container gets its credentials from the metadata server; all of the workload's if they are not known. */
export function askingPods({ pods }: Workload): readonly Pod[] {
  return pods.known ? pods.value.filter(asksMetadataServer) : [];
}

/** For a workload none of whose containers asks the metadata server; undefined for any other. */
export function bringsCredentials(subject: string, workload: Workload): FindingDraft | undefined {
  const { pods } = workload;
  if (!pods.known || pods.value.length === 0 || askingPods(workload).length > 0) return undefined;
  const containers = listed(
    [
      ...new Set(
        pods.value.flatMap(pod => applicationContainers(pod).map(({ name }) => `${pod.metadata.name}/${name}`)),
      ),
    ],
    3,
  );
  return {
    subject,
    status: 'not-applicable',
    headline: {
      en: `${nameOf(workload)} uses a credentials file`,
      ja: `${nameOf(workload)} は認証情報ファイルを使用しています`,
    },
    detail: {
      en: `${CREDENTIALS_FILE} is set in ${containers.en}. Client libraries read that file and do not ask the metadata server, so this does not affect the workload.`,
      ja: `${containers.ja} に ${CREDENTIALS_FILE} が設定されています。クライアント ライブラリはそのファイルを読み取り、メタデータ サーバーに問い合わせないため、このチェックはワークロードに影響しません。`,
    },
    evidence: [evidence('kubernetes pods.list', `${CREDENTIALS_FILE}: ${containers.en}`)],
  };
}

/** Containers with a credentials file beside others without one, for the detail; nothing if there are none. */
export function credentialsNote({ pods }: Workload): Text[] {
  const names = (pods.known ? pods.value : []).flatMap(pod =>
    applicationContainers(pod)
      .filter(hasCredentialsFile)
      .map(({ name }) => `${pod.metadata.name}/${name}`),
  );
  if (names.length === 0) return [];
  const list = listed(names, 3);
  return [
    {
      en: `${list.en} use a credentials file instead (${CREDENTIALS_FILE}).`,
      ja: `${list.ja} は代わりに認証情報ファイルを使用します（${CREDENTIALS_FILE}）。`,
    },
  ];
}

/** For a workload of which no Pod runs or ran, and that no Deployment would make one of; undefined for any other. */
export function hasNoPods(subject: string, workload: Workload): FindingDraft | undefined {
  const { pods, endedPods, deployments } = workload;
  if (!pods.known || pods.value.length > 0 || endedPods.length > 0) return undefined;
  if (!deployments.known || deployments.value.length > 0) return undefined;
  const name = nameOf(workload);
  return {
    subject,
    status: 'not-applicable',
    headline: { en: `No Pod runs as ${name}`, ja: `${name} として動作する Pod はありません` },
    detail: {
      en: `No Pod and no Deployment uses ${name}, so nothing is affected (see wi-ksa-annotation).`,
      ja: `${name} を使用する Pod も Deployment もないため、影響はありません（wi-ksa-annotation を参照）。`,
    },
    evidence: [],
  };
}
