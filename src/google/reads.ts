/**
 * What we read of Google Cloud, one function per call, through Google's own client libraries. Nothing here writes: that is
 * `writes.ts`, which only remedies may use. Every function throws `GoogleApiError`.
 */
import type { z } from 'zod';
import {
  type Ancestor,
  Ancestry,
  ContainerCluster,
  ContainerClusters,
  type ContainerOperation,
  ContainerOperations,
  DenyPolicies,
  DenyPolicy,
  GatewayCredentials,
  Kubeconfig,
  LogEntries,
  type LogEntry,
  OrgPolicy,
  type OrgPolicyRule,
  OrgPolicyV1,
  Policy,
  Project,
  type Recommendation,
  Recommendations,
  Role,
  type Service,
  ServiceAccount,
  ServiceAccounts,
  Services,
  Troubleshooting,
} from './answers.ts';
import { Calls, type CallsOptions, type RequestOptions } from './calls.ts';
import { type Clients, CONTAINER_OPTIONS, clientsFor } from './clients.ts';
import { GoogleApiError, malformedError } from './errors.ts';
import { createResourceReads } from './resource-reads.ts';

/** Hop limit for paged lists, against an endless chain of page tokens. */
const MAX_PAGES = 1_000;

export type GoogleReads = Awaited<ReturnType<typeof createReads>>;

export interface ReadsOptions extends CallsOptions {
  /** What will be read, so that the libraries for it are loaded now and not while somebody waits. */
  readonly expect?: 'scan' | 'diagnosis' | 'workload' | 'cluster' | 'nothing';
}

