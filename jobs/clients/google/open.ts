/** Opens a session on Google Cloud: who we are, where the APIs are, and the clock that this diagnosis goes by. */
import { type RoleCache, Session } from '../../facts/session.ts';
import { Endpoints } from './endpoints.ts';
import { createIdentity } from './identity.ts';
import { createReads } from './reads.ts';
import { Transport } from './transport.ts';

export interface OpenOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Service account to impersonate; none: the credentials as they are. */
  readonly impersonate?: string;
  readonly roleCache?: RoleCache;
  readonly troubleshooter?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * @throws {CredentialsError} where there are none that can be used.
 * @throws {EndpointError} where an endpoint override is no URL.
 */
export async function openSession(options: OpenOptions): Promise<Session> {
  const endpoints = new Endpoints(options.env);
  const identity = await createIdentity({ env: options.env, endpoints, impersonate: options.impersonate });
  const google = await createReads(new Transport({ endpoints, identity, signal: options.signal }));
  const self = options.impersonate ? `serviceAccount:${options.impersonate}` : undefined;
  const { roleCache, troubleshooter } = options;
  return new Session({ google, now: new Date(), roleCache, self, troubleshooter });
}
