import {
  type DenyRule,
  type JsonObject,
  newEtag,
  nextSerial,
  type OrgPolicyRule,
  type Project,
  type ServiceAccount,
  type World,
} from '../world.ts';
import { buildCluster, type ClusterOptions } from './cluster.ts';
import { ResourceBuilder } from './resources/builder.ts';

export const createTime = '2025-03-01T09:00:00.000Z';

type Bindable = { policy: Project['policy'] };
export type ConditionText = { title: string; expression: string };

/** Adds a binding to the policy of a resource. */
export function bindTo(world: World, holder: Bindable, role: string, member: string, condition?: ConditionText): void {
  const same = holder.policy.bindings.find(b => b.role === role && !condition && !b.condition);
  if (same) same.members.push(member);
  else holder.policy.bindings.push({ role, members: [member], ...(condition && { condition }) });
  holder.policy.etag = newEtag(world);
}

function unbindFrom(world: World, holder: Bindable, role: string, member?: string): void {
  for (const binding of holder.policy.bindings.filter(candidate => candidate.role === role)) {
    binding.members = member ? binding.members.filter(candidate => candidate !== member) : [];
  }
  holder.policy.bindings = holder.policy.bindings.filter(binding => binding.members.length > 0);
  holder.policy.etag = newEtag(world);
}

/** Builds a project. Each method adds one fact. */
export class ProjectBuilder extends ResourceBuilder {
  get id(): string {
    return this.project.projectId;
  }

  get number(): string {
    return this.project.projectNumber;
  }

  /** The name of the workload identity pool, even if the pool does not exist. */
  get pool(): string {
    return `${this.id}.svc.id.goog`;
  }

  /** The service agents of this project, as members. */
  get agents(): { gke: string; node: string; googleApis: string } {
    return {
      gke: `serviceAccount:service-${this.number}@container-engine-robot.iam.gserviceaccount.com`,
      node: `serviceAccount:service-${this.number}@gcp-sa-gkenode.iam.gserviceaccount.com`,
      googleApis: `serviceAccount:${this.number}@cloudservices.gserviceaccount.com`,
    };
  }

  /** Email of the Compute Engine default service account. */
  get computeAccount(): string {
    return `${this.number}-compute@developer.gserviceaccount.com`;
  }

  /** Grants a role on the project. */
  bind(role: string, member: string, condition?: ConditionText): this {
    bindTo(this.world, this.project, role, member, condition);
    return this;
  }

  /** Removes a role from a member, or from all members. */
  unbind(role: string, member?: string): this {
    unbindFrom(this.world, this.project, role, member);
    return this;
  }

  /**
   * Creates a service account of this project, with `roles` on the project.
   * @returns its email
   */
  serviceAccount(
    id: string,
    options: { roles?: string[]; disabled?: boolean; deleted?: boolean; email?: string } = {},
  ): string {
    const email = options.email ?? `${id}@${this.id}.iam.gserviceaccount.com`;
    const uniqueId = `1${String(nextSerial(this.world)).padStart(20, '0')}`;
    const account: ServiceAccount = {
      email,
      uniqueId,
      displayName: id,
      oauth2ClientId: uniqueId,
      etag: 'MDEwMjE5MjA=',
      policy: { etag: 'ACAB', bindings: [] },
      ...(options.disabled && { disabled: true }),
      ...(options.deleted && { deleteTime: new Date(Date.now() - 86_400_000).toISOString() }),
    };
    const before = this.project.serviceAccounts[email];
    if (before) this.project.serviceAccounts[`${email}#${before.uniqueId}`] = before;
    this.project.serviceAccounts[email] = account;
    for (const role of options.roles ?? []) {
      this.bind(role, options.deleted ? `deleted:serviceAccount:${email}?uid=${uniqueId}` : `serviceAccount:${email}`);
    }
    return email;
  }

  disableAccount(email: string): this {
    const account = this.project.serviceAccounts[email];
    if (!account) throw new Error(`${this.id} has no service account ${email}`);
    account.disabled = true;
    return this;
  }

  /** Grants a role on a service account of this project. */
  bindOn(serviceAccount: string, role: string, member: string, condition?: ConditionText): this {
    const account = this.project.serviceAccounts[serviceAccount];
    if (!account) throw new Error(`${this.id} has no service account ${serviceAccount}`);
    bindTo(this.world, account, role, member, condition);
    return this;
  }

  unbindOn(serviceAccount: string, role: string, member?: string): this {
    const account = this.project.serviceAccounts[serviceAccount];
    if (!account) throw new Error(`${this.id} has no service account ${serviceAccount}`);
    unbindFrom(this.world, account, role, member);
    return this;
  }

