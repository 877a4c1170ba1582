/**
 * What we write to Google Cloud. Only `remedies` may import this. No write is repeated: after a failed one nobody knows whether
 * it happened, so whoever writes reads again first.
 */
import { z } from 'zod';
import { type CloudResource, parseResource } from '../contracts/resource-name.ts';
import { Service, ServiceAccount } from './answers.ts';
import { Calls, type CallsOptions, type RequestOptions } from './calls.ts';
import { clientsFor } from './clients.ts';
import { createClusterWrites } from './cluster-writes.ts';
import { GoogleApiError } from './errors.ts';
import { type ApiRequest, readPolicyRequest, writePolicyRequest } from './resource-policies.ts';

/** An allow policy, whole: fields that are not looked at are written back as they were read. */
const WritablePolicy = z.looseObject({
  version: z.number().optional(),
  etag: z.string().optional(),
  bindings: z
    .array(
      z.looseObject({
        role: z.string(),
        members: z.array(z.string()).optional(),
        condition: z
          .looseObject({
            title: z.string().optional(),
            description: z.string().optional(),
            expression: z.string().optional(),
          })
          .optional(),
      }),
    )
    .optional(),
});
export type WritablePolicy = z.infer<typeof WritablePolicy>;

/** Projects and service accounts are named without their service, everything below a project with it. */
function parseFullName(resource: string): CloudResource | undefined {
  return resource.startsWith('//') ? parseResource(resource) : undefined;
}

/** An empty answer, an operation, or what was written: nobody looks at it. */
const ANY = z.unknown();

export type GoogleWrites = Awaited<ReturnType<typeof createWrites>>;

/** Every function throws `GoogleApiError`. */
export async function createWrites(options: CallsOptions) {
  const calls = new Calls(options);
  const clients = clientsFor(options.identity.auth);
  const [{ projects }, iamClient, serviceUsage, { services: betaServices }] = await Promise.all([
    clients.resourceManager(),
    clients.iam(),
    clients.serviceUsage(),
    clients.serviceUsageBeta(),
  ]);
  const { serviceAccounts } = iamClient.projects;
  const { services } = serviceUsage;
  const version = 3;

  type Send = (options: RequestOptions) => Promise<{ readonly data: unknown }>;
  const call = <T>(service: string, answer: z.ZodType<T>, send: Send, repeatable: boolean): Promise<T> =>
    calls.call({ service, answer, repeatable, send: async one => (await send(one)).data });
  const read = <T>(service: string, answer: z.ZodType<T>, send: Send) => call(service, answer, send, true);
  const write = <T>(service: string, answer: z.ZodType<T>, send: Send) => call(service, answer, send, false);

  const send = ({ service, method, path, data }: ApiRequest, one: RequestOptions) =>
    clients.auth.request({
      url: `https://${service}.googleapis.com/${path}`,
      method,
      ...(data ? { data } : {}),
      ...one,
    });

  const getAccount = (name: string) => read('iam', ServiceAccount, one => serviceAccounts.get({ name }, one));

  return {
    ...createClusterWrites(calls, clients),

    /**
     * The allow policy as it stands, whole, with its etag. `resource`: `projects/P`, `projects/P/serviceAccounts/E`, or the full
     * resource name of something below a project.
     */
    readPolicy(resource: string): Promise<WritablePolicy> {
      const below = parseFullName(resource);
      if (below) return read(below.service, WritablePolicy, one => send(readPolicyRequest(below), one));
      if (resource.includes('/serviceAccounts/')) {
        const request = { resource, 'options.requestedPolicyVersion': version };
        return read('iam', WritablePolicy, one => serviceAccounts.getIamPolicy(request, one));
      }
      const request = { resource, requestBody: { options: { requestedPolicyVersion: version } } };
      return read('cloudresourcemanager', WritablePolicy, one => projects.getIamPolicy(request, one));
    },

    /** Writes bindings under the etag they were read with: anybody's write in between makes this one fail (409, 412). */
    writePolicy(resource: string, { bindings, etag }: WritablePolicy): Promise<WritablePolicy> {
      const below = parseFullName(resource);
      if (below) {
        return write(below.service, WritablePolicy, one => send(writePolicyRequest(below, { bindings, etag }), one));
      }
      const request = { resource, requestBody: { policy: { bindings, etag, version } } };
      return resource.includes('/serviceAccounts/')
        ? write('iam', WritablePolicy, one => serviceAccounts.setIamPolicy(request, one))
        : write('cloudresourcemanager', WritablePolicy, one => projects.setIamPolicy(request, one));
    },

    /** Makes Google create a service's agent in a project again, where it is gone (serviceusage services.generateServiceIdentity). */
    async generateServiceIdentity(projectNumber: string, service: string): Promise<void> {
      const parent = `projects/${projectNumber}/services/${service}`;
      await write('serviceusage', ANY, one => betaServices.generateServiceIdentity({ parent }, one));
    },

    /** `ENABLED`, `DISABLED`; empty where Google doesn't tell. */
    async serviceState(project: string, service: string): Promise<string> {
      const name = `projects/${project}/services/${service}`;
      return (await read('serviceusage', Service, one => services.get({ name }, one))).state ?? '';
    },

    /** Whether an account is there, and disabled. */
    async serviceAccountState(name: string): Promise<'enabled' | 'disabled'> {
      return (await getAccount(name)).disabled ? 'disabled' : 'enabled';
    },

    async serviceAccountExists(name: string): Promise<boolean> {
      try {
        await getAccount(name);
        return true;
      } catch (error) {
        if (GoogleApiError.from(error).status === 404) return false;
        throw error;
      }
    },

    async enableService(project: string, service: string): Promise<void> {
      const request = { name: `projects/${project}/services/${service}`, requestBody: {} };
      await write('serviceusage', ANY, one => services.enable(request, one));
    },

    async disableService(project: string, service: string): Promise<void> {
      const requestBody = { disableDependentServices: false };
      const request = { name: `projects/${project}/services/${service}`, requestBody };
      await write('serviceusage', ANY, one => services.disable(request, one));
    },

    /** `name`: `projects/P/serviceAccounts/EMAIL`. */
    async enableServiceAccount(name: string): Promise<void> {
      await write('iam', ANY, one => serviceAccounts.enable({ name, requestBody: {} }, one));
    },

    async disableServiceAccount(name: string): Promise<void> {
      await write('iam', ANY, one => serviceAccounts.disable({ name, requestBody: {} }, one));
    },

    /** Only within 30 days of the deletion, by the account's unique id. */
    async undeleteServiceAccount(project: string, uniqueId: string): Promise<void> {
      const name = `projects/${project}/serviceAccounts/${uniqueId}`;
      await write('iam', ANY, one => serviceAccounts.undelete({ name, requestBody: {} }, one));
    },
  };
}
