/** GKE needs its own API and Compute Engine's (docs/domain/projects.md#api-enabled). What else we read with is named where it is off. */
import type { Check } from '../check.ts';
import { unknownDetail, unreadable } from '../evidence.ts';

const REQUIRED = ['container.googleapis.com', 'compute.googleapis.com'];
/** Workloads' own; `wi-iamcredentials-api` judges it. */
const OF_WORKLOADS = 'iamcredentials.googleapis.com';

export const apiEnabled: Check<'services'> = {
  id: 'api-enabled',
  title: { en: 'The APIs that GKE needs are enabled', ja: 'GKE に必要な API が有効になっている' },
  description: {
    en: 'The Kubernetes Engine API and the Compute Engine API have to be enabled in the project; without them clusters can’t be managed. Other APIs that gke-auth reads with only limit what it can tell.',
    ja: 'プロジェクトで Kubernetes Engine API と Compute Engine API が有効でなければ、クラスタを管理できません。gke-auth が読み取りに使うほかの API は、無効だと判定できる範囲が狭くなるだけです。',
  },
  docs: 'https://cloud.google.com/service-usage/docs/enable-disable',
  needs: ['serviceusage.services.get'],
  facts: ['services'],
  inScan: 'project',

  run({ services }, _access, request) {
    const subject = `projects/${request.project}`;
    if (!services.known) {
      return [
        {
          subject,
          status: 'unknown',
          headline: { en: "I can't read which APIs are enabled", ja: '有効な API を読み取れません' },
          detail: unknownDetail(services),
          evidence: [unreadable(services)],
        },
      ];
    }
    const states = services.value;
    const untold = REQUIRED.filter(api => !/^(ENABLED|DISABLED)$/.test(states.get(api) ?? ''));
    const off = [...states].filter(([, state]) => state === 'DISABLED').map(([api]) => api);
    const disabled = REQUIRED.filter(api => off.includes(api));
    const lesser = off.filter(api => !REQUIRED.includes(api) && api !== OF_WORKLOADS);
    const evidence = [
      {
        source: services.source,
        says: {
          en: off.length === 0 ? `all ${states.size} enabled` : `disabled: ${off.join(', ')}`,
          ja: off.length === 0 ? `${states.size} 個すべて有効` : `無効: ${off.join(', ')}`,
        },
      },
    ];
    if (disabled.length > 0) {
      return [
        {
          subject,
          status: 'fail',
          headline: { en: `Disabled: ${disabled.join(', ')}`, ja: `無効な API: ${disabled.join(', ')}` },
          detail: {
            en: `${disabled.join(' and ')} ${disabled.length === 1 ? 'is' : 'are'} disabled in project ${request.project}. Enabling takes some minutes.`,
            ja: `プロジェクト ${request.project} で ${disabled.join('、')} が無効です。有効化には数分かかります。`,
          },
          effect: { en: 'Clusters can’t be managed.', ja: 'クラスタを管理できません。' },
          evidence,
          remedies: disabled.map(service => ({
            kind: 'enable-service',
            params: { project: request.project, service },
          })),
        },
      ];
    }
    if (untold.length > 0) {
      return [
        {
          subject,
          status: 'unknown',
          headline: { en: 'Google didn’t say which APIs are enabled', ja: 'API の状態が応答に含まれていません' },
          detail: {
            en: `The answer says nothing of ${untold.join(', ')}.`,
            ja: `${untold.join('、')} の状態が応答に含まれていません。`,
          },
          evidence,
        },
      ];
    }
    return [
      {
        subject,
        status: 'pass',
        headline: { en: 'The APIs that GKE needs are enabled', ja: 'GKE に必要な API は有効です' },
        detail: {
          en: `${REQUIRED.join(' and ')} are enabled.${lesser.length > 0 ? ` Disabled, which limits what I can tell: ${lesser.join(', ')}.` : ''}`,
          ja: `${REQUIRED.join('、')} は有効です。${lesser.length > 0 ? `無効なため判定できる範囲が狭くなる API: ${lesser.join('、')}。` : ''}`,
        },
        evidence,
      },
    ];
  },
};
