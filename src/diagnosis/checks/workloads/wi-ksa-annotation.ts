/** If the Kubernetes service account names an IAM service account, that has to exist and be enabled (docs/domain/workloads.md#wi-ksa-annotation). */
import type { Text } from '../../../contracts/text.ts';
import type { IamAccount, WorkloadIdentity } from '../../facts/workload/identity.ts';
import { ANNOTATION } from '../../facts/workload/marks.ts';
import type { Workload } from '../../facts/workload/workload.ts';
import type { Check, FindingDraft, RemedyRequest } from '../check.ts';
import { asksForWorkload, evidence, nameOf, subjectOf, undecided } from './workload/subject.ts';

export const wiKsaAnnotation: Check<'workload' | 'workloadIdentity'> = {
  id: 'wi-ksa-annotation',
  title: {
    en: 'The Kubernetes service account names an IAM service account that works, or none',
    ja: 'Kubernetes サービス アカウントの指す IAM サービス アカウントが有効である（または指定がない）',
  },
  description: {
    en: 'The annotation iam.gke.io/gcp-service-account makes a workload act as an IAM service account, which has to exist and be enabled. Without the annotation the workload authenticates as itself (principal://…), which is no failure. Pods have to be restarted after a change.',
    ja: 'アノテーション iam.gke.io/gcp-service-account を付けると、ワークロードは IAM サービス アカウントとして動作します。そのアカウントは存在し、有効でなければなりません。アノテーションがない場合はワークロード自身（principal://…）として認証されるため、失敗ではありません。変更後は Pod の再起動が必要です。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/how-to/workload-identity',
  needs: ['container.serviceAccounts.get', 'iam.serviceAccounts.get'],
  facts: ['workload', 'workloadIdentity'],
  appliesTo: asksForWorkload,

  run({ workload, workloadIdentity }, _access, request) {
    const subject = subjectOf(request, workload);
    if (!workload?.known) return [undecided(subject, workload, CANT_TELL)];
    const { account } = workload.value;
    if (!account.known && account.code === 'absent') return [missing(subject, workload.value)];
    if (!account.known) return [undecided(subject, account, CANT_TELL)];
    if (!workloadIdentity?.known) return [undecided(subject, workloadIdentity, CANT_TELL)];
    return [{ subject, ...judge(request.cluster, workload.value, workloadIdentity.value) }];
  },
};

type Draft = Omit<FindingDraft, 'subject'>;

function judge(cluster: string, workload: Workload, identity: WorkloadIdentity): Draft {
  const { annotation, account } = identity;
  const name = nameOf(workload);
  const said = evidence('kubernetes serviceAccounts.get', `${ANNOTATION}: ${annotation ?? '-'}`);
  if (annotation === undefined) {
    return {
      status: 'pass',
      headline: { en: `${name} authenticates as itself`, ja: `${name} は自身の ID で認証されます` },
      detail: {
        en: `${name} has no annotation, so its Pods authenticate to Google Cloud as the workload itself, without an IAM service account.`,
        ja: `${name} にアノテーションがないため、Pod は IAM サービス アカウントを介さず、ワークロード自身として認証されます。`,
      },
      evidence: [said],
    };
  }
  const remedies = correction(cluster, workload, identity);
  if (!account) {
    return {
      status: 'fail',
      headline: {
        en: `The annotation of ${name} is no service account’s email`,
        ja: `${name} のアノテーションがサービス アカウントのメールアドレスではありません`,
      },
      detail: {
        en: `${JSON.stringify(annotation)} is not the email of an IAM service account (NAME@PROJECT.iam.gserviceaccount.com).${hint(identity).en}`,
        ja: `${JSON.stringify(annotation)} は IAM サービス アカウントのメールアドレス（NAME@PROJECT.iam.gserviceaccount.com）ではありません。${hint(identity).ja}`,
      },
      effect: NO_TOKEN,
      evidence: [said],
      remedies,
    };
  }
  return { ...judgeAccount(name, account, identity, remedies), evidence: [said, stateEvidence(account)] };
}

function judgeAccount(
  name: string,
  { email, resource, state }: IamAccount,
  identity: WorkloadIdentity,
  remedies: readonly RemedyRequest[],
): Omit<Draft, 'evidence'> {
  if (state.known && !state.value.disabled) {
    return {
      status: 'pass',
      headline: { en: `${name} acts as ${email}`, ja: `${name} は ${email} として動作します` },
      detail: { en: `${email} exists and is enabled.`, ja: `${email} は存在し、有効です。` },
    };
  }
  if (state.known) {
    return {
      status: 'fail',
      headline: { en: `${email} is disabled`, ja: `${email} が無効になっています` },
      detail: {
        en: `${name} acts as ${email}, which is disabled: no token is given for it.`,
        ja: `${name} は ${email} として動作しますが、このアカウントは無効で、トークンが発行されません。`,
      },
      effect: NO_TOKEN,
      remedies: [{ kind: 'enable-service-account', params: { serviceAccount: resource } }],
    };
  }
  if (state.code === 'absent') {
    return {
      status: 'fail',
      headline: { en: `${email} doesn’t exist`, ja: `${email} は存在しません` },
      detail: {
        en: `${name} names ${email}, which doesn’t exist: mistyped, or deleted.${hint(identity).en}`,
        ja: `${name} の指す ${email} は存在しません。入力の誤りか、削除されています。${hint(identity).ja}`,
      },
      effect: NO_TOKEN,
      remedies,
    };
  }
  const { status, headline, detail } = undecided(resource, state, CANT_TELL);
  return { status, headline, detail };
}

function stateEvidence({ email, state }: IamAccount) {
  if (!state.known) return evidence(state.source, state.reason);
  return evidence(
    state.source,
    state.value.disabled
      ? { en: `${email}: disabled`, ja: `${email}: 無効` }
      : { en: `${email}: enabled`, ja: `${email}: 有効` },
  );
}

/** Only where one account is plainly the one that was meant. */
function correction(
  cluster: string,
  { namespace, serviceAccount }: Workload,
  { annotation, nearest }: WorkloadIdentity,
): RemedyRequest[] {
  if (nearest === undefined || annotation === undefined) return [];
  return [
    {
      kind: 'annotate-service-account',
      params: {
        ...placeOf(cluster),
        namespace,
        name: serviceAccount,
        iamServiceAccount: nearest,
        previous: annotation,
      },
    },
  ];
}

function placeOf(resource: string) {
  const [, project = '', , location = '', , cluster = ''] = resource.split('/');
  return { project, location, cluster };
}

function hint({ nearest }: WorkloadIdentity): Text {
  return nearest
    ? { en: ` Probably ${nearest} was meant.`, ja: `${nearest} の誤りと思われます。` }
    : { en: '', ja: '' };
}

function missing(subject: string, workload: Workload): FindingDraft {
  const { namespace, serviceAccount } = workload;
  const name = nameOf(workload);
  return {
    subject,
    status: 'fail',
    headline: {
      en: `There is no Kubernetes service account ${name}`,
      ja: `Kubernetes サービス アカウント ${name} がありません`,
    },
    detail: {
      en: `The namespace ${namespace} has no service account ${serviceAccount}, so no Pod can run as it. Check the name, or create it.`,
      ja: `名前空間 ${namespace} に ${serviceAccount} がないため、このアカウントで Pod は動作できません。名前を確認するか、作成してください。`,
    },
    evidence: [evidence('kubernetes serviceAccounts.get', `${name}: 404`)],
    remedies: [
      {
        kind: 'command',
        params: { command: ['kubectl', 'create', 'serviceaccount', serviceAccount, `--namespace=${namespace}`] },
      },
    ],
  };
}

const NO_TOKEN: Text = {
  en: 'The workload gets no token: calls to Google Cloud fail.',
  ja: 'ワークロードがトークンを取得できず、Google Cloud の呼び出しが失敗します。',
};

const CANT_TELL: Text = {
  en: "I can't tell as whom the workload authenticates",
  ja: 'ワークロードがどの ID で認証されるかを判定できません',
};