  /**
   * Creates a custom role of the project.
   * @returns its name
   */
  role(
    id: string,
    includedPermissions: string[],
    options: { stage?: 'GA' | 'DISABLED'; deleted?: boolean } = {},
  ): string {
    const name = `projects/${this.id}/roles/${id}`;
    const { stage = 'GA', deleted } = options;
    this.project.roles[name] = {
      title: id,
      includedPermissions,
      stage,
      etag: newEtag(this.world),
      ...(deleted && { deleted }),
    };
    return name;
  }

  /** Adds a cluster, and the workload identity pool unless that is disabled. */
  cluster(options: ClusterOptions): this {
    const cluster = buildCluster({ projectId: this.id, projectNumber: this.number }, options);
    this.project.clusters[`${cluster.resource.location}/${options.name}`] = cluster;
    if (options.workloadIdentity !== false) this.project.workloadIdentityPool = true;
    return this;
  }

  disable(...services: string[]): this {
    for (const service of services) this.project.services[service] = 'DISABLED';
    return this;
  }

  /** Sets an organization policy on the project. */
  orgPolicy(constraint: string, ...rules: OrgPolicyRule[]): this {
    this.project.orgPolicies[constraint] = rules;
    return this;
  }

  deny(id: string, ...rules: DenyRule['denyRule'][]): this {
    const serial = nextSerial(this.world);
    this.project.denyPolicies.push({
      id,
      uid: `0a1b2c3d-0000-4000-8000-${String(serial).padStart(12, '0')}`,
      displayName: id,
      etag: newEtag(this.world),
      rules: rules.map(denyRule => ({ denyRule })),
    });
    return this;
  }

  /** Adds the GKE recommendation for a node account that lacks permissions. */
  recommend(location: string, cluster: string, state = 'ACTIVE'): this {
    const id = `recommendation-${nextSerial(this.world)}`;
    this.project.recommendations.push({
      name: `projects/${this.number}/locations/${location}/recommenders/google.container.DiagnosisRecommender/recommendations/${id}`,
      description:
        'Grant roles/container.defaultNodeServiceAccount role to Node service account to allow for non-degraded operations.',
      lastRefreshTime: createTime,
      primaryImpact: { category: 'RELIABILITY', reliabilityProjection: { risks: ['SERVICE_DISRUPTION'] } },
      content: {
        overview: {
          targetClusters: [
            {
              clusterUri: `//container.googleapis.com/projects/${this.number}/locations/${location}/clusters/${cluster}`,
            },
          ],
        },
      },
      stateInfo: { state },
      etag: `"${nextSerial(this.world).toString(16).padStart(16, '0')}"`,
      recommenderSubtype: 'NODE_SA_MISSING_PERMISSIONS',
      targetResources: [`//container.googleapis.com/projects/${this.number}/locations/${location}/clusters/${cluster}`],
      priority: 'P2',
    });
    return this;
  }

  /** Adds an operation of the container API that has ended, or that is running. */
  operation(options: {
    location: string;
    type: string;
    /** `clusters/C` or `clusters/C/nodePools/NP`. */
    target: string;
    /** Minutes since it began. */
    minutesAgo: number;
    /** Minutes from its beginning to its end. */
    minutes: number;
    error?: { code: number; message: string };
  }): this {
    const { location, type, target, error } = options;
    const startAt = Date.now() - options.minutesAgo * 60_000;
    const parent = `projects/${this.id}/locations/${location}`;
    this.world.operations.push({
      name: `${parent}/operations/operation-${startAt}-${nextSerial(this.world).toString(16).padStart(8, '0')}`,
      service: 'container.googleapis.com',
      startAt,
      runAt: startAt + 1_000,
      doneAt: startAt + options.minutes * 60_000,
      settled: false,
      ...(error && { error }),
      resource: {
        operationType: type,
        zone: location,
        location,
        targetLink: `https://container.googleapis.com/v1/projects/${this.number}/locations/${location}/${target}`,
      },
      change: { cluster: `${parent}/${target.split('/').slice(0, 2).join('/')}` },
    });
    return this;
  }

  /** Adds entries of Cloud Logging. */
  log(...entries: JsonObject[]): this {
    this.project.logEntries.push(...entries.map(entry => ({ insertId: String(nextSerial(this.world)), ...entry })));
    return this;
  }

  /** Lets a search in the logs answer empty, with a page token, this many times before it finds anything. */
  slowLogSearch(emptyAnswers: number): this {
    this.project.slowLogSearch = emptyAnswers;
    return this;
  }

  /** Adds a fleet membership of a cluster. */
  membership(name: string, location: string, cluster: string): this {
    this.project.memberships.push({
      name: `projects/${this.id}/locations/${location}/memberships/${name}`,
      endpoint: {
        gkeCluster: {
          resourceLink: `//container.googleapis.com/projects/${this.id}/locations/${location}/clusters/${cluster}`,
        },
      },
      state: { code: 'READY' },
      authority: { workloadIdentityPool: this.pool },
      createTime,
    });
    return this;
  }
}