/** Loads the client libraries where they aren't yet. */
export async function createReads({ expect = 'diagnosis', ...options }: ReadsOptions) {
  const calls = new Calls(options);
  const clients = clientsFor(options.identity.auth);
  await load(clients, expect);
  /** One call of googleapis, whose methods resolve to the answer's `data`. */
  const call = <T>(
    service: string,
    answer: z.ZodType<T>,
    send: (options: RequestOptions) => Promise<{ readonly data: unknown }>,
    { repeatable }: { readonly repeatable?: boolean } = {},
  ): Promise<T> => calls.call({ service, answer, repeatable, send: async options => (await send(options)).data });

  /** For what no method of a library sends as the API wants it. */
  const get = <T>(service: string, answer: z.ZodType<T>, path: string, repeatable?: boolean): Promise<T> =>
    call(
      service,
      answer,
      options => clients.auth.request({ url: `https://${service}.googleapis.com/${path}`, ...options }),
      {
        repeatable,
      },
    );

  const resources = createResourceReads((answer, { service, method, path, data }) =>
    call(service, answer, options =>
      clients.auth.request({
        url: `https://${service}.googleapis.com/${path}`,
        method,
        ...(data ? { data } : {}),
        ...options,
      }),
    ),
  );

  return {
    ...resources,

    /** Requests sent so far by service, retries included. */
    calls: () => calls.requests,

    /** `name`: `projects/P/locations/L/clusters/C`. */
    getCluster: (name: string): Promise<ContainerCluster> =>
      calls.call({
        service: 'container',
        answer: ContainerCluster,
        send: async () => (await (await clients.container()).getCluster({ name }, CONTAINER_OPTIONS))[0],
      }),

    /**
     * `parent`: `projects/P/locations/-`. Plain JSON: for a thousand clusters the library's decoding by its schemas takes longer
     * than all else in a scan together.
     * @param fields what of the answer is wanted (https://cloud.google.com/apis/docs/system-parameters): of a thousand clusters
     *   it is a third
     */
    listClusters: (parent: string, fields: string): Promise<ContainerClusters> =>
      get('container', ContainerClusters, `v1/${parent}/clusters?${new URLSearchParams({ fields })}`),

    /** `parent`: `projects/P/locations/L`. */
    listOperations: async (parent: string): Promise<ContainerOperation[]> => {
      const { operations } = await calls.call({
        service: 'container',
        answer: ContainerOperations,
        send: async () => (await (await clients.container()).listOperations({ parent }, CONTAINER_OPTIONS))[0],
      });
      return operations ?? [];
    },

    getProject: (project: string): Promise<Project> =>
      call('cloudresourcemanager', Project, async options =>
        (await clients.resourceManager()).projects.get({ name: `projects/${project}` }, options),
      ),

    /** The project's ancestors from itself to the organization. */
    getAncestry: async (project: string): Promise<Ancestor[]> => {
      const request = { projectId: project, requestBody: {} };
      const { ancestor } = await call('cloudresourcemanager', Ancestry, async options =>
        (await clients.resourceManagerV1()).projects.getAncestry(request, options),
      );
      return ancestor ?? [];
    },

    /** Allow policy (version 3) of a project, folder or organization. */
    getPolicy: (resource: string): Promise<Policy> => {
      const request = { resource, requestBody: { options: { requestedPolicyVersion: 3 } } };
      return call('cloudresourcemanager', Policy, async options => {
        const { folders, organizations, projects } = await clients.resourceManager();
        if (resource.startsWith('folders/')) return folders.getIamPolicy(request, options);
        if (resource.startsWith('organizations/')) return organizations.getIamPolicy(request, options);
        return projects.getIamPolicy(request, options);
      });
    },

    /** `resource`: `projects/P/serviceAccounts/EMAIL`. */
    getServiceAccountPolicy: (resource: string): Promise<Policy> =>
      call('iam', Policy, async options =>
        (await clients.iam()).projects.serviceAccounts.getIamPolicy(
          { resource, 'options.requestedPolicyVersion': 3 },
          options,
        ),
      ),

    /** `resource`: `projects/P/regions/R/subnetworks/N`. */
    getSubnetworkPolicy: (resource: string): Promise<Policy> =>
      get('compute', Policy, `compute/v1/${resource}/getIamPolicy?optionsRequestedPolicyVersion=3`),

    /** `name`: `projects/P/serviceAccounts/EMAIL`. */
    getServiceAccount: (name: string): Promise<ServiceAccount> =>
      call('iam', ServiceAccount, async options =>
        (await clients.iam()).projects.serviceAccounts.get({ name }, options),
      ),

    listServiceAccounts: (project: string): Promise<ServiceAccount[]> =>
      allPages('iam', async pageToken => {
        const request = { name: `projects/${project}`, pageSize: 100, pageToken };
        const { accounts, nextPageToken } = await call('iam', ServiceAccounts, async options =>
          (await clients.iam()).projects.serviceAccounts.list(request, options),
        );
        return { items: accounts ?? [], next: nextPageToken };
      }),

    /** `name`: `roles/R`, `projects/P/roles/R` or `organizations/O/roles/R`. */
    getRole: (name: string): Promise<Role> =>
      call('iam', Role, async options => {
        const { roles, projects, organizations } = await clients.iam();
        if (name.startsWith('projects/')) return projects.roles.get({ name }, options);
        if (name.startsWith('organizations/')) return organizations.roles.get({ name }, options);
        return roles.get({ name }, options);
      }),

    /**
     * Deny policies at one attachment point (`cloudresourcemanager.googleapis.com/projects/PN`), with their rules: the list
     * leaves these out, so each policy is read (https://cloud.google.com/iam/docs/reference/rest/v2/policies/listPolicies).
     * Never repeated: the quota is 5 a minute, and what can't be read leaves the answer standing, with a word on it
     * (docs/domain/iam.md). By URL, because googleapis encodes the %2F of an attachment point once more.
     */
    listDenyPolicies: async (attachmentPoint: string): Promise<DenyPolicy[]> => {
      const listed = await allPages('iam', async pageToken => {
        const path = `v2/policies/${encodeURIComponent(attachmentPoint)}/denypolicies`;
        const query = pageToken ? `?pageToken=${encodeURIComponent(pageToken)}` : '';
        const { policies, nextPageToken } = await get('iam', DenyPolicies, `${path}${query}`, false);
        return { items: policies ?? [], next: nextPageToken };
      });
      return Promise.all(
        listed.map(policy =>
          policy.rules || !policy.name ? policy : get('iam', DenyPolicy, `v2/${policy.name}`, false),
        ),
      );
    },

    /** `names`: `container.googleapis.com` … ; at most 30 in one call (serviceusage services.batchGet). */
    getServices: async (project: string, names: readonly string[]): Promise<Service[]> => {
      const parent = `projects/${project}`;
      const request = { parent, names: names.map(name => `${parent}/services/${name}`) };
      const { services } = await call('serviceusage', Services, async options =>
        (await clients.serviceUsage()).services.batchGet(request, options),
      );
      return services ?? [];
    },

    /**
     * By v3beta, which also explains principal access boundary policies
     * (https://cloud.google.com/policy-intelligence/docs/troubleshoot-access); by v3 where there is no v3beta.
     */
    troubleshoot: async (principal: string, fullResourceName: string, permission: string): Promise<Troubleshooting> => {
      const requestBody = { accessTuple: { principal, fullResourceName, permission } };
      try {
        return await call('policytroubleshooter', Troubleshooting, async options =>
          (await clients.policyTroubleshooterBeta()).iam.troubleshoot({ requestBody }, options),
        );
      } catch (error) {
        if (!(error instanceof GoogleApiError) || error.status !== 404) throw error;
        return call('policytroubleshooter', Troubleshooting, async options =>
          (await clients.policyTroubleshooter()).iam.troubleshoot({ requestBody }, options),
        );
      }
    },

    listRecommendations: (project: string, location: string): Promise<Recommendation[]> =>
      allPages('recommender', async pageToken => {
        const parent = `projects/${project}/locations/${location}/recommenders/google.container.DiagnosisRecommender`;
        const filter = 'recommenderSubtype = NODE_SA_MISSING_PERMISSIONS AND stateInfo.state = ACTIVE';
        const request = { parent, filter, pageToken };
        const { recommendations, nextPageToken } = await call('recommender', Recommendations, async options =>
          (await clients.recommender()).projects.locations.recommenders.recommendations.list(request, options),
        );
        return { items: recommendations ?? [], next: nextPageToken };
      }),

    /**
     * Whether a boolean constraint is enforced on the project, by the Organization Policy API. `conditional`: that hangs on the
     * project's tags. An effective policy is said to have its conditions evaluated; where one comes all the same, it may hold or not.
     */
    isConstraintEnforced: async (project: string, constraint: string): Promise<boolean | 'conditional'> => {
      const name = `projects/${project}/policies/${constraint}`;
      const { spec } = await call('orgpolicy', OrgPolicy, async options =>
        (await clients.orgPolicy()).projects.policies.getEffectivePolicy({ name }, options),
      );
      return enforcement(spec?.rules ?? []);
    },

    /** The same by Resource Manager's older method, which works where the Organization Policy API is off. */
    isConstraintEnforcedV1: async (project: string, constraint: string): Promise<boolean> => {
      const request = { resource: `projects/${project}`, requestBody: { constraint: `constraints/${constraint}` } };
      const { booleanPolicy } = await call('cloudresourcemanager', OrgPolicyV1, async options =>
        (await clients.resourceManagerV1()).projects.getEffectiveOrgPolicy(request, options),
      );
      return booleanPolicy?.enforced ?? false;
    },

    /** One page, the newest entries first. An answer without entries may name a next page: the search goes on there. */
    listLogEntries: async (
      project: string,
      filter: string,
      { pageSize, pageToken }: { readonly pageSize: number; readonly pageToken?: string | undefined },
    ): Promise<{ readonly entries: LogEntry[]; readonly next?: string | undefined }> => {
      const page = { pageSize, ...(pageToken ? { pageToken } : {}) };
      const requestBody = { resourceNames: [`projects/${project}`], filter, orderBy: 'timestamp desc', ...page };
      const { entries, nextPageToken } = await call('logging', LogEntries, async options =>
        (await clients.logging()).entries.list({ requestBody }, options),
      );
      return { entries: entries ?? [], ...(nextPageToken ? { next: nextPageToken } : {}) };
    },

    /**
     * Where the Connect gateway serves a cluster's API server. `membership`: `projects/P/locations/L/memberships/M`.
     * @returns `ca`: PEM, where the gateway's certificate is not of a public CA
     */
    getGateway: async (membership: string): Promise<{ readonly url: string; readonly ca?: string }> => {
      const [{ kubeconfig }, { parse }] = await Promise.all([
        get('connectgateway', GatewayCredentials, `v1/${membership}:generateCredentials`),
        import('yaml'),
      ]);
      const parsed = Kubeconfig.safeParse(
        parse(Buffer.from(kubeconfig, 'base64').toString('utf8'), { logLevel: 'silent' }),
      );
      if (!parsed.success) throw malformedError('connectgateway', 'the gateway gave no kubeconfig', parsed.error);
      const [{ cluster }] = parsed.data.clusters;
      const ca = cluster['certificate-authority-data'];
      return { url: cluster.server, ...(ca ? { ca: Buffer.from(ca, 'base64').toString('utf8') } : {}) };
    },
  };
}

