/** The metadata server, where there is one: on a VM of Google's, or in a Pod on GKE. */
import { readFile } from 'node:fs/promises';
import { briefly, type Env } from './machine.ts';
import { type Step, same } from './step.ts';

const ADDRESS = '169.254.169.254';
const PATH = '/computeMetadata/v1/instance/service-accounts/default/email';
const ANSWER_MS = 3_000;
const PRODUCT = '/sys/class/dmi/id/product_name';

export async function lookAtMetadataServer(env: Env): Promise<Step> {
  const step = 'metadata-server';
  const host = env.GCE_METADATA_HOST;
  if (!host && !(await isOnGoogle(env))) {
    return {
      step,
      status: 'skip',
      headline: { en: 'Not on a Google Cloud VM or in a Pod', ja: 'Google Cloud の VM や Pod ではありません' },
    };
  }
  const url = `http://${host || ADDRESS}${PATH}`;
  try {
    const response = await fetch(url, {
      headers: { 'metadata-flavor': 'Google' },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const body = briefly(await response.text());
    if (response.ok) {
      return {
        step,
        status: 'pass',
        headline: { en: `The metadata server answers: ${body}`, ja: `メタデータ サーバーの応答: ${body}` },
        detail: same(url),
      };
    }
    return {
      step,
      status: 'fail',
      headline: {
        en: `The metadata server answers HTTP ${response.status}`,
        ja: `メタデータ サーバーが HTTP ${response.status} を返しました`,
      },
      detail: same(`${url}: ${body}`),
      next: ['gke-auth diagnose CLUSTER --workload NAMESPACE/SERVICE_ACCOUNT'],
    };
  } catch (error) {
    return {
      step,
      status: 'fail',
      headline: { en: 'The metadata server doesn’t answer', ja: 'メタデータ サーバーが応答しません' },
      detail: same(`${url}: ${briefly(error instanceof Error ? error.message : String(error))}`),
      next: ['gke-auth diagnose CLUSTER --workload NAMESPACE/SERVICE_ACCOUNT'],
    };
  }
}

/** As Google's libraries tell it: the VM's product name, or the variables of a Pod. */
async function isOnGoogle(env: Env): Promise<boolean> {
  if (env.KUBERNETES_SERVICE_HOST) return true;
  const product = await readFile(PRODUCT, 'utf8').catch(() => '');
  return /^Google/.test(product);
}
