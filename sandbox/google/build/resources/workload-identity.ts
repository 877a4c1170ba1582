import type { JsonObject } from '../../world.ts';
import { type Owner, type PolicyOptions, policyWith, type ResourceEntries } from './resource.ts';

export type ProviderOptions = {
  /** GitHub's by default. */
  issuerUri?: string;
  /** None by default: the provider's own name is the audience then. */
  allowedAudiences?: string[];
  /** Subject and `attribute.repository` of GitHub's claims by default. */
  attributeMapping?: { [attribute: string]: string };
  /** CEL on `assertion`, `google` and `attribute`. */
  attributeCondition?: string;
  disabled?: boolean;
  /** ACTIVE by default. */
  state?: 'ACTIVE' | 'DELETED';
};

export type PoolOptions = PolicyOptions & {
  disabled?: boolean;
  state?: 'ACTIVE' | 'DELETED';
  /** By id. */
  providers?: { [id: string]: ProviderOptions };
};

function providerResource(name: string, id: string, options: ProviderOptions): JsonObject {
  const { allowedAudiences = [], attributeMapping } = options;
  return {
    name,
    displayName: id,
    state: options.state ?? 'ACTIVE',
    ...(options.disabled && { disabled: true }),
    attributeMapping: attributeMapping ?? {
      'google.subject': 'assertion.sub',
      'attribute.repository': 'assertion.repository',
    },
    ...(options.attributeCondition && { attributeCondition: options.attributeCondition }),
    oidc: {
      issuerUri: options.issuerUri ?? 'https://token.actions.githubusercontent.com',
      ...(allowedAudiences.length > 0 && { allowedAudiences }),
    },
  };
}

/** A workload identity pool for outside issuers, and its OIDC providers. */
export function workloadIdentityPool(owner: Owner, id: string, options: PoolOptions): ResourceEntries {
  const place = `locations/global/workloadIdentityPools/${id}`;
  const fullName = `//iam.googleapis.com/projects/${owner.projectId}/${place}`;
  const name = `projects/${owner.projectNumber}/${place}`;
  const resource: JsonObject = {
    name,
    displayName: id,
    state: options.state ?? 'ACTIVE',
    ...(options.disabled && { disabled: true }),
    ...options.fields,
  };
  const providers = Object.entries(options.providers ?? {}).map(([provider, made]): ResourceEntries[number] => [
    `${fullName}/providers/${provider}`,
    { resource: providerResource(`${name}/providers/${provider}`, provider, made) },
  ]);
  return [[fullName, { resource, policy: policyWith(options.bindings) }], ...providers];
}
