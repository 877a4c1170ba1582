/** The same call through kubectl, with its kubeconfig and plugin. */

import type { Entry } from './kubeconfig.ts';
import type { Kubectl } from './kubectl.ts';
import { type Env, runProgram } from './machine.ts';
import type { Step } from './step.ts';

export async function callThroughKubectl(env: Env, { path }: Kubectl, entry: Entry | undefined): Promise<Step> {
  const step = 'kubectl-call';
  if (!path || !entry) {
    return {
      step,
      status: 'skip',
      headline: path
        ? { en: 'Not tried: the kubeconfig has no entry', ja: 'kubeconfig にエントリがないため実行していません' }
        : { en: 'Not tried: there is no kubectl', ja: 'kubectl がないため実行していません' },
    };
  }
  const ran = await runProgram(env, path, [
    `--context=${entry.context}`,
    '--request-timeout=10s',
    'get',
    '--raw=/version',
  ]);
  if (ran.code === 0) {
    return {
      step,
      status: 'pass',
      headline: { en: 'kubectl reaches the API server', ja: 'kubectl から API サーバーに到達できます' },
    };
  }
  return {
    step,
    status: 'fail',
    headline: { en: 'kubectl fails', ja: 'kubectl が失敗しました' },
    detail: {
      en: `“${ran.complaint}”. If the direct call passes, it is the plugin or the kubeconfig.`,
      ja: `「${ran.complaint}」。直接の呼び出しが成功しているなら、プラグインか kubeconfig の問題です。`,
    },
    next: [`kubectl --context=${entry.context} get --raw=/version 2>&1 | gke-auth explain`],
  };
}
