/** A change that was not made, with the reason as an approver needs to hear it. */

import type { Text } from '../../contracts/text.ts';
import { KubernetesApiError } from '../../kubernetes/errors.ts';

export class ChangeRefusedError extends Error {
  /** `forbidden`, `unreachable`, `operation-failed` … */
  readonly code: string;
  readonly text: Text;
  constructor(code: string, text: Text, cause?: unknown) {
    super(text.en, { cause });
    this.name = 'ChangeRefusedError';
    this.code = code;
    this.text = text;
  }
}

/** Kubernetes lets nobody give away what they don't hold themselves (Kubernetes, "Using RBAC Authorization"). */
const ESCALATION = /not currently held|extra privileges/;

/** What an API server said no with. @throws the error itself where it is none of an API server's. */
export function refusedBy(error: unknown): ChangeRefusedError {
  const failure = KubernetesApiError.from(error);
  const { kind, status, message, permission } = failure;
  if (status === 403 && ESCALATION.test(message)) {
    return new ChangeRefusedError(
      'escalation',
      {
        en: `Kubernetes lets nobody give rights that they don’t hold, and the remediator holds neither these nor “bind” and “escalate” on roles (container.roles.bind, container.roles.escalate, container.clusterRoles.bind). Run the command yourself, or give it these. ${message}`,
        ja: `Kubernetes では自分が持たない権限を付与できません。修復用アカウントには、この権限も、ロールに対する bind と escalate（container.roles.bind、container.roles.escalate、container.clusterRoles.bind）もありません。コマンドを自分で実行するか、これらを付与してください。${message}`,
      },
      failure,
    );
  }
  if (status === 403) {
    return new ChangeRefusedError(
      'forbidden',
      {
        en: `The API server refused the change: the remediator may not do it${permission ? ` (${permission})` : ''}. ${message}`,
        ja: `API サーバーが変更を拒否しました。修復用アカウントに権限がありません${permission ? `（${permission}）` : ''}。${message}`,
      },
      failure,
    );
  }
  if (status === undefined) {
    return new ChangeRefusedError(
      'unreachable',
      {
        en: `The API server can’t be reached from here (${kind}: ${message}).`,
        ja: `ここから API サーバーにアクセスできません（${kind}: ${message}）。`,
      },
      failure,
    );
  }
  return new ChangeRefusedError(
    `http-${status}`,
    {
      en: `The API server didn’t take the change (HTTP ${status}): ${message}`,
      ja: `API サーバーが変更を受け付けませんでした（HTTP ${status}）: ${message}`,
    },
    failure,
  );
}
