/** What we read of resources that have policies of their own. Part of `reads.ts`, which says the rules. */
import { z } from 'zod';
import type { CloudResource } from '../contracts/resource-name.ts';
import { Policy } from './answers.ts';
import { type ApiRequest, readPolicyRequest } from './resource-policies.ts';

const text = z.string().nullish();

/** storage v1 Bucket. */
export const Bucket = z.object({
  projectNumber: z.union([z.string(), z.number()]).nullish(),
  iamConfiguration: z
    .object({ uniformBucketLevelAccess: z.object({ enabled: z.boolean().nullish() }).nullish() })
    .nullish(),
});
export type Bucket = z.infer<typeof Bucket>;

/** bigquery v2 Dataset, its access list. */
export const Dataset = z.object({
  access: z
    .array(
      z.object({
        role: text,
        userByEmail: text,
        groupByEmail: text,
        domain: text,
        specialGroup: text,
        iamMember: text,
        condition: z.object({ title: text, description: text, expression: text }).nullish(),
      }),
    )
    .nullish(),
});
export type Dataset = z.infer<typeof Dataset>;

/** iam v1 QueryGrantableRolesResponse. */
const GrantableRoles = z.object({
  roles: z.array(z.object({ name: text, stage: text })).nullish(),
  nextPageToken: text,
});

const MAX_PAGES = 20;

type Send = <T>(answer: z.ZodType<T>, request: ApiRequest) => Promise<T>;

/** Every function throws `GoogleApiError`. */
export function createResourceReads(send: Send) {
  return {
    /** The allow policy, version 3, of a resource that has one. */
    getResourcePolicy: (resource: CloudResource): Promise<Policy> => send(Policy, readPolicyRequest(resource)),

    getBucket: (bucket: string): Promise<Bucket> => {
      const path = `storage/v1/b/${encodeURIComponent(bucket)}?fields=projectNumber,iamConfiguration`;
      return send(Bucket, { service: 'storage', method: 'GET', path });
    },

    /** `name`: `projects/P/datasets/D`. With version 3 conditions are shown (bigquery v2, datasets.get). */
    getDataset: (name: string): Promise<Dataset> => {
      const path = `bigquery/v2/${name}?accessPolicyVersion=3&datasetView=ACL`;
      return send(Dataset, { service: 'bigquery', method: 'GET', path });
    },

    /** Predefined and custom roles that can be granted on a resource, by its full resource name. */
    queryGrantableRoles: async (fullResourceName: string): Promise<{ name: string; stage: string }[]> => {
      const found: { name: string; stage: string }[] = [];
      let pageToken: string | undefined;
      for (let page = 0; page < MAX_PAGES; page++) {
        const data = { fullResourceName, pageSize: 1_000, ...(pageToken ? { pageToken } : {}) };
        const path = 'v1/roles:queryGrantableRoles';
        const { roles, nextPageToken } = await send(GrantableRoles, { service: 'iam', method: 'POST', path, data });
        found.push(...(roles ?? []).map(({ name, stage }) => ({ name: name ?? '', stage: stage ?? 'GA' })));
        if (!nextPageToken) break;
        pageToken = nextPageToken;
      }
      return found;
    },
  };
}
