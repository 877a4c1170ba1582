/** Opens a session on Google Cloud: who we are, where the APIs are, and the clock that this diagnosis goes by. */
import { type RoleCache, Session } from '../diagnosis/facts/session.ts';
import { KubernetesConnector } from '../kubernetes/connect.ts';
import { rehearse } from '../kubernetes/rehearsal.ts';
import { Endpoints } from './endpoints.ts';
import { createIdentity } from './identity.ts';
import { createReads } from './reads.ts';
import { Transport } from './transport.ts';
import { createWrites, type GoogleWrites } from './writes.ts';

export interface OpenOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Service account to impersonate; none: the credentials as they are. */
  readonly impersonate?: string;
  readonly roleCache?: RoleCache;
  /** For a scan, as in `SessionOptions`. */
  readonly scan?: boolean;
  /** Somebody asks about a workload: what is read for its chain is rehearsed, too. */
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
  const endpoints = new Endpoints(options.env);
  const identity = await createIdentity({ env: options.env, endpoints, impersonate: options.impersonate });
  const { env, signal, attemptMs } = options;
  const transport = new Transport({ endpoints, identity, env, signal, ...(attemptMs ? { attemptMs } : {}) });
  // A scan reads no API server.
  const [google] = await Promise.all([
    createReads(transport),
    options.scan ? undefined : rehearse(options.workload ?? false),
  ]);
  const self = options.impersonate ? `serviceAccount:${options.impersonate}` : undefined;
  const { roleCache, scan } = options;
  const kubernetes = scan ? undefined : new KubernetesConnector({ transport, env, signal, attemptMs });
  return new Session({ google, kubernetes, now: new Date(), roleCache, self, scan });
}

/** Opens the writing side. Nothing is repeated by its transport. @throws as `openSession` */
export async function openWrites(options: Pick<OpenOptions, 'env' | 'impersonate' | 'signal'>): Promise<GoogleWrites> {
  const { env, impersonate, signal } = options;
  const endpoints = new Endpoints(env);
  const identity = await createIdentity({ env, endpoints, impersonate });
  return createWrites(new Transport({ endpoints, identity, env, signal }));
}
