import { type Binding, type JsonObject, newEtag, type Project, type World } from '../../world.ts';
import { type RegistrySettings, type RepositoryOptions, registrySettings, repository } from './artifact-registry.ts';
import { type DatasetOptions, dataset } from './bigquery.ts';
import { disk, vmInstance, type ZonalOptions } from './compute.ts';
import { type KeyOptions, type KeyRingOptions, key, keyRing } from './kms.ts';
import { type DnsZoneOptions, dnsZone, type SubnetworkOptions, subnetwork } from './networking.ts';
import { type SubscriptionOptions, subscription, topic } from './pubsub.ts';
import type { PolicyOptions, ResourceEntries } from './resource.ts';
import { type SecretOptions, secret } from './secret-manager.ts';
import { type SpannerOptions, spannerInstance } from './spanner.ts';
import { type BucketOptions, bucket } from './storage.ts';
import { type PoolOptions, workloadIdentityPool } from './workload-identity.ts';

/** Builds resources in a project. Every method returns the full resource name of what it made. */
export class ResourceBuilder {
  readonly world: World;
  readonly project: Project;

  constructor(world: World, project: Project) {
    this.world = world;
    this.project = project;
  }

  #add(entries: ResourceEntries): string {
    this.project.resources = { ...this.project.resources, ...Object.fromEntries(entries) };
    return entries[0]?.[0] ?? '';
  }

  bucket(name: string, options: BucketOptions = {}): string {
    return this.#add(bucket(this.project, name, options));
  }

  secret(id: string, options: SecretOptions = {}): string {
    return this.#add(secret(this.project, id, options));
  }

  topic(id: string, options: PolicyOptions = {}): string {
    return this.#add(topic(this.project, id, options));
  }

  subscription(id: string, options: SubscriptionOptions): string {
    return this.#add(subscription(this.project, id, options));
  }

  dataset(id: string, options: DatasetOptions = {}): string {
    return this.#add(dataset(this.project, id, options));
  }

  keyRing(id: string, options: KeyRingOptions = {}): string {
    return this.#add(keyRing(this.project, id, options));
  }

  /** A key, and its ring where that is not there yet. */
  key(id: string, options: KeyOptions): string {
    const [ring] = keyRing(this.project, options.ring, options.location ? { location: options.location } : {});
    if (ring && !this.project.resources?.[ring[0]]) this.#add([ring]);
    return this.#add(key(this.project, id, options));
  }

  repository(id: string, options: RepositoryOptions = {}): string {
    return this.#add(repository(this.project, id, options));
  }

  registrySettings(settings: RegistrySettings): string {
    return this.#add(registrySettings(this.project, settings));
  }

  spannerInstance(id: string, options: SpannerOptions = {}): string {
    return this.#add(spannerInstance(this.project, id, options));
  }

  dnsZone(id: string, options: DnsZoneOptions = {}): string {
    return this.#add(dnsZone(this.project, id, options));
  }

  disk(id: string, options: ZonalOptions = {}): string {
    return this.#add(disk(this.project, id, options));
  }

  vmInstance(id: string, options: ZonalOptions = {}): string {
    return this.#add(vmInstance(this.project, id, options));
  }

  subnetwork(id: string, options: SubnetworkOptions = {}): string {
    return this.#add(subnetwork(this.project, id, options));
  }

  workloadIdentityPool(id: string, options: PoolOptions = {}): string {
    return this.#add(workloadIdentityPool(this.project, id, options));
  }

  /** Grants a role on a resource of this project (full resource name). */
  bindOnResource(fullName: string, role: string, member: string, condition?: Binding['condition']): this {
    const policy = this.project.resources?.[fullName]?.policy;
    if (!policy) throw new Error(`${this.project.projectId} has no resource with a policy ${fullName}`);
    policy.bindings.push({ role, members: [member], ...(condition && { condition }) });
    policy.etag = newEtag(this.world);
    return this;
  }

  /** Takes a role on a resource away from a member, or from everybody. */
  unbindOnResource(fullName: string, role: string, member?: string): this {
    const policy = this.project.resources?.[fullName]?.policy;
    if (!policy) throw new Error(`${this.project.projectId} has no resource with a policy ${fullName}`);
    const left = (members: string[]): string[] => (member ? members.filter(other => other !== member) : []);
    policy.bindings = policy.bindings
      .map(binding => (binding.role === role ? { ...binding, members: left(binding.members) } : binding))
      .filter(({ members }) => members.length > 0);
    policy.etag = newEtag(this.world);
    return this;
  }

  /** Turns audit logs of a service on (`allServices` for all): DATA_READ, DATA_WRITE, ADMIN_READ. */
  auditLogs(service: string, ...logTypes: ('DATA_READ' | 'DATA_WRITE' | 'ADMIN_READ')[]): this {
    const config: JsonObject = { service, auditLogConfigs: logTypes.map(logType => ({ logType })) };
    this.project.policy.auditConfigs = [...(this.project.policy.auditConfigs ?? []), config];
    return this;
  }
}
