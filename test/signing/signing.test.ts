import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deriveKeys, KeyProblem, keyId, loadKeys, privateKeyText, publicKeysText } from '../../src/signing/keys.ts';
import { createSigning, type Keys, NoKeyError, SIGNERS, sealed, unsealed } from '../../src/signing/signing.ts';
import { connectRedis } from '../../src/store/redis.ts';
import { announceKey } from '../../src/store/signing-keys.ts';
import { startRedis, type TestRedis } from '../system/redis.ts';

const SECRET = 'correct horse battery staple';
const OLD = 'the secret of last year, retired';
const bot = createSigning(deriveKeys(SECRET, 'bot'));

describe('a signature', () => {
  const content = { plan: 'a', list: [1, { b: 2, a: 1 }], none: undefined };
  const seal = bot.seal('event', content);

  it('holds for the same content, whatever order its keys have, and names who signed', () => {
    expect(bot.signerOf('event', { list: [1, { a: 1, b: 2 }], plan: 'a' }, seal)).toBe('bot');
    expect(createSigning(deriveKeys(SECRET, undefined)).signerOf('event', content, seal)).toBe('bot');
  });

  it.each<[string, () => unknown]>([
    ['other content', () => bot.signerOf('event', { ...content, plan: 'b' }, seal)],
    ['another purpose', () => bot.signerOf('job', content, seal)],
    ['another key id', () => bot.signerOf('event', content, { ...seal, key: '0'.repeat(16) })],
    ['a cut signature', () => bot.signerOf('event', content, { ...seal, signature: seal.signature.slice(0, -4) })],
    ['no signature', () => bot.signerOf('event', content, { ...seal, signature: '' })],
    ['rubbish', () => bot.signerOf('event', content, { ...seal, signature: '\u0000 ’' })],
    ['other keys', () => createSigning(deriveKeys(OLD, 'bot')).signerOf('event', content, seal)],
  ])('does not hold for %s', (_, ask) => {
    expect(ask()).toBeUndefined();
  });

  it('is made by whoever has the key only', () => {
    expect(() => createSigning(deriveKeys(SECRET, undefined)).seal('job', {})).toThrow(NoKeyError);
  });

  it('counts only from those who may sign', () => {
    const text = sealed(bot, 'job', { kind: 'apply' });
    expect(unsealed(bot, 'job', text, ['bot', 'remediator'])).toEqual({ kind: 'apply' });
    expect(unsealed(bot, 'job', text, ['remediator'])).toBeUndefined();
    for (const broken of ['', '{', 'null', '[]', '{"content":{}}', text.replace('apply', 'revoke')]) {
      expect(unsealed(bot, 'job', broken, SIGNERS)).toBeUndefined();
    }
  });
});

