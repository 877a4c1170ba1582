/** Where keys come from: the environment, files, or one secret that all are derived from. */
import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Environment } from '../config/environment.ts';
import type { Text } from '../contracts/text.ts';
import { UserFacingError } from '../contracts/user-facing-error.ts';
import { type Keys, SIGNERS, type SignerName, type TrustedKey } from './signing.ts';

export type KeyVariables = Pick<
  Environment,
  | 'GKE_AUTH_PLAN_KEY'
  | 'GKE_AUTH_PLAN_KEY_PREVIOUS'
  | 'GKE_AUTH_SIGNING_KEY'
  | 'GKE_AUTH_SIGNING_KEY_FILE'
  | 'GKE_AUTH_VERIFY_KEYS'
  | 'GKE_AUTH_VERIFY_KEYS_FILE'
>;

/** Keys are missing, unreadable or too weak. */
export class KeyProblem extends UserFacingError {
  constructor(text: Text, options?: ErrorOptions) {
    super({ code: 'signing-keys', text, next: MAKE_KEYS, wrongUsage: true }, options);
  }
}

const MAKE_KEYS: Text = {
  en: 'npm run -s keys -- FOLDER makes a key pair for each role. docs/security.md#keys has the steps.',
  ja: 'npm run -s keys -- FOLDER でロールごとの鍵ペアを作成できます。手順は docs/security.md#keys を参照してください。',
};

export interface LoadedKeys {
  readonly keys: Keys;
  /** All pairs come from `GKE_AUTH_PLAN_KEY`, so every process could sign for every other. */
  readonly derived: boolean;
}

/**
 * @param signer whose private key this process needs; undefined where it only verifies (the terminal).
 * @throws {KeyProblem} in words for an operator.
 */
export function loadKeys(variables: KeyVariables, signer: SignerName | undefined): LoadedKeys {
  const own = settingOf(variables, 'GKE_AUTH_SIGNING_KEY');
  const verify = settingOf(variables, 'GKE_AUTH_VERIFY_KEYS');
  if (own !== undefined || verify !== undefined) {
    if (verify === undefined) throw new KeyProblem(missing('GKE_AUTH_VERIFY_KEYS'));
    const trusted = parsePublicKeys(verify);
    if (signer === undefined || (signer === 'operator' && own === undefined))
      return { keys: { trusted }, derived: false };
    if (own === undefined) throw new KeyProblem(missing('GKE_AUTH_SIGNING_KEY'));
    const privateKey = parsePrivateKey(own);
    const id = keyId(createPublicKey(privateKey));
    if (trusted.get(id)?.signer !== signer) throw new KeyProblem(notTrusted(signer, id));
    return { keys: { own: { signer, id, privateKey }, trusted }, derived: false };
  }
  const { GKE_AUTH_PLAN_KEY: planKey, GKE_AUTH_PLAN_KEY_PREVIOUS: previous } = variables;
  if (!planKey) throw new KeyProblem(missing('GKE_AUTH_PLAN_KEY'));
  return { keys: deriveKeys(planKey, signer, previous), derived: true };
}

/** Key pairs out of one secret, by HKDF (RFC 5869) with the role's name. Both secrets' public keys are trusted. */
export function deriveKeys(planKey: string, signer: SignerName | undefined, previous?: string): Keys {
  const trusted = new Map<string, TrustedKey>();
  for (const secret of previous ? [planKey, previous] : [planKey]) {
    if (!isStrong(secret)) throw new KeyProblem(WEAK);
    for (const name of SIGNERS) {
      const publicKey = createPublicKey(derive(secret, name));
      trusted.set(keyId(publicKey), { signer: name, publicKey });
    }
  }
  if (!signer) return { trusted };
  const privateKey = derive(planKey, signer);
  return { own: { signer, id: keyId(createPublicKey(privateKey)), privateKey }, trusted };
}

/** `bot:MCowBQ… diagnoser:MCowBQ…`: one pair of role and public key (SPKI, base64) for each line or space. */
export function publicKeysText(keys: Keys): string {
  return [...keys.trusted.values()]
    .map(({ signer, publicKey }) => `${signer}:${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`)
    .join('\n');
}

/** A private key (PKCS #8, base64). */
export function privateKeyText(privateKey: KeyObject): string {
  return privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
}

/** The first 16 hexadecimal digits of the SHA-256 of the public key (SPKI). */
export function keyId(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
}

/** DER of an Ed25519 private key up to its 32 bytes (RFC 8410, section 7). */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

