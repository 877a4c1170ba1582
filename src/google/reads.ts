/**
 * What we read of Google Cloud, one function per call, through Google's own client libraries. Nothing here writes: that is
 * `writes.ts`, which only remedies may use. Every function throws `GoogleApiError`.
 */
import type { protos } from '@google-cloud/container';
import type {
  cloudresourcemanager_v1,
  cloudresourcemanager_v3,
} from 'googleapis/build/src/apis/cloudresourcemanager/index.js';
import type { iam_v1, iam_v2 } from 'googleapis/build/src/apis/iam/index.js';
import type { logging_v2 } from 'googleapis/build/src/apis/logging/index.js';
import type { orgpolicy_v2 } from 'googleapis/build/src/apis/orgpolicy/index.js';
import type { policytroubleshooter_v3 } from 'googleapis/build/src/apis/policytroubleshooter/index.js';
import type { recommender_v1 } from 'googleapis/build/src/apis/recommender/index.js';
import type { serviceusage_v1 } from 'googleapis/build/src/apis/serviceusage/index.js';
import { GoogleApiError } from './errors.ts';
import { libraries, ONCE, through } from './libraries.ts';
import type { Transport } from './transport.ts';

export type ContainerCluster = protos.google.container.v1.ICluster;
export type ContainerOperation = protos.google.container.v1.IOperation;

/** Hop limit for paged lists, against an endless chain of page tokens. */
const MAX_PAGES = 1_000;

export type GoogleReads = Awaited<ReturnType<typeof createReads>>;

/** Loads the client libraries where they aren't yet, and binds what we read to a transport. */
export async function createReads(transport: Transport) {
  const { container, crm1, crm3, iam1, serviceusage, policytroubleshooter, recommender, orgpolicy, logging } =
    await libraries();
  const translate = <T>(call: () => Promise<T>) => translated(transport, call);
  const pages = <T>(page: Page<T>) => translate(() => allPages(page));

  return {
    calls: () => transport.calls,

    getCluster: (name: string): Promise<ContainerCluster> =>
      translate(async () => (await container.getCluster({ name }, ONCE))[0]),

    /**
     * `parent`: `projects/P/locations/-`. Plain JSON: for a thousand clusters the library's decoding by its schemas takes longer
     * than all else in a scan together. Its form is not checked: who uses it has to expect anything.
     * @param fields what of the answer is wanted (Google APIs, "Partial responses"): of a thousand clusters it is a third
     */
    listClusters: (parent: string, fields: string): Promise<protos.google.container.v1.IListClustersResponse> =>
      translate(() => {
        const query = new URLSearchParams({ fields });
        return transport.request({ url: `https://container.googleapis.com/v1/${parent}/clusters?${query}` });
      }),

    listOperations: (parent: string): Promise<protos.google.container.v1.IListOperationsResponse> =>
      translate(async () => (await container.listOperations({ parent }, ONCE))[0]),

    getProject: (project: string): Promise<cloudresourcemanager_v3.Schema$Project> =>
      translate(async () => (await crm3.projects.get({ name: `projects/${project}` })).data),

    /** The project's ancestors from itself to the organization. */
    getAncestry: (project: string): Promise<cloudresourcemanager_v1.Schema$Ancestor[]> =>
      translate(
        async () => (await crm1.projects.getAncestry({ projectId: project, requestBody: {} })).data.ancestor ?? [],
      ),

    /** Allow policy (version 3) of a project, folder or organization. */
    getPolicy: (resource: string): Promise<cloudresourcemanager_v3.Schema$Policy> =>
      translate(async () => {
        const request = { resource, requestBody: { options: { requestedPolicyVersion: 3 } } };
        if (resource.startsWith('folders/')) return (await crm3.folders.getIamPolicy(request)).data;
        if (resource.startsWith('organizations/')) return (await crm3.organizations.getIamPolicy(request)).data;
        return (await crm3.projects.getIamPolicy(request)).data;
      }),

    /** `resource`: `projects/P/serviceAccounts/EMAIL`. */
    getServiceAccountPolicy: (resource: string): Promise<iam_v1.Schema$Policy> =>
      translate(
        async () =>
          (await iam1.projects.serviceAccounts.getIamPolicy({ resource, 'options.requestedPolicyVersion': 3 })).data,
      ),

    getServiceAccount: (name: string): Promise<iam_v1.Schema$ServiceAccount> =>
      translate(async () => (await iam1.projects.serviceAccounts.get({ name })).data),

    listServiceAccounts: (project: string): Promise<iam_v1.Schema$ServiceAccount[]> =>
      pages(async pageToken => {
        const request = { name: `projects/${project}`, pageSize: 100, pageToken };
        const { data } = await iam1.projects.serviceAccounts.list(request);
        return { items: data.accounts ?? [], next: data.nextPageToken };
      }),

    getRole: (name: string): Promise<iam_v1.Schema$Role> =>
      translate(async () => {
        if (name.startsWith('projects/')) return (await iam1.projects.roles.get({ name })).data;
        if (name.startsWith('organizations/')) return (await iam1.organizations.roles.get({ name })).data;
        return (await iam1.roles.get({ name })).data;
      }),

    /**
     * Deny policies at one attachment point (`cloudresourcemanager.googleapis.com/projects/PN`), with their rules: the list
     * leaves these out, so each policy is read (IAM v2, policies.listPolicies). Never repeated: the quota is 5 a minute
     * (DOMAIN, C), and what can't be read leaves the answer standing, with a word on it. By URL, because googleapis encodes
     * the %2F of an attachment point once more.
     */
    listDenyPolicies: async (attachmentPoint: string): Promise<iam_v2.Schema$GoogleIamV2Policy[]> => {
      const read = <T>(path: string) =>
        transport.request<T>({ url: `https://iam.googleapis.com/v2/${path}`, repeatable: false });
      const listed = await pages(async pageToken => {
        const path = `policies/${encodeURIComponent(attachmentPoint)}/denypolicies`;
        const query = pageToken ? `?pageToken=${encodeURIComponent(pageToken)}` : '';
        const { policies, nextPageToken } = await read<iam_v2.Schema$GoogleIamV2ListPoliciesResponse>(
          `${path}${query}`,
        );
        return { items: policies ?? [], next: nextPageToken };
      });
      return translate(() =>
        Promise.all(
          listed.map(async policy =>
            policy.rules || !policy.name ? policy : read<iam_v2.Schema$GoogleIamV2Policy>(policy.name),
          ),
        ),
      );
    },

    /** `names`: `container.googleapis.com` … ; at most 30 in one call (serviceusage services.batchGet). */
    getServices: (
      project: string,
      names: readonly string[],
    ): Promise<serviceusage_v1.Schema$GoogleApiServiceusageV1Service[]> =>
      translate(async () => {
        const parent = `projects/${project}`;
        const full = names.map(name => `${parent}/services/${name}`);
        return (await serviceusage.services.batchGet({ parent, names: full })).data.services ?? [];
      }),

    troubleshoot: (
      principal: string,
      fullResourceName: string,
      permission: string,
    ): Promise<policytroubleshooter_v3.Schema$GoogleCloudPolicytroubleshooterIamV3TroubleshootIamPolicyResponse> =>
      translate(
        async () =>
          (
            await policytroubleshooter.iam.troubleshoot({
              requestBody: { accessTuple: { principal, fullResourceName, permission } },
            })
          ).data,
      ),

    listRecommendations: (
      project: string,
      location: string,
    ): Promise<recommender_v1.Schema$GoogleCloudRecommenderV1Recommendation[]> =>
      pages(async pageToken => {
        const parent = `projects/${project}/locations/${location}/recommenders/google.container.DiagnosisRecommender`;
        const filter = 'recommenderSubtype = NODE_SA_MISSING_PERMISSIONS AND stateInfo.state = ACTIVE';
        const { data } = await recommender.projects.locations.recommenders.recommendations.list({
          parent,
          filter,
          pageToken,
        });
        return { items: data.recommendations ?? [], next: data.nextPageToken };
      }),

    /**
     * Whether a boolean constraint is enforced on the project, by the Organization Policy API. `conditional`: that hangs on the
     * project's tags. An effective policy is said to have its conditions evaluated; where one comes all the same, it may hold or not.
     */
    isConstraintEnforced: (project: string, constraint: string): Promise<boolean | 'conditional'> =>
      translate(async () => {
        const name = `projects/${project}/policies/${constraint}`;
        const { data } = await orgpolicy.projects.policies.getEffectivePolicy({ name });
        return enforcement(data.spec?.rules ?? []);
      }),

    /** The same by Resource Manager's older method, which works where the Organization Policy API is off. */
    isConstraintEnforcedV1: (project: string, constraint: string): Promise<boolean> =>
      translate(async () => {
        const requestBody = { constraint: `constraints/${constraint}` };
        const { data } = await crm1.projects.getEffectiveOrgPolicy({ resource: `projects/${project}`, requestBody });
        return data.booleanPolicy?.enforced ?? false;
      }),

    /** One page, the newest entries first. An answer may have no entries and a token for the next page: the search goes on there. */
    listLogEntries: (
      project: string,
      filter: string,
      { pageSize, pageToken }: { readonly pageSize: number; readonly pageToken?: string | undefined },
    ): Promise<{ readonly entries: logging_v2.Schema$LogEntry[]; readonly next?: string | null | undefined }> =>
      translate(async () => {
        const requestBody = {
          resourceNames: [`projects/${project}`],
          filter,
          orderBy: 'timestamp desc',
          pageSize,
          pageToken,
        };
        const { data } = await logging.entries.list({ requestBody });
        return { entries: data.entries ?? [], next: data.nextPageToken };
      }),
  };
}

