/** A process with another key than the others is told at its start, before its signatures count nowhere. */
import type { Redis } from 'ioredis';
import type { Text } from '../contracts/text.ts';
import { KeyProblem } from '../signing/keys.ts';
import type { Keys } from '../signing/signing.ts';
import { keys as redisKeys } from './keys.ts';

/**
 * Notes which key this process signs with. A key of the same role that is known here already gives way to it: a rotation.
 * @throws {KeyProblem} where another process signs with a key that this one doesn't trust.
 */
export async function announceKey(redis: Redis, { own, trusted }: Keys): Promise<void> {
  const used = await redis.hgetall(redisKeys.signingKeys);
  for (const [signer, id] of Object.entries(used)) {
    if (trusted.get(id)?.signer !== signer) throw new KeyProblem(otherKey(signer, id));
  }
  if (own) await redis.hset(redisKeys.signingKeys, own.signer, own.id);
}

const otherKey = (signer: string, id: string): Text => ({
  en: `The ${signer} of this Redis signs with the key ${id}, which this process doesn't know: its keys are others. Give all processes the same GKE_AUTH_PLAN_KEY (or GKE_AUTH_VERIFY_KEYS). If the old keys are lost for good, delete ${redisKeys.signingKeys} in Redis: what they signed no longer counts.`,
  ja: `この Redis の ${signer} は鍵 ${id} で署名していますが、このプロセスはその鍵を知りません。すべてのプロセスに同じ GKE_AUTH_PLAN_KEY（または GKE_AUTH_VERIFY_KEYS）を設定してください。古い鍵を失った場合は Redis の ${redisKeys.signingKeys} を削除してください。古い鍵による署名は無効になります。`,
});