describe('keys', () => {
  it('are derived, the same in every process and another for every role', () => {
    const ids = SIGNERS.map(signer => deriveKeys(SECRET, signer).own?.id);
    expect(new Set(ids).size).toBe(SIGNERS.length);
    expect(SIGNERS.map(signer => deriveKeys(SECRET, signer).own?.id)).toEqual(ids);
    expect([...deriveKeys(SECRET, undefined).trusted.keys()]).toEqual(ids);
  });

  it.each(['', 'short', 'fifteen letters', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'abcabcabcabcabcabcabcabc'])(
    'are not derived from %j',
    secret => {
      expect(() => loadKeys({ GKE_AUTH_PLAN_KEY: secret }, 'bot')).toThrow(KeyProblem);
    },
  );

  const pair = () => generateKeyPairSync('ed25519');
  const pairs = { bot: pair(), diagnoser: pair(), remediator: pair() };
  const verify = Object.entries(pairs)
    .map(
      ([signer, { publicKey }]) => `${signer}:${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
    )
    .join('\n');

  it('come from the environment, or from files, as PEM or base64', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gke-auth-keys-'));
    const file = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const pem = pairs.bot.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const ways = [
      { GKE_AUTH_SIGNING_KEY: privateKeyText(pairs.bot.privateKey), GKE_AUTH_VERIFY_KEYS: verify },
      { GKE_AUTH_SIGNING_KEY_FILE: file('key', pem), GKE_AUTH_VERIFY_KEYS_FILE: file('keys', `${verify}\n`) },
    ];
    for (const way of ways) {
      const { keys, derived } = loadKeys(way, 'bot');
      expect([derived, keys.own?.id]).toEqual([false, keyId(createPublicKey(pem))]);
      expect(publicKeysText(keys)).toBe(verify);
    }
    // A key of one's own wins over the shared secret.
    expect(loadKeys({ ...ways[0], GKE_AUTH_PLAN_KEY: SECRET }, 'bot').derived).toBe(false);
    expect(loadKeys({ GKE_AUTH_VERIFY_KEYS: verify }, undefined).keys.own).toBeUndefined();
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  it.each<[string, Parameters<typeof loadKeys>[0], RegExp]>([
    ['nothing', {}, /GKE_AUTH_PLAN_KEY/],
    ['only the own key', { GKE_AUTH_SIGNING_KEY: privateKeyText(pairs.bot.privateKey) }, /GKE_AUTH_VERIFY_KEYS/],
    ['only the public keys', { GKE_AUTH_VERIFY_KEYS: verify }, /GKE_AUTH_SIGNING_KEY/],
    ['a file that is not there', { GKE_AUTH_VERIFY_KEYS_FILE: '/nowhere' }, /\/nowhere can't be read/],
    ['rubbish', { GKE_AUTH_SIGNING_KEY: 'AAAA', GKE_AUTH_VERIFY_KEYS: verify }, /not an Ed25519 private key/],
    [
      'a key of another kind',
      { GKE_AUTH_SIGNING_KEY: privateKeyText(rsa.privateKey), GKE_AUTH_VERIFY_KEYS: verify },
      /not an Ed25519 private key/,
    ],
    [
      'the key of another role',
      { GKE_AUTH_SIGNING_KEY: privateKeyText(pairs.remediator.privateKey), GKE_AUTH_VERIFY_KEYS: verify },
      /not among the keys of the bot/,
    ],
    ['a role that there is not', { GKE_AUTH_VERIFY_KEYS: `${verify} boss:AAAA` }, /"boss:AAAA" is not/],
    ['no key of a role', { GKE_AUTH_VERIFY_KEYS: verify.split('\n')[0] }, /no key of the diagnoser/],
  ])('%s is refused in words, without a secret in them', (_, variables, says) => {
    const load = () => loadKeys(variables, 'bot');
    expect(load).toThrow(says);
    expect(load).not.toThrow(variables.GKE_AUTH_SIGNING_KEY ?? /never/);
  });

  it('rotation: both secrets count, the new one signs', () => {
    const before = createSigning(deriveKeys(OLD, 'bot'));
    const during = createSigning(deriveKeys(SECRET, 'bot', OLD));
    const after = createSigning(deriveKeys(SECRET, 'bot'));
    const old = sealed(before, 'event', { n: 1 });
    expect(unsealed(during, 'event', old, ['bot'])).toEqual({ n: 1 });
    expect(unsealed(after, 'event', sealed(during, 'event', { n: 2 }), ['bot'])).toEqual({ n: 2 });
    expect(unsealed(after, 'event', old, ['bot'])).toBeUndefined();
  });
});

describe('at the start of a process', () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  it('another key than the others have is refused in words; a rotation is not', async () => {
    const redis = connectRedis(server.url, 'patient');
    const announce = (keys: Keys) => announceKey(redis, keys);
    await announce(deriveKeys(OLD, 'bot'));
    await announce(deriveKeys(OLD, 'remediator'));
    await expect(announce(deriveKeys(SECRET, 'bot'))).rejects.toThrow(/the bot of this Redis signs with the key/i);
    await expect(announce(deriveKeys(SECRET, undefined))).rejects.toThrow(KeyProblem);
    await announce(deriveKeys(SECRET, 'bot', OLD));
    // Who has only the old secret is told now, and who has both is not.
    await expect(announce(deriveKeys(OLD, 'remediator'))).rejects.toThrow(KeyProblem);
    await announce(deriveKeys(SECRET, 'remediator', OLD));
    await announce(deriveKeys(SECRET, 'diagnoser'));
    redis.disconnect();
  });
});
