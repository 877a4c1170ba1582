/**
 * What we write to Google Cloud. Only `remedies` may import this. Nothing is repeated by the transport: after a failed write
 * nobody knows whether it happened, so whoever writes reads again first.
 */
import type { cloudresourcemanager_v3 } from 'googleapis/build/src/apis/cloudresourcemanager/index.js';
import { createClusterWrites } from './cluster-writes.ts';
import { GoogleApiError } from './errors.ts';
import { libraries, through } from './libraries.ts';
import type { Transport } from './transport.ts';

export type WritablePolicy = cloudresourcemanager_v3.Schema$Policy;

export type GoogleWrites = Awaited<ReturnType<typeof createWrites>>;

export async function createWrites(transport: Transport) {
  const { crm3: crm, iam1: iam, serviceusage, serviceusageBeta } = await libraries();
  const call = <T>(work: () => Promise<T>) => through(transport, work);
  const once = { retryConfig: { retry: 0 } };
  const version = 3;

  return {
    ...createClusterWrites(transport),

    /** The allow policy as it stands, whole, with its etag. `resource`: `projects/P` or `projects/P/serviceAccounts/E`. */
    async readPolicy(resource: string): Promise<WritablePolicy> {
      if (resource.includes('/serviceAccounts/')) {
        const request = { resource, 'options.requestedPolicyVersion': version };
        return (await call(() => iam.projects.serviceAccounts.getIamPolicy(request))).data;
      }
      const requestBody = { options: { requestedPolicyVersion: version } };
      return (await call(() => crm.projects.getIamPolicy({ resource, requestBody }))).data;
    },

    /** Writes bindings under the etag they were read with: anybody's write in between makes this one fail (409, 412). */
    async writePolicy(resource: string, { bindings, etag }: WritablePolicy): Promise<WritablePolicy> {
      const requestBody = { policy: { bindings, etag, version } };
      if (resource.includes('/serviceAccounts/')) {
        return (await call(() => iam.projects.serviceAccounts.setIamPolicy({ resource, requestBody }, once))).data;
      }
      return (await call(() => crm.projects.setIamPolicy({ resource, requestBody }, once))).data;
    },

    /** Makes Google create a service's agent in a project again, where it is gone (serviceusage services.generateServiceIdentity). */
    async generateServiceIdentity(projectNumber: string, service: string): Promise<void> {
      await call(() =>
        serviceusageBeta.services.generateServiceIdentity(
          { parent: `projects/${projectNumber}/services/${service}` },
          once,
        ),
      );
    },

    async serviceState(project: string, service: string): Promise<string> {
      return (
        (await call(() => serviceusage.services.get({ name: `projects/${project}/services/${service}` }))).data.state ??
        ''
      );
    },

    /** Whether an account is there, and disabled. */
    async serviceAccountState(name: string): Promise<'enabled' | 'disabled'> {
      return (await call(() => iam.projects.serviceAccounts.get({ name }))).data.disabled ? 'disabled' : 'enabled';
    },

    async serviceAccountExists(name: string): Promise<boolean> {
      try {
        await call(() => iam.projects.serviceAccounts.get({ name }));
        return true;
      } catch (error) {
        if (GoogleApiError.from(error).status === 404) return false;
        throw error;
      }
    },

    async enableService(project: string, service: string): Promise<void> {
      await call(() =>
        serviceusage.services.enable({ name: `projects/${project}/services/${service}`, requestBody: {} }, once),
      );
    },

    async disableService(project: string, service: string): Promise<void> {
      const requestBody = { disableDependentServices: false };
      await call(() =>
        serviceusage.services.disable({ name: `projects/${project}/services/${service}`, requestBody }, once),
      );
    },

    /** `name`: `projects/P/serviceAccounts/EMAIL`. */
    async enableServiceAccount(name: string): Promise<void> {
      await call(() => iam.projects.serviceAccounts.enable({ name, requestBody: {} }, once));
    },

    async disableServiceAccount(name: string): Promise<void> {
      await call(() => iam.projects.serviceAccounts.disable({ name, requestBody: {} }, once));
    },

    /** Only within 30 days of the deletion, by the account's unique id. */
    async undeleteServiceAccount(project: string, uniqueId: string): Promise<void> {
      await call(() =>
        iam.projects.serviceAccounts.undelete(
          { name: `projects/${project}/serviceAccounts/${uniqueId}`, requestBody: {} },
          once,
        ),
      );
    },
  };
}
