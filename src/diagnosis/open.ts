/** Opens a session on Google Cloud: who we are, where the APIs are, and the clock that this diagnosis goes by. */
import { Endpoints } from '../google/endpoints.ts';
import { createIdentity } from '../google/identity.ts';
import { createReads } from '../google/reads.ts';
import { KubernetesConnector } from '../kubernetes/connect.ts';
import { type RoleCache, Session } from './facts/session.ts';

export interface OpenOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Service account to impersonate; none: the credentials as they are. */
  readonly impersonate?: string;
  readonly roleCache?: RoleCache;
  /** For a scan, as in `SessionOptions`. */
  readonly scan?: boolean;
  /** Somebody asks about a workload. */
  readonly workload?: boolean;
  readonly signal?: AbortSignal;
  /** Deadline of one attempt of a call, in ms; 10 s by default. */
  readonly attemptMs?: number;
}

/**
 * @throws {CredentialsError} where there are none that can be used.
 * @throws {EndpointError} where an endpoint override is no URL.
 */
export async function openSession(options: OpenOptions): Promise<Session> {
  const { env, impersonate, roleCache, scan = false, workload = false, signal, attemptMs } = options;
  const endpoints = new Endpoints(env);
  const identity = await createIdentity({ env, endpoints, impersonate });
  const expect = scan ? 'scan' : workload ? 'workload' : 'diagnosis';
  // The token is on its way while the libraries are loaded. A call that needs it says what kept it from coming.
  const [google] = await Promise.all([
    createReads({ identity, signal, attemptMs, expect }),
    identity.auth.getRequestHeaders().catch(() => {}),
  ]);
  const kubernetes = scan
    ? undefined
    : new KubernetesConnector({ identity: identity.auth, gateway: google.getGateway, env, signal, attemptMs });
  return new Session({ google, kubernetes, now: new Date(), roleCache, member: identity.member, scan });
}