/** The libraries that nearly every diagnosis or scan needs. */
async function load(clients: Clients, expected: ReadsOptions['expect']): Promise<void> {
  if (expected === 'nothing') return;
  const { container, resourceManager, resourceManagerV1, iam, serviceUsage, recommender, orgPolicy } = clients;
  const { policyTroubleshooterBeta, logging } = clients;
  if (expected === 'cluster') {
    await container();
    return;
  }
  await Promise.all([
    resourceManager(),
    resourceManagerV1(),
    iam(),
    serviceUsage(),
    recommender(),
    orgPolicy(),
    ...(expected === 'scan' ? [] : [container(), policyTroubleshooterBeta()]),
    ...(expected === 'workload' ? [logging()] : []),
  ]);
}

/**
 * One rule has no condition; those that have one say the opposite and come first where it holds, which tags decide
 * (https://cloud.google.com/resource-manager/docs/reference/orgpolicy/rest/v2/organizations.policies, PolicySpec.rules).
 */
function enforcement(rules: readonly OrgPolicyRule[]): boolean | 'conditional' {
  const enforced = rules.some(({ condition, enforce }) => !condition && enforce === true);
  const otherwise = rules.some(({ condition, enforce }) => condition && (enforce === true) !== enforced);
  return otherwise ? 'conditional' : enforced;
}

type Page<T> = (token?: string) => Promise<{ items: T[]; next?: string | null }>;

async function allPages<T>(service: string, page: Page<T>): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  for (let count = 0; count < MAX_PAGES; count++) {
    const { items, next } = await page(token);
    all.push(...items);
    if (!next) return all;
    token = next;
  }
  throw malformedError(service, `more than ${MAX_PAGES} pages`);
}
