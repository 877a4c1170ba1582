/** `gke-auth audit verify|export`: proves the audit log unbroken, or writes it as JSON lines. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ChainVerdict, createAuditLog, type Head, verifyLog } from '../../approvals/audit.ts';
import { parseCheckpoints } from '../../approvals/checkpoints.ts';
import type { Config } from '../../config/config.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { UserFacingError } from '../../contracts/user-facing-error.ts';
import { redactDeep } from '../../explain/redact.ts';
import type { Command } from '../../grammar/parse.ts';
import { createSigning, type Signing } from '../../signing/signing.ts';
import { EXIT } from '../failure.ts';
import { signingKeys, withRedis } from '../redis.ts';

export function runAudit(
  { action, checkpoint, format = 'text' }: Extract<Command, { verb: 'audit' }>,
  config: Config,
  language: Language,
): Promise<number> {
  return withRedis(config, async redis => {
    const signing = createSigning(signingKeys(config));
    const audit = createAuditLog({ redis, signing, redact: redactDeep });
    if (action === 'export') {
      for await (const line of audit.lines()) {
        if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
      }
      return EXIT.ok;
    }
    const checkpoints = checkpoint === undefined ? [] : checkpointsIn(checkpoint, signing);
    const verdict = await verifyLog(audit, signing, checkpoints);
    if (format === 'json') process.stdout.write(`${JSON.stringify({ ...verdict, signaturesChecked: true })}\n`);
    else process.stdout.write(`${sentence(verdict)[language]}\n`);
    return verdict.ok ? EXIT.ok : EXIT.fails;
  });
}

function sentence(verdict: ChainVerdict) {
  if (!verdict.ok) {
    return {
      en: `✗ The audit log is broken at entry ${verdict.at}: ${verdict.reason.en}`,
      ja: `✗ 監査ログがエントリ ${verdict.at} で壊れています: ${verdict.reason.ja}`,
    };
  }
  return {
    en: `✓ The audit log is unbroken: ${verdict.count} entries.`,
    ja: `✓ 監査ログは改ざんされていません: ${verdict.count} 件。`,
  };
}

class NoCheckpointError extends UserFacingError {
  constructor(text: Text, options?: ErrorOptions) {
    super({ code: 'no-checkpoint', text, next: WHERE_CHECKPOINTS_ARE, wrongUsage: true }, options);
  }
}

const WHERE_CHECKPOINTS_ARE: Text = {
  en: "The remediating worker's log has them (event audit.checkpoint), and the file of GKE_AUTH_CHECKPOINT_FILE.",
  ja: '修復ワーカーのログ（event が audit.checkpoint の行）と、GKE_AUTH_CHECKPOINT_FILE のファイルにあります。',
};

/** @throws {NoCheckpointError} where the file has none that we trust: then nothing would be proved. */
function checkpointsIn(file: string, signing: Signing): Head[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new NoCheckpointError({ en: `${file} can't be read.`, ja: `${file} を読み取れません。` }, { cause });
  }
  const found = parseCheckpoints(text, signing);
  if (found.length > 0) return found;
  throw new NoCheckpointError({
    en: `${file} has no checkpoint that the remediating worker signed.`,
    ja: `${file} に修復ワーカーが署名したチェックポイントがありません。`,
  });
}
