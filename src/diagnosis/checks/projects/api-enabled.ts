/** The APIs that a project's clusters need (docs/domain/projects.md#api-enabled). Others that are off only limit what can be diagnosed. */
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Fact } from '../../facts/fact.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import type { Check, FindingDraft } from '../check.ts';
import { unknownDetail, unreadable } from '../evidence.ts';

const LOGGING = 'logging.googleapis.com';
const MONITORING = 'monitoring.googleapis.com';
/** GKE needs these whatever its clusters are like. */
const ALWAYS = ['container.googleapis.com', 'compute.googleapis.com'];
/** Nodes write to these unless the cluster's own setting says `none`. */
const BY_CLUSTERS = [LOGGING, MONITORING];
/** Workloads' own; `wi-iamcredentials-api` judges it. */
const OF_WORKLOADS = 'iamcredentials.googleapis.com';

type Need = 'needed' | 'not-needed' | 'unknown';

export const apiEnabled: Check<'services' | 'clusters'> = {
  id: 'api-enabled',
  title: { en: 'The APIs that GKE needs are enabled', ja: 'GKE に必要な API が有効になっている' },
  description: {
    en: 'The Kubernetes Engine API and the Compute Engine API have to be enabled in the project; without them clusters can’t be managed. The Cloud Logging API and the Cloud Monitoring API have to be enabled where a cluster’s logging or monitoring is on: nodes can’t write to an API that is off, whichever roles they hold. Other APIs that gke-auth reads with only limit what it can diagnose.',
    ja: 'プロジェクトで Kubernetes Engine API と Compute Engine API が有効でなければ、クラスタを管理できません。クラスタのロギングまたはモニタリングが有効な場合は、Cloud Logging API または Cloud Monitoring API も必要です。API が無効だと、ノードはどのロールを持っていても書き込めません。gke-auth が読み取りに使うほかの API は、無効だと診断できる範囲が狭くなるだけです。',
  },
  docs: 'https://cloud.google.com/service-usage/docs/enable-disable',
  needs: ['serviceusage.services.get', 'container.clusters.get'],
  facts: ['services', 'clusters'],
  inScan: 'project',

  run({ services, clusters }, _access, { project }) {
    const subject = `projects/${project}`;
    if (!services.known) {
      return [
        {
          subject,
          status: 'unknown',
          headline: { en: 'Which APIs are enabled is unknown', ja: '有効な API を確認できません' },
          detail: unknownDetail(services),
          evidence: [unreadable(services)],
        },
      ];
    }
    const off = [...services.value].filter(([, state]) => state === 'DISABLED').map(([api]) => api);
    const evidence = [
      {
        source: services.source,
        says: {
          en: off.length === 0 ? `all ${services.value.size} enabled` : `disabled: ${off.join(', ')}`,
          ja: off.length === 0 ? `${services.value.size} 個すべて有効` : `無効: ${off.join(', ')}`,
        },
      },
    ];
    const needed = (need: Need) => [...ALWAYS, ...BY_CLUSTERS].filter(api => needOf(api, clusters) === need);
    const disabled = needed('needed').filter(api => off.includes(api));
    if (disabled.length > 0) return [{ subject, ...failing(project, disabled), evidence }];
    const doubtful = needed('unknown').filter(api => off.includes(api));
    if (!clusters.known && doubtful.length > 0) {
      return [
        {
          subject,
          status: 'unknown',
          headline: {
            en: `Disabled: ${doubtful.join(', ')}; whether a cluster needs it is unknown`,
            ja: `無効な API: ${doubtful.join('、')}。クラスタに必要かどうかは不明です`,
          },
          detail: unknownDetail(clusters),
          evidence: [...evidence, unreadable(clusters)],
        },
      ];
    }
    const untold = needed('needed').filter(api => !/^(ENABLED|DISABLED)$/.test(services.value.get(api) ?? ''));
    if (untold.length > 0) return [{ subject, ...untoldBy(untold), evidence }];
    return [{ subject, ...passing(needed('needed'), needed('not-needed'), off), evidence }];
  },
};

/** GKE reports `none` where a cluster's logging or monitoring is off (container v1, Cluster.loggingService). */
function needOf(api: string, clusters: Fact<readonly Cluster[]>): Need {
  if (ALWAYS.includes(api)) return 'needed';
  if (!clusters.known) return 'unknown';
  const writes = ({ loggingService, monitoringService }: Cluster) =>
    (api === LOGGING ? loggingService : monitoringService) !== 'none';
  return clusters.value.some(writes) ? 'needed' : 'not-needed';
}

const EFFECTS: Readonly<Record<string, Text>> = {
  [LOGGING]: {
    en: 'Nodes can’t write logs to Cloud Logging, whichever roles they hold.',
    ja: 'ノードはどのロールを持っていても、Cloud Logging にログを書き込めません。',
  },
  [MONITORING]: {
    en: 'Nodes can’t write metrics to Cloud Monitoring, whichever roles they hold.',
    ja: 'ノードはどのロールを持っていても、Cloud Monitoring に指標を書き込めません。',
  },
};
const UNMANAGEABLE: Text = { en: 'Clusters can’t be managed.', ja: 'クラスタを管理できません。' };

function failing(project: string, disabled: readonly string[]): Omit<FindingDraft, 'subject' | 'evidence'> {
  const effects = disabled.map(api => EFFECTS[api] ?? UNMANAGEABLE);
  return {
    status: 'fail',
    headline: { en: `Disabled: ${disabled.join(', ')}`, ja: `無効な API: ${disabled.join(', ')}` },
    detail: {
      en: `${disabled.join(' and ')} ${disabled.length === 1 ? 'is' : 'are'} disabled in project ${project}. Enabling takes some minutes.`,
      ja: `プロジェクト ${project} で ${disabled.join('、')} が無効です。有効化には数分かかります。`,
    },
    effect: joinText([...new Set(effects)]),
    remedies: disabled.map(service => ({ kind: 'enable-service', params: { project, service } })),
  };
}

function untoldBy(untold: readonly string[]): Omit<FindingDraft, 'subject' | 'evidence'> {
  return {
    status: 'unknown',
    headline: { en: 'Google’s answer doesn’t name all APIs', ja: 'API の状態が応答に含まれていません' },
    detail: {
      en: `The answer says nothing of ${untold.join(', ')}.`,
      ja: `${untold.join('、')} の状態が応答に含まれていません。`,
    },
  };
}

function passing(
  needed: readonly string[],
  unneeded: readonly string[],
  off: readonly string[],
): Omit<FindingDraft, 'subject' | 'evidence'> {
  const unused = unneeded.filter(api => off.includes(api));
  const ours = off.filter(api => !ALWAYS.includes(api) && !BY_CLUSTERS.includes(api) && api !== OF_WORKLOADS);
  return {
    status: 'pass',
    headline: { en: 'The APIs that GKE needs are enabled', ja: 'GKE に必要な API は有効です' },
    detail: joinText([
      { en: `Enabled: ${needed.join(', ')}.`, ja: `有効: ${needed.join('、')}。` },
      ...(unused.length > 0
        ? [
            {
              en: `Disabled, and not needed while no cluster writes to it: ${unused.join(', ')}.`,
              ja: `無効ですが、書き込むクラスタがないため不要な API: ${unused.join('、')}。`,
            },
          ]
        : []),
      ...(ours.length > 0
        ? [
            {
              en: `Disabled, which limits what gke-auth can diagnose: ${ours.join(', ')}.`,
              ja: `無効なため、診断できる範囲が狭くなる API: ${ours.join('、')}。`,
            },
          ]
        : []),
    ]),
  };
}
