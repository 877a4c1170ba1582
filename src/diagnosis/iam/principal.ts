/** Builds principals from what users type and clusters name. */
import type { Principal } from './model.ts';

const MEMBER = /^(?:user|serviceAccount|group|domain|principal|principalSet|deleted):/;
const POOL_ACCOUNT = /^[^@\s[\]]+\.svc\.id\.goog\[[^/\]]+\/[^\]]+\]$/;

/**
 * How IAM policies name it: `alice@example.com` → `user:alice@example.com`, a service account's email or
 * `POOL[NS/KSA]` → `serviceAccount:…`; what already is a member stays as it is. Undefined where it is none of these.
 */
export function memberOf(text: string): string | undefined {
  if (MEMBER.test(text)) return text;
  if (POOL_ACCOUNT.test(text)) return `serviceAccount:${text}`;
  if (!/^[^@\s]+@[^@\s]+$/.test(text)) return undefined;
  return /\.gserviceaccount\.com$/i.test(text) ? `serviceAccount:${text}` : `user:${text}`;
}

/** A service account by its email. `containers` as in `Principal`. */
export function serviceAccount(
  email: string,
  known: { readonly state?: Principal['state']; readonly containers?: readonly string[] } = {},
): Principal {
  return { member: `serviceAccount:${email}`, ...known };
}
