/** `gke-auth freeze`, `unfreeze` and `revoke --all`: what an operator orders, signed with the operator's key. */
import type { Redis } from 'ioredis';
import { createAuditLog } from '../../approvals/audit.ts';
import { FREEZE, UNFREEZE } from '../../approvals/audit-tail.ts';
import type { Config } from '../../config/config.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { redactDeep } from '../../explain/redact.ts';
import type { Command } from '../../grammar/parse.ts';
import { KeyProblem } from '../../signing/keys.ts';
import { createSigning, type Signing } from '../../signing/signing.ts';
import { Backlog } from '../../store/approval-backlog.ts';
import { ApprovalStore } from '../../store/approvals.ts';
import { createProducer } from '../../store/queue.ts';
import { EXIT } from '../failure.ts';
import { plain } from '../output/layout.ts';
import { redisUrl, signingKeys, withRedis } from '../redis.ts';

type OperatorCommand = Extract<Command, { verb: 'freeze' | 'unfreeze' | 'revoke' }>;

/** More than anybody keeps. */
const MOST = 100_000;

export function runOperator(command: OperatorCommand, config: Config, language: Language): Promise<number> {
  return withRedis(config, async redis => {
    const keys = signingKeys(config);
    if (!keys.own) throw new KeyProblem(NO_OPERATOR_KEY);
    const signing = createSigning(keys);
    const by = { team: 'terminal', user: command.by, id: `terminal ${command.by}`, name: command.by };
    const outcome =
      command.verb === 'revoke'
        ? await revokeAll(redis, config, signing, by)
        : await setFrozen(redis, signing, by, command.verb === 'freeze');
    process.stdout.write(
      command.format === 'json'
        ? `${JSON.stringify(outcome.value)}\n`
        : `${plain(outcome.says.map(text => text[language]).join('\n'))}\n`,
    );
    return outcome.complete ? EXIT.ok : EXIT.fails;
  });
}

interface Outcome {
  readonly value: unknown;
  readonly says: readonly Text[];
  readonly complete: boolean;
}
interface Operator {
  readonly team: string;
  readonly user: string;
  readonly id: string;
  readonly name: string;
}

async function setFrozen(redis: Redis, signing: Signing, who: Operator, frozen: boolean): Promise<Outcome> {
  const at = new Date().toISOString();
  const action = frozen ? FREEZE : UNFREEZE;
  const audit = createAuditLog({ redis, signing, redact: redactDeep });
  await audit.append([{ key: `${action} ${at} ${who.user}`, event: { action, at, who } }]);
  return { value: { frozen, at, by: who.user }, says: [frozen ? FROZEN : UNFROZEN], complete: true };
}

async function revokeAll(redis: Redis, config: Config, signing: Signing, by: Operator): Promise<Outcome> {
  const { GKE_AUTH_LEASE_MS: leaseMs, GKE_AUTH_VERIFY_MS: verifyMs } = config.environment;
  const audit = createAuditLog({ redis, signing, redact: redactDeep });
  const store = new ApprovalStore({ redis, signing, audit, redact: redactDeep, leaseMs, verifyMs });
  const altered: string[] = [];
  const backlog = new Backlog(redis, store, error => altered.push(error.approval));
  const queue = createProducer(redisUrl(config), signing);
  const revoked: string[] = [];
  const irreversible: string[] = [];
  try {
    for (const approval of await backlog.history({}, MOST)) {
      if (approval.state !== 'applied' && approval.state !== 'verified') continue;
      if (approval.signed.plan.remedy.undo === undefined) {
        irreversible.push(approval.id);
        continue;
      }
      const { code, approval: now } = await store.revoke(approval, { by, reason: 'gke-auth revoke --all' });
      if (code !== 'moved') continue;
      revoked.push(now.id);
      const id = `revoke-${now.id}-${now.events.length}`;
      await queue.enqueueRemediation({ kind: 'revoke', id, approval: now.id, trace: now.signed.plan.reportId });
    }
  } finally {
    await queue.close();
  }
  const complete = altered.length === 0;
  return {
    value: { revoked, irreversible, altered },
    says: [
      asked(revoked.length),
      ...(irreversible.length > 0 ? [noWayBack(irreversible)] : []),
      ...(complete ? [] : [unreadable(altered)]),
    ],
    complete,
  };
}

const NO_OPERATOR_KEY: Text = {
  en: "This terminal has no operator's key, so nobody would follow its orders.",
  ja: 'この端末には運用者の鍵がないため、指示は実行されません。',
};
const FROZEN: Text = {
  en: 'Frozen: nothing is approved or applied from now on. Revoking stays possible. gke-auth unfreeze --by NAME ends it.',
  ja: '凍結しました。これ以降、承認も適用も行いません。取り消しは可能です。解除するには gke-auth unfreeze --by NAME を実行してください。',
};
const UNFROZEN: Text = {
  en: 'Not frozen any more. What the configuration file freezes (approvals.frozen) stays frozen.',
  ja: '凍結を解除しました。設定ファイル（approvals.frozen）による凍結は解除されません。',
};
const asked = (count: number): Text => ({
  en: `${count} ${count === 1 ? 'grant is' : 'grants are'} being taken back; the cards in Slack show when each is gone.`,
  ja: `${count} 件の取り消しを開始しました。完了は Slack のカードに表示されます。`,
});
const noWayBack = (ids: readonly string[]): Text => ({
  en: `There is no way back for: ${ids.join(', ')}`,
  ja: `取り消せないもの: ${ids.join('、')}`,
});
const unreadable = (ids: readonly string[]): Text => ({
  en: `The records of these were altered in Redis, so they are not taken back here: ${ids.join(', ')}. gke-auth audit export says what was granted.`,
  ja: `次の記録は Redis 上で改変されているため、ここでは取り消せません: ${ids.join('、')}。付与した内容は gke-auth audit export で確認できます。`,
});
