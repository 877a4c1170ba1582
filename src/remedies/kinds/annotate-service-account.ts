/** Has a Kubernetes service account name an IAM service account (docs/domain/workloads.md#wi-ksa-annotation). Pods see it after a restart. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { KubernetesApiError } from '../../kubernetes/errors.ts';
import { ChangeRefusedError, refusedBy } from '../apply/refused.ts';
import type { Applied, ApplyContext, RemedyDefinition } from '../remedy.ts';
import { hcl, shell, terraformLabel } from '../text/shell.ts';

const ANNOTATION = 'iam.gke.io/gcp-service-account';

export const AnnotateServiceAccount = z.strictObject({
  project: z.string().min(1),
  location: z.string().min(1),
  cluster: z.string().min(1),
  namespace: z.string().min(1),
  /** Of the Kubernetes service account. */
  name: z.string().min(1),
  iamServiceAccount: z.string().regex(/^[^@\s]+@[^@\s]+\.gserviceaccount\.com$/),
  /** What the annotation says now; absent where there is none. Put back when it is revoked. */
  previous: z.string().optional(),
});
export type AnnotateServiceAccount = z.infer<typeof AnnotateServiceAccount>;

export const annotateServiceAccount: RemedyDefinition<AnnotateServiceAccount> = {
  kind: 'annotate-service-account',
  risk: 'change',
  params: AnnotateServiceAccount,

  plan(params) {
    const { project, location, cluster, namespace, name, iamServiceAccount, previous } = params;
    const annotate = (value: string) =>
      shell(['kubectl', 'annotate', 'serviceaccount', name, `--namespace=${namespace}`, '--overwrite', value]);
    return {
      params: { ...params },
      command: annotate(`${ANNOTATION}=${iamServiceAccount}`),
      undo: annotate(previous === undefined ? `${ANNOTATION}-` : `${ANNOTATION}=${previous}`),
      terraform: [
        `resource "kubernetes_annotations" "${terraformLabel(`${namespace}_${name}`)}" {`,
        '  api_version = "v1"',
        '  kind        = "ServiceAccount"',
        '  force       = true',
        '  metadata {',
        `    name      = ${hcl(name)}`,
        `    namespace = ${hcl(namespace)}`,
        '  }',
        '  annotations = {',
        `    ${hcl(ANNOTATION)} = ${hcl(iamServiceAccount)}`,
        '  }',
        '}',
      ].join('\n'),
      console: `https://console.cloud.google.com/kubernetes/object/browser?project=${encodeURIComponent(project)}`,
      summary: {
        en: `Have ${namespace}/${name} act as ${iamServiceAccount} (its Pods need a restart)`,
        ja: `${namespace}/${name} が ${iamServiceAccount} として動作するように設定（Pod の再起動が必要）`,
      },
      change: {
        resource: `projects/${project}/locations/${location}/clusters/${cluster}/k8s/namespaces/${namespace}/serviceaccounts/${name}`,
        before: previous === undefined ? [] : [`${ANNOTATION}: ${previous}`],
        after: [`${ANNOTATION}: ${iamServiceAccount}`],
      },
    };
  },

  writing: {
    authority: ({ project }) => ({ permission: 'container.serviceAccounts.update', resource: `projects/${project}` }),
    apply: (params, context) => annotate(params, params.previous, params.iamServiceAccount, context),
    revoke: (params, context) => annotate(params, params.iamServiceAccount, params.previous, context),
  },
};

const ATTEMPTS = 4;
const DELAY_MS = 300;

/** Only from what was approved: another value that somebody set in the meantime is theirs. */
async function annotate(
  { project, location, cluster, namespace, name }: AnnotateServiceAccount,
  from: string | undefined,
  to: string | undefined,
  { google }: ApplyContext,
): Promise<Applied> {
  const writes = await google.kubernetes(`projects/${project}/locations/${location}/clusters/${cluster}`);
  const lines = (value: string | undefined) => (value === undefined ? [] : [`${ANNOTATION}: ${value}`]);
  for (let attempt = 1; ; attempt++) {
    try {
      const account = await writes.readServiceAccount(namespace, name);
      if (!account) throw gone(`${namespace}/${name}`);
      const now = account.metadata.annotations[ANNOTATION];
      // After an attempt whose answer got lost, being there is our own doing.
      if (now === to) return { changed: attempt > 1, before: lines(attempt > 1 ? from : now), after: lines(to) };
      if (now !== from) throw changed(`${namespace}/${name}`, now);
      const { resourceVersion } = account.metadata;
      await writes.annotateServiceAccount(namespace, name, {
        key: ANNOTATION,
        value: to ?? null,
        ...(resourceVersion ? { resourceVersion } : {}),
      });
      return { changed: true, before: lines(from), after: lines(to) };
    } catch (error) {
      if (error instanceof ChangeRefusedError) throw error;
      const failure = KubernetesApiError.from(error);
      const passes = failure.status === 409 || failure.status === 429 || (failure.status ?? 500) >= 500;
      if (!passes || attempt >= ATTEMPTS) throw refusedBy(failure);
      await sleep(DELAY_MS * 2 ** attempt);
    }
  }
}

function gone(name: string): ChangeRefusedError {
  return new ChangeRefusedError('not-found', {
    en: `There is no Kubernetes service account ${name} any more.`,
    ja: `Kubernetes サービス アカウント ${name} がなくなっています。`,
  });
}

function changed(name: string, now: string | undefined): ChangeRefusedError {
  return new ChangeRefusedError('changed', {
    en: `Somebody changed the annotation of ${name} in the meantime (now: ${now ?? 'none'}). Nothing was written.`,
    ja: `${name} のアノテーションが別の操作で変更されています（現在: ${now ?? 'なし'}）。何も書き込んでいません。`,
  });
}
