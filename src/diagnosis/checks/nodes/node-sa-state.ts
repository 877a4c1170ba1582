/** Node service accounts have to exist and be enabled (docs/domain/nodes.md#node-sa-state). */
import type { Unknown } from '../../facts/fact.ts';
import type { NodeAccountState } from '../../facts/google/node-account-states.ts';
import { nodeAccounts } from '../../facts/google/node-accounts.ts';
import type { Policy } from '../../iam/model.ts';
import type { Check, FindingDraft } from '../check.ts';
import { unknownDetail, unreadable } from '../evidence.ts';

export const nodeSaState: Check<'clusters' | 'project' | 'nodeAccountStates' | 'projectPolicy'> = {
  id: 'node-sa-state',
  title: {
    en: 'Node service accounts exist and are enabled',
    ja: 'ノードのサービス アカウントが存在し、有効である',
  },
  description: {
    en: 'A deleted or disabled node service account has no permissions, whatever it was granted, and new nodes can’t register. A disabled one can be enabled; a deleted one can be restored within 30 days, or the pool needs another account. Bindings to deleted:… don’t apply to an account made again under the same name.',
    ja: '削除または無効化されたノードのサービス アカウントは、付与内容にかかわらず権限を持たず、新しいノードも登録できません。無効なものは有効化でき、削除されたものは 30 日以内なら復元できます。それ以外は別のアカウントのノードプールが必要です。deleted:… のバインディングは、同名で作り直したアカウントには効きません。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/service-accounts',
  needs: ['container.clusters.get', 'resourcemanager.projects.get', 'iam.serviceAccounts.get'],
  facts: ['clusters', 'project', 'nodeAccountStates', 'projectPolicy'],
  inScan: 'project',

  run({ clusters, project, nodeAccountStates, projectPolicy }, _access, request) {
    if (!clusters.known) return [whichAccounts(request.project, clusters)];
    const policy = projectPolicy.known ? projectPolicy.value : undefined;
    const states = nodeAccountStates.map(state => judge(state, request.project, policy));
    const nameless = clusters.value.some(cluster => nodeAccounts(cluster, undefined).some(({ email }) => !email));
    return !project.known && nameless ? [...states, whichAccounts(request.project, project)] : states;
  },
};

/** Without the clusters, or without the project's number, which the default account is called by. */
function whichAccounts(project: string, reason: Unknown): FindingDraft {
  return {
    subject: `projects/${project}`,
    status: 'unknown',
    headline: {
      en: "I can't tell which accounts the nodes run as",
      ja: 'ノードのサービス アカウントを特定できません',
    },
    detail: unknownDetail(reason),
    evidence: [unreadable(reason)],
  };
}

function judge(
  { email, project = '-', account }: NodeAccountState,
  cluster: string,
  policy: Policy | undefined,
): FindingDraft {
  const subject = `projects/${project}/serviceAccounts/${email}`;
  const { source } = account;
  if (account.known && !account.value.disabled) {
    return {
      subject,
      status: 'pass',
      headline: { en: `${email} is enabled`, ja: `${email} は有効です` },
      detail: {
        en: `${email} exists and is enabled.${crossProjectNote(project, cluster).en}`,
        ja: `${email} は存在し、有効です。${crossProjectNote(project, cluster).ja}`,
      },
      evidence: [{ source, says: { en: `${email}: enabled`, ja: `${email}: 有効` } }],
    };
  }
  if (account.known) {
    return {
      subject,
      status: 'fail',
      headline: { en: `${email} is disabled`, ja: `${email} が無効になっています` },
      detail: {
        en: `${email} is disabled: none of its roles has any effect, and new nodes can't register.`,
        ja: `${email} は無効です。付与されたロールは効かず、新しいノードも登録できません。`,
      },
      effect: EFFECT,
      evidence: [{ source, says: { en: `${email}: disabled`, ja: `${email}: 無効` } }],
      remedies: [{ kind: 'enable-service-account', params: { serviceAccount: subject } }],
    };
  }
  if (account.code !== 'absent') {
    return {
      subject,
      status: 'unknown',
      headline: { en: `I can't read the state of ${email}`, ja: `${email} の状態を読み取れません` },
      detail: unknownDetail(account),
      evidence: [unreadable(account)],
    };
  }
  const uniqueId = policy && uniqueIdOfDeleted(policy, email);
  const undelete = uniqueId
    ? [{ kind: 'enable-service-account' as const, params: { serviceAccount: subject, uniqueId } }]
    : [];
  return {
    subject,
    status: 'fail',
    headline: { en: `${email} doesn't exist`, ja: `${email} が存在しません` },
    detail: {
      en: `${email} was deleted or never existed. ${uniqueId ? `A binding remembers it by its unique id ${uniqueId}: within 30 days of the deletion it can be restored. Else the` : 'The'} node pools that use it need another account: create a new pool with --service-account, then delete the old one.`,
      ja: `${email} は削除されたか、存在したことがありません。${uniqueId ? `バインディングに一意の ID ${uniqueId} が残っているため、削除から 30 日以内なら復元できます。できない場合は、` : ''}このアカウントを使うノードプールには別のアカウントが必要です。--service-account を指定して新しいプールを作成し、古いプールを削除してください。`,
    },
    effect: EFFECT,
    evidence: [
      unreadable(account),
      ...(uniqueId
        ? [
            {
              source: 'cloudresourcemanager projects.getIamPolicy',
              says: {
                en: `deleted:serviceAccount:${email}?uid=${uniqueId}`,
                ja: `deleted:serviceAccount:${email}?uid=${uniqueId}`,
              },
            },
          ]
        : []),
    ],
    remedies: undelete,
  };
}

/** `deleted:serviceAccount:E?uid=U` proves the deletion, and names what can be restored. */
function uniqueIdOfDeleted({ bindings }: Policy, email: string): string | undefined {
  const prefix = `deleted:serviceAccount:${email}?uid=`;
  const member = bindings.flatMap(({ members }) => members).find(name => name.startsWith(prefix));
  const id = member?.slice(prefix.length);
  return id && /^\d+$/.test(id) ? id : undefined;
}

function crossProjectNote(project: string, cluster: string) {
  if (project === cluster || /^\d+$/.test(project)) return { en: '', ja: '' };
  return {
    en: ` It lives in project ${project}: the service agents of GKE and Compute Engine need roles on it too.`,
    ja: `プロジェクト ${project} のアカウントのため、GKE と Compute Engine のサービス エージェントにも、このアカウントに対するロールが必要です。`,
  };
}

const EFFECT = {
  en: 'Nodes lose logs and metrics and can’t pull private images; new nodes don’t register.',
  ja: 'ノードのログと指標が失われ、非公開イメージを取得できず、新しいノードも登録できません。',
};
