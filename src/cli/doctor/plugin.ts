/** gke-gcloud-auth-plugin: without it kubectl 1.25 and later can't log in (docs/domain/callers.md#kubeconfig-auth-plugin). */
import { type Env, findProgram, isExecutable, runProgram } from './machine.ts';
import { type Step, same } from './step.ts';

export const PLUGIN = 'gke-gcloud-auth-plugin';

/** @param named the plugin's path in the kubeconfig's entry; the one on the PATH counts where that can't run */
export async function lookAtPlugin(env: Env, named?: string): Promise<Step> {
  const step = 'plugin';
  const path = (named && (await isExecutable(named)) ? named : undefined) ?? (await findProgram(env, PLUGIN));
  if (!path) {
    return {
      step,
      status: 'fail',
      headline: { en: `${PLUGIN} is not on the PATH`, ja: `${PLUGIN} が PATH にありません` },
      detail: {
        en: 'kubectl needs it to log in. For a test only: kubectl 1.24 from dl.k8s.io with export USE_GKE_GCLOUD_AUTH_PLUGIN=False in ~/.bashrc (macOS: ~/.bash_profile), source it, then get-credentials and kubectl cluster-info; current clusters are outside that kubectl’s version skew.',
        ja: 'kubectl の認証に必要です。切り分け用の方法: dl.k8s.io の kubectl 1.24 を使い、~/.bashrc（macOS は ~/.bash_profile）に export USE_GKE_GCLOUD_AUTH_PLUGIN=False を書いて source し、get-credentials と kubectl cluster-info を実行します。現在のクラスタは、その kubectl のバージョン差の範囲外です。',
      },
      next: [`gcloud components install ${PLUGIN}`, 'sudo apt-get install google-cloud-cli-gke-gcloud-auth-plugin'],
    };
  }
  const ran = await runProgram(env, path, ['--version']);
  if (ran.code !== 0) {
    return {
      step,
      status: 'fail',
      headline: { en: `${PLUGIN} doesn’t run`, ja: `${PLUGIN} を実行できません` },
      detail: same(`${path}: ${ran.complaint}`),
      next: [`gcloud components install ${PLUGIN}`],
    };
  }
  if (/^(?:false|0|no)$/i.test(env.USE_GKE_GCLOUD_AUTH_PLUGIN ?? '')) {
    return {
      step,
      status: 'warn',
      headline: {
        en: 'USE_GKE_GCLOUD_AUTH_PLUGIN is False: get-credentials writes entries that kubectl 1.25 and later can’t use',
        ja: 'USE_GKE_GCLOUD_AUTH_PLUGIN が False のため、get-credentials は kubectl 1.25 以降で使えない設定を書き込みます',
      },
      next: ['unset USE_GKE_GCLOUD_AUTH_PLUGIN'],
    };
  }
  return {
    step,
    status: 'pass',
    headline: { en: `${PLUGIN} is there`, ja: `${PLUGIN} はインストール済みです` },
    detail: same(`${path}, ${ran.stdout.trim().split('\n')[0] ?? ''}`),
  };
}
