/**
 * Google's client libraries, loaded (about 0.4 s) and made once for the process: making them again for every diagnosis took a
 * tenth of its time. Whose request it is says the call: everything that a library sends inside `through(transport, …)` goes
 * out by that transport.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { AuthClient, GoogleAuth, type gaxios } from 'google-auth-library';
import { rehearsal, rehearse } from './rehearsal.ts';
import type { Transport } from './transport.ts';

type EndpointRoute = Pick<Transport, 'request' | 'requestText' | 'getRequestHeaders'>;
const way = new AsyncLocalStorage<EndpointRoute>();

/** Runs a call of a library by this transport. */
export function through<T>(transport: EndpointRoute, call: () => Promise<T>): Promise<T> {
  return way.run(transport, call);
}

function current(): EndpointRoute {
  const transport = way.getStore();
  if (!transport) throw new Error('a client library was called outside of through()');
  return transport;
}

/** The libraries' auth client: it decides nothing, and hands every request on. */
class Handover extends AuthClient {
  /** What googleapis calls; it takes `data`. */
  override async request<T>(options: gaxios.GaxiosOptions): Promise<gaxios.GaxiosResponse<T>> {
    const { url = '', params, paramsSerializer, method, headers, data: body, retryConfig } = options;
    const query = params && Object.keys(params).length > 0 ? paramsSerializer?.(params) : undefined;
    const data = await current().request<T>({
      url: query ? `${url}?${query}` : String(url),
      method,
      headers: { ...plain(headers), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      repeatable: retryConfig?.retry !== 0,
    });
    return answered({ data });
  }

  /** What @google-cloud/container calls; it reads the body itself. */
  override async fetch<T>(...[input, init]: Parameters<AuthClient['fetch']>): Promise<gaxios.GaxiosResponse<T>> {
    const { method, headers } = init ?? {};
    const text = await current().requestText({ url: String(input), method, headers: plain(headers) });
    return answered({ arrayBuffer: async () => new TextEncoder().encode(text).buffer });
  }

  async getRequestHeaders(url?: string | URL): Promise<Headers> {
    return current().getRequestHeaders(url);
  }

  async getAccessToken(): Promise<{ token?: string | null }> {
    const headers = await this.getRequestHeaders();
    return { token: headers.get('authorization')?.replace(/^Bearer /, '') };
  }
}

/** The parts of a response that the libraries look at: a whole one costs as much as the request. */
function answered<T>(parts: Partial<gaxios.GaxiosResponse<T>>): gaxios.GaxiosResponse<T> {
  return Object.assign(Object.create(null), { ok: true, status: 200, ...parts });
}

function plain(headers: gaxios.GaxiosOptions['headers']): Record<string, string> {
  return Object.fromEntries(headers instanceof Headers ? headers : new Headers(headers));
}

let loaded: ReturnType<typeof load> | undefined;

/** The clients, the same ones for everybody. */
export function libraries(): ReturnType<typeof load> {
  loaded ??= load();
  return loaded;
}

async function load() {
  const [
    { ClusterManagerClient },
    resourceManager,
    iamApi,
    usage,
    troubleshooter,
    recommenderApi,
    orgPolicy,
    loggingApi,
  ] = await Promise.all([
    import('@google-cloud/container'),
    import('googleapis/build/src/apis/cloudresourcemanager/index.js'),
    import('googleapis/build/src/apis/iam/index.js'),
    import('googleapis/build/src/apis/serviceusage/index.js'),
    import('googleapis/build/src/apis/policytroubleshooter/index.js'),
    import('googleapis/build/src/apis/recommender/index.js'),
    import('googleapis/build/src/apis/orgpolicy/index.js'),
    import('googleapis/build/src/apis/logging/index.js'),
  ]);
  const authClient = new Handover();
  const auth = new GoogleAuth({ authClient });
  const container = new ClusterManagerClient({ fallback: 'rest', authClient });
  await container.initialize();
  const clients = {
    container,
    crm1: resourceManager.cloudresourcemanager({ version: 'v1', auth }),
    crm3: resourceManager.cloudresourcemanager({ version: 'v3', auth }),
    iam1: iamApi.iam({ version: 'v1', auth }),
    serviceusage: usage.serviceusage({ version: 'v1', auth }),
    serviceusageBeta: usage.serviceusage({ version: 'v1beta1', auth }),
    policytroubleshooter: troubleshooter.policytroubleshooter({ version: 'v3', auth }),
    recommender: recommenderApi.recommender({ version: 'v1', auth }),
    orgpolicy: orgPolicy.orgpolicy({ version: 'v2', auth }),
    logging: loggingApi.logging({ version: 'v2', auth }),
  };
  await through(rehearsal(), () => rehearse(clients, ONCE));
  return clients;
}

export type Libraries = Awaited<ReturnType<typeof load>>;

/** For calls of the container library: our transport has its own deadline and retries; the library's would come on top. */
export const ONCE = { timeout: 120_000, retry: { retryCodes: [] } };
