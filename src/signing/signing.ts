/**
 * Signatures over everything that decides and passes through Redis: jobs, events of approvals, reports, watches, audit
 * entries. Each role signs with a key of its own (Ed25519, RFC 8032); every process can verify and only the owner can sign.
 */
import { type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../contracts/canonical-json.ts';

/** Who signs: the three kinds of processes, and the operator in the terminal. */
export const SIGNERS = ['bot', 'diagnoser', 'remediator', 'operator'] as const;
export type SignerName = (typeof SIGNERS)[number];

/** What a signature is for. One that was made for one purpose is never valid for another. */
export type Purpose = 'event' | 'job' | 'report' | 'watch' | 'audit entry' | 'audit head' | 'checkpoint';

export const Seal = z.object({
  /** Id of the key that signed, see `keyId`. */
  key: z.string(),
  /** base64url */
  signature: z.string(),
});
export type Seal = z.infer<typeof Seal>;

export interface Signing {
  /** @throws {NoKeyError} where this process may only verify. */
  seal(purpose: Purpose, content: unknown): Seal;
  /** Who signed exactly this content for this purpose; undefined where nobody that we trust did. */
  signerOf(purpose: Purpose, content: unknown, seal: Seal): SignerName | undefined;
}

export interface TrustedKey {
  readonly signer: SignerName;
  readonly publicKey: KeyObject;
}

export interface Keys {
  /** Absent: this process can verify only. */
  readonly own?: { readonly signer: SignerName; readonly id: string; readonly privateKey: KeyObject };
  /** By key id. Two of one signer: a rotation is going on. */
  readonly trusted: ReadonlyMap<string, TrustedKey>;
}

export class NoKeyError extends Error {
  constructor() {
    super('This process has no signing key.');
    this.name = 'NoKeyError';
  }
}

export function createSigning({ own, trusted }: Keys): Signing {
  return {
    seal(purpose, content) {
      if (!own) throw new NoKeyError();
      return { key: own.id, signature: sign(null, message(purpose, content), own.privateKey).toString('base64url') };
    },
    signerOf(purpose, content, { key, signature }) {
      const known = trusted.get(key);
      if (!known) return undefined;
      const valid = verify(null, message(purpose, content), known.publicKey, Buffer.from(signature, 'base64url'));
      return valid ? known.signer : undefined;
    },
  };
}

/** What is signed must be what is read again: JSON drops and turns some values. */
const message = (purpose: Purpose, content: unknown): Buffer =>
  Buffer.from(`gke-auth ${purpose}\n${canonicalJson(JSON.parse(JSON.stringify(content)))}`);

const Sealed = z.object({ content: z.unknown(), seal: Seal });

/** Content and seal as one line of JSON. */
export function sealed(signing: Signing, purpose: Purpose, content: unknown): string {
  return JSON.stringify({ content, seal: signing.seal(purpose, content) });
}

/** The content of what `sealed` gave; undefined where none of these signers signed it. */
export function unsealed(signing: Signing, purpose: Purpose, text: unknown, by: readonly SignerName[]): unknown {
  const parsed = Sealed.safeParse(typeof text === 'string' ? parse(text) : text);
  if (!parsed.success) return undefined;
  const { content, seal } = parsed.data;
  const signer = signing.signerOf(purpose, content ?? null, seal);
  return signer && by.includes(signer) ? content : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
