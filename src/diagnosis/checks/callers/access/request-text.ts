/** A request to a cluster, and who allows it, in words. */
import type { Text } from '../../../../contracts/text.ts';
import type { Review } from '../../../../kubernetes/objects.ts';
import { type AccessRequest, rbacResource } from '../../../iam/kubernetes-access.ts';

export function requestText(asked: AccessRequest): Text {
  const { caller, verb, namespace } = asked;
  const what = `${verb} ${resourceText(asked)}`;
  const who =
    caller.subject.kind === 'ServiceAccount'
      ? `${caller.subject.namespace}/${caller.subject.name}`
      : caller.subject.name;
  return namespace
    ? { en: `${who}, ${what} in ${namespace}`, ja: `${who} による ${namespace} での ${what}` }
    : { en: `${who}, ${what} in the whole cluster`, ja: `${who} によるクラスタ全体での ${what}` };
}

function resourceText(asked: AccessRequest): string {
  const { group } = asked.resource;
  return group === '' ? rbacResource(asked) : `${rbacResource(asked)}.${group}`;
}

export function refusalText(asked: AccessRequest): Text {
  const { caller, permissions, namespace } = asked;
  const place = namespace
    ? { en: `in the namespace ${namespace}`, ja: `Namespace ${namespace} で` }
    : { en: 'at the cluster scope', ja: 'クラスタ スコープで' };
  if (caller.member === undefined && caller.kind === 'kubernetes-service-account') {
    return {
      en: `No RBAC role allows ${caller.user} to ${asked.verb} ${resourceText(asked)} ${place.en}. IAM does not apply to Kubernetes service accounts.`,
      ja: `${caller.user} に、${place.ja} ${resourceText(asked)} を ${asked.verb} できるロールがありません。Kubernetes サービス アカウントに IAM は関係しません。`,
    };
  }
  return {
    en: `No RBAC role allows ${caller.subject.name} to ${asked.verb} ${resourceText(asked)} ${place.en}, and no IAM grant of ${permissions.join(', ')} on the project was found. container.clusters.get only authenticates.`,
    ja: `${caller.subject.name} に、${place.ja} ${resourceText(asked)} を ${asked.verb} できる RBAC ロールはなく、プロジェクトの IAM でも ${permissions.join(', ')} の付与を確認できません。container.clusters.get では認証されるだけです。`,
  };
}

export function reviewText(asked: AccessRequest, { allowed, reason }: Review['status']): Text {
  const because = reason ? `: ${reason}` : '';
  const { user, groups } = asked.caller;
  const who = user ?? groups[0] ?? '';
  return allowed
    ? { en: `RBAC allows ${who}${because}`, ja: `RBAC は ${who} に許可しています${because}` }
    : { en: `RBAC does not allow ${who}${because}`, ja: `RBAC は ${who} に許可していません${because}` };
}

/** What an identity of Kubernetes itself means in a refusal. */
export function systemText(who: string): Text {
  const name = who.replace(/^(?:user|group):/, '');
  if (name === 'system:anonymous' || name === 'system:unauthenticated') {
    return {
      en: `${name} means that no valid credential reached the API server. That is a problem of authentication: a role for it would open the cluster to anybody.`,
      ja: `${name} は、有効な認証情報が API サーバーに届いていないことを示します。認証の問題であり、ロールを付与するとクラスタが誰にでも公開されます。`,
    };
  }
  if (name === 'system:authenticated') {
    return {
      en: 'system:authenticated contains every Google account, in any organization. Grant the role to the person or the group that needs it: --for EMAIL.',
      ja: 'system:authenticated には、組織を問わずすべての Google アカウントが含まれます。必要とするユーザーかグループにロールを付与してください: --for メールアドレス。',
    };
  }
  return {
    en: `${name} is an identity of Kubernetes itself, and gke-auth grants nothing to it. Name a person, a group or a service account: --for EMAIL.`,
    ja: `${name} は Kubernetes 自体の ID のため、gke-auth は何も付与しません。ユーザー、グループ、サービス アカウントを指定してください: --for メールアドレス。`,
  };
}