function derive(secret: string, signer: SignerName): KeyObject {
  const seed = hkdfSync('sha256', secret, 'gke-auth signing keys', signer, 32);
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, Buffer.from(seed)]), format: 'der', type: 'pkcs8' });
}

const SHORTEST = 16;
const FEWEST_CHARACTERS = 8;

/** Long enough, and not one character again and again. */
const isStrong = (secret: string) => secret.length >= SHORTEST && new Set(secret).size >= FEWEST_CHARACTERS;

function settingOf(variables: KeyVariables, name: 'GKE_AUTH_SIGNING_KEY' | 'GKE_AUTH_VERIFY_KEYS'): string | undefined {
  const path = variables[`${name}_FILE`];
  if (variables[name] !== undefined || path === undefined) return variables[name];
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new KeyProblem(
      { en: `${name}_FILE: ${path} can't be read.`, ja: `${name}_FILE: ${path} を読み取れません。` },
      { cause },
    );
  }
}

function parsePrivateKey(text: string): KeyObject {
  try {
    const key = text.includes('-----BEGIN')
      ? createPrivateKey(text)
      : createPrivateKey({ key: Buffer.from(text.trim(), 'base64'), format: 'der', type: 'pkcs8' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Says nothing of the key: it is a secret.
  }
  throw new KeyProblem(UNREADABLE_PRIVATE);
}

function parsePublicKeys(text: string): Map<string, TrustedKey> {
  const trusted = new Map<string, TrustedKey>();
  for (const word of text.split(/[\s,]+/).filter(Boolean)) {
    const [name, encoded = ''] = word.split(':');
    const signer = SIGNERS.find(one => one === name);
    const publicKey = signer && parsePublicKey(encoded);
    if (!signer || !publicKey) throw new KeyProblem(unreadablePublic(word.slice(0, 40)));
    trusted.set(keyId(publicKey), { signer, publicKey });
  }
  for (const signer of ['bot', 'diagnoser', 'remediator'] as const) {
    if (![...trusted.values()].some(one => one.signer === signer)) throw new KeyProblem(noPublic(signer));
  }
  return trusted;
}

function parsePublicKey(encoded: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(encoded, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}

const missing = (name: string): Text => ({
  en: `There are no signing keys: ${name} is not set (or ${name}_FILE, for keys of their own).`,
  ja: `署名鍵がありません。${name}（個別の鍵の場合は ${name}_FILE でも可）が設定されていません。`,
});
const notTrusted = (signer: SignerName, id: string): Text => ({
  en: `GKE_AUTH_SIGNING_KEY (key ${id}) is not among the keys of the ${signer} in GKE_AUTH_VERIFY_KEYS.`,
  ja: `GKE_AUTH_SIGNING_KEY（鍵 ${id}）は GKE_AUTH_VERIFY_KEYS の ${signer} の鍵に含まれていません。`,
});
const unreadablePublic = (word: string): Text => ({
  en: `GKE_AUTH_VERIFY_KEYS: "${word}" is not ROLE:KEY with a role (${SIGNERS.join(', ')}) and an Ed25519 public key.`,
  ja: `GKE_AUTH_VERIFY_KEYS: 「${word}」は ROLE:KEY 形式（ロールは ${SIGNERS.join('、')}、鍵は Ed25519 公開鍵）ではありません。`,
});
const noPublic = (signer: SignerName): Text => ({
  en: `GKE_AUTH_VERIFY_KEYS has no key of the ${signer}.`,
  ja: `GKE_AUTH_VERIFY_KEYS に ${signer} の鍵がありません。`,
});
const UNREADABLE_PRIVATE: Text = {
  en: 'GKE_AUTH_SIGNING_KEY is not an Ed25519 private key (PKCS #8, as PEM or base64).',
  ja: 'GKE_AUTH_SIGNING_KEY が Ed25519 秘密鍵（PKCS #8、PEM または base64）ではありません。',
};
const WEAK: Text = {
  en: `GKE_AUTH_PLAN_KEY is too weak: it needs at least ${SHORTEST} characters, ${FEWEST_CHARACTERS} of them different (openssl rand -hex 32).`,
  ja: `GKE_AUTH_PLAN_KEY が弱すぎます。${SHORTEST} 文字以上、うち ${FEWEST_CHARACTERS} 種類以上の文字が必要です（openssl rand -hex 32）。`,
};

/** For the log of a process in production. */
export const WARN_DERIVED =
  'signing keys are derived from GKE_AUTH_PLAN_KEY: whoever reads it in any process can sign for all of them; use one key pair per role';