/**
 * One rule has no condition; those that have one say the opposite and come first where it holds, which tags decide (Organization
 * Policy API, PolicySpec.rules).
 */
function enforcement(
  rules: readonly orgpolicy_v2.Schema$GoogleCloudOrgpolicyV2PolicySpecPolicyRule[],
): boolean | 'conditional' {
  const enforced = rules.some(({ condition, enforce }) => !condition && enforce === true);
  const otherwise = rules.some(({ condition, enforce }) => condition && (enforce === true) !== enforced);
  return otherwise ? 'conditional' : enforced;
}

/** Whatever a client library throws, as ours. @throws {GoogleApiError}, or the reason where the whole work was stopped */
async function translated<T>(transport: Transport, call: () => Promise<T>): Promise<T> {
  try {
    return await through(transport, call);
  } catch (error) {
    transport.throwIfAborted();
    const ours = GoogleApiError.find(error);
    if (ours) throw ours;
    // The libraries decode answers by their schemas; what they can't decode is not a form that the API has.
    throw new GoogleApiError('the answer had an unexpected form', {
      kind: 'malformed',
      service: 'unknown',
      cause: error,
    });
  }
}

type Page<T> = (token?: string) => Promise<{ items: T[]; next?: string | null }>;

async function allPages<T>(page: Page<T>): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  for (let count = 0; count < MAX_PAGES; count++) {
    const { items, next } = await page(token);
    all.push(...items);
    if (!next) return all;
    token = next;
  }
  throw new GoogleApiError(`more than ${MAX_PAGES} pages`, { kind: 'malformed', service: 'unknown' });
}
