/** Impersonation through Workload Identity needs the IAM Service Account Credentials API (docs/domain/workloads.md#wi-iamcredentials-api). */
import type { Text } from '../../../contracts/text.ts';
import type { Fact } from '../../facts/fact.ts';
import type { WorkloadIdentity } from '../../facts/workload/identity.ts';
import type { Check, FindingDraft } from '../check.ts';
import { evidence, undecided } from './workload/subject.ts';

const API = 'iamcredentials.googleapis.com';

export const wiIamcredentialsApi: Check<'cluster' | 'services' | 'workloadIdentity'> = {
  id: 'wi-iamcredentials-api',
  title: {
    en: 'The IAM Service Account Credentials API is enabled',
    ja: 'IAM Service Account Credentials API が有効になっている',
  },
  description: {
    en: 'A workload that acts as an IAM service account gets its token through iamcredentials.googleapis.com. Disabled in the cluster’s project, it is a failure for a workload whose Kubernetes service account names an IAM one, else a warning. In the account’s own project, if that is another, it is a warning: Google doesn’t document which of the two counts.',
    ja: 'IAM サービス アカウントとして動作するワークロードは、iamcredentials.googleapis.com を通じてトークンを取得します。クラスタのプロジェクトで無効な場合、IAM サービス アカウントを指定しているワークロードでは失敗、それ以外では警告です。アカウントが別のプロジェクトにある場合、そのプロジェクトで無効なら警告です（どちらが使われるか、Google のドキュメントに記載がないため）。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/authentication',
  needs: ['serviceusage.services.get'],
  facts: ['cluster', 'services', 'workloadIdentity'],

  run({ cluster, services, workloadIdentity }, _access, { project }) {
    const identity = workloadIdentity?.known ? workloadIdentity.value : undefined;
    const account = identity?.account;
    const off = cluster.known && !cluster.value.workloadPool && !workloadIdentity;
    const own = off ? [notNeeded(project)] : [judge(project, services, severity(identity))];
    return account && account.project !== project ? [...own, judge(account.project, account.services, 'warn')] : own;
  },
};

function severity(identity: WorkloadIdentity | undefined): 'fail' | 'warn' {
  return identity?.annotation === undefined ? 'warn' : 'fail';
}

function judge(project: string, services: Fact<ReadonlyMap<string, string>>, severity: 'fail' | 'warn'): FindingDraft {
  const subject = `projects/${project}`;
  if (!services.known) return undecided(subject, services, CANT_TELL);
  const state = services.value.get(API);
  const proof = [evidence(services.source, `${API}: ${state ?? '?'}`)];
  if (state === 'ENABLED') {
    return {
      subject,
      status: 'pass',
      headline: { en: 'The API is enabled', ja: 'API は有効です' },
      detail: { en: `${API} is enabled in ${project}.`, ja: `プロジェクト ${project} で ${API} は有効です。` },
      evidence: proof,
    };
  }
  if (state !== 'DISABLED') {
    return {
      subject,
      status: 'unknown',
      headline: CANT_TELL,
      detail: { en: `Google’s answer says nothing of ${API}.`, ja: `${API} の状態が応答に含まれていません。` },
      evidence: proof,
    };
  }
  return {
    subject,
    status: severity,
    headline: {
      en: `The IAM Service Account Credentials API is disabled in ${project}`,
      ja: `${project} で IAM Service Account Credentials API が無効です`,
    },
    detail: {
      en: `${API} is disabled in project ${project}. Its error message also speaks of a missing IAM binding; that hint is beside the point. Enabling takes some minutes.`,
      ja: `プロジェクト ${project} で ${API} が無効です。エラー メッセージには IAM バインディングの不足も書かれますが、原因はこの API です。有効化には数分かかります。`,
    },
    effect: {
      en: 'Workloads that act as an IAM service account get no token.',
      ja: 'IAM サービス アカウントとして動作するワークロードがトークンを取得できません。',
    },
    evidence: proof,
    remedies: [{ kind: 'enable-service', params: { project, service: API } }],
  };
}

function notNeeded(project: string): FindingDraft {
  return {
    subject: `projects/${project}`,
    status: 'not-applicable',
    headline: { en: 'Workload Identity is off', ja: 'Workload Identity は無効です' },
    detail: {
      en: 'The cluster has no workload pool, so nothing in it uses this API.',
      ja: 'ワークロード プールがないため、このクラスタではこの API を使いません。',
    },
    evidence: [],
  };
}

const CANT_TELL: Text = {
  en: "I can't read whether the IAM Service Account Credentials API is enabled",
  ja: 'IAM Service Account Credentials API の状態を読み取れません',
};
