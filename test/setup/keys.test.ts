/** The key pairs that `npm run keys` makes are those that the processes load. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadKeys } from '../../src/signing/keys.ts';
import { createSigning, SIGNERS, type SignerName } from '../../src/signing/signing.ts';
import { ROOT } from '../architecture/sources.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gke-auth-keys-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const make = () => execFileSync(process.execPath, [join(ROOT, 'scripts/make-keys.mjs'), folder], { encoding: 'utf8' });
const load = (role: SignerName) =>
  loadKeys(
    {
      GKE_AUTH_SIGNING_KEY_FILE: join(folder, `${role}.key`),
      GKE_AUTH_VERIFY_KEYS_FILE: join(folder, 'verify-keys'),
    },
    role,
  );

test('every role signs with its own, and every process can verify', () => {
  make();
  for (const role of SIGNERS) {
    const seal = createSigning(load(role).keys).seal('job', { id: 'x' });
    for (const other of SIGNERS) {
      expect(createSigning(load(other).keys).signerOf('job', { id: 'x' }, seal)).toBe(role);
      expect(createSigning(load(other).keys).signerOf('job', { id: 'y' }, seal)).toBeUndefined();
    }
  }
  expect(statSync(join(folder, 'bot.key')).mode & 0o077).toBe(0);
});

test('after a rotation what the old keys signed is still valid, and new signatures are made with the new ones', () => {
  make();
  const old = createSigning(load('bot').keys).seal('event', { n: 1 });
  make();
  const now = createSigning(load('bot').keys);
  expect(now.signerOf('event', { n: 1 }, old)).toBe('bot');
  expect(now.seal('event', { n: 1 }).key).not.toBe(old.key);
});

test('a role cannot sign with the key of another', () => {
  make();
  const variables = {
    GKE_AUTH_SIGNING_KEY_FILE: join(folder, 'diagnoser.key'),
    GKE_AUTH_VERIFY_KEYS_FILE: join(folder, 'verify-keys'),
  };
  expect(() => loadKeys(variables, 'bot')).toThrow(/not among the keys of the bot/);
});
