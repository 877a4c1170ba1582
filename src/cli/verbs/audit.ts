/** `gke-auth audit verify|export`: proves the audit log unbroken, or writes it as JSON lines. */
import { once } from 'node:events';
import { type ChainVerdict, createAuditLog, verifyLog } from '../../approvals/audit.ts';
import type { Config } from '../../config/config.ts';
import type { Language } from '../../contracts/text.ts';
import { redactDeep } from '../../explain/redact.ts';
import type { Format } from '../../grammar/parse.ts';
import { createSigning } from '../../signing/signing.ts';
import { EXIT } from '../failure.ts';
import { signingKeys, withRedis } from '../redis.ts';

export function runAudit(
  action: 'verify' | 'export',
  config: Config,
  language: Language,
  format: Format,
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
    const verdict = await verifyLog(audit, signing);
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
