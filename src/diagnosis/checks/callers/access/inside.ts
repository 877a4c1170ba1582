/** What IAM alone lets somebody do inside a cluster, in a few words: a summary, not a verdict. */
import type { Text } from '../../../../contracts/text.ts';
import type { Answer } from '../../../iam/model.ts';

/** The things that people usually do, by their IAM permission. */
export const INSIDE: readonly (readonly [permission: string, does: Text])[] = [
  ['container.pods.list', { en: 'see Pods', ja: 'Pod の参照' }],
  ['container.pods.getLogs', { en: 'read logs', ja: 'ログの参照' }],
  ['container.secrets.get', { en: 'read Secrets', ja: 'Secret の参照' }],
  ['container.deployments.update', { en: 'change Deployments', ja: 'Deployment の変更' }],
  ['container.pods.exec', { en: 'run commands in Pods', ja: 'Pod 内でのコマンド実行' }],
  ['container.roleBindings.create', { en: 'grant RBAC roles', ja: 'RBAC ロールの付与' }],
];

/** RBAC may allow more. */
export function insideText(ask: (permission: string) => Answer): Text {
  const held = INSIDE.filter(([permission]) => ask(permission).state === 'granted');
  if (held.length === 0) {
    return {
      en: 'Inside the cluster IAM allows none of the usual actions, so RBAC alone decides. Ask about one with --verb and --resource.',
      ja: 'クラスタ内では、よく使う操作は IAM では許可されておらず、RBAC だけで決まります。個別の操作は --verb と --resource で確認できます。',
    };
  }
  return {
    en: `Inside the cluster IAM lets them ${held.map(([, does]) => does.en).join(', ')}; RBAC may allow more.`,
    ja: `クラスタ内では IAM により次の操作が許可されています: ${held.map(([, does]) => does.ja).join('、')}。RBAC でさらに許可されている場合があります。`,
  };
}
