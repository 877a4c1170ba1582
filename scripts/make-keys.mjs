#!/usr/bin/env node
/**
 * npm run -s keys -- FOLDER: makes an Ed25519 key pair for each role. FOLDER/ROLE.key is the private key of one process
 * (GKE_AUTH_SIGNING_KEY_FILE); FOLDER/verify-keys has all public keys (GKE_AUTH_VERIFY_KEYS_FILE). With keys in the folder already, the new
 * public keys are added to them, so that what the old keys signed stays valid. docs/security.md#keys has the steps.
 */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROLES = ['bot', 'diagnoser', 'remediator', 'operator'];

const folder = process.argv[2];
if (!folder) {
  process.stderr.write('Say where: npm run -s keys -- FOLDER\n');
  process.exit(2);
}
mkdirSync(folder, { recursive: true, mode: 0o700 });
const verifyFile = join(folder, 'verify-keys');
const known = existsSync(verifyFile) ? readFileSync(verifyFile, 'utf8').split('\n').filter(Boolean) : [];
const added = ROLES.map(role => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const key = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
  writeFileSync(join(folder, `${role}.key`), `${key}\n`, { mode: 0o600 });
  return `${role}:${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`;
});
writeFileSync(verifyFile, `${[...known, ...added].join('\n')}\n`, { mode: 0o644 });
process.stdout.write(`${ROLES.map(role => join(folder, `${role}.key`)).join('\n')}\n${verifyFile}\n`);
