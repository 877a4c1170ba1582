/** Google's client libraries: one set of clients for each identity. Each library is loaded when its client is first needed. */
import { type AuthClient, GoogleAuth } from 'google-auth-library';

export type Clients = ReturnType<typeof createClients>;

const made = new WeakMap<AuthClient, Clients>();

/** The same clients for the same auth client. */
export function clientsFor(auth: AuthClient): Clients {
  const clients = made.get(auth) ?? createClients(auth);
  made.set(auth, clients);
  return clients;
}

/** Requests are repeated by `calls.ts`, which counts them and knows which ones may be. */
const NO_RETRY = { retry: false } as const;

function createClients(authClient: AuthClient) {
  const auth = new GoogleAuth({ authClient });
  const options = { auth, ...NO_RETRY };
  return {
    auth: authClient,
    container: once(async () => {
      const { ClusterManagerClient } = await import('@google-cloud/container');
      const client = new ClusterManagerClient({ fallback: 'rest', authClient });
      await client.initialize();
      return client;
    }),
    resourceManagerV1: once(async () => {
      const { cloudresourcemanager } = await import('googleapis/build/src/apis/cloudresourcemanager/index.js');
      return cloudresourcemanager({ version: 'v1', ...options });
    }),
    resourceManager: once(async () => {
      const { cloudresourcemanager } = await import('googleapis/build/src/apis/cloudresourcemanager/index.js');
      return cloudresourcemanager({ version: 'v3', ...options });
    }),
    iam: once(async () => {
      const { iam } = await import('googleapis/build/src/apis/iam/index.js');
      return iam({ version: 'v1', ...options });
    }),
    serviceUsage: once(async () => {
      const { serviceusage } = await import('googleapis/build/src/apis/serviceusage/index.js');
      return serviceusage({ version: 'v1', ...options });
    }),
    serviceUsageBeta: once(async () => {
      const { serviceusage } = await import('googleapis/build/src/apis/serviceusage/index.js');
      return serviceusage({ version: 'v1beta1', ...options });
    }),
    policyTroubleshooter: once(async () => {
      const { policytroubleshooter } = await import('googleapis/build/src/apis/policytroubleshooter/index.js');
      return policytroubleshooter({ version: 'v3', ...options });
    }),
    policyTroubleshooterBeta: once(async () => {
      const { policytroubleshooter } = await import('googleapis/build/src/apis/policytroubleshooter/index.js');
      return policytroubleshooter({ version: 'v3beta', ...options });
    }),
    recommender: once(async () => {
      const { recommender } = await import('googleapis/build/src/apis/recommender/index.js');
      return recommender({ version: 'v1', ...options });
    }),
    orgPolicy: once(async () => {
      const { orgpolicy } = await import('googleapis/build/src/apis/orgpolicy/index.js');
      return orgpolicy({ version: 'v2', ...options });
    }),
    logging: once(async () => {
      const { logging } = await import('googleapis/build/src/apis/logging/index.js');
      return logging({ version: 'v2', ...options });
    }),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let making: Promise<T> | undefined;
  return () => {
    making ??= make();
    return making;
  };
}

/** Options of a call to @google-cloud/container, whose own default is to repeat what fails until its deadline. */
export function containerOptions({ timeout }: { readonly timeout: number }) {
  return { timeout, retry: { retryCodes: [] } };
}
