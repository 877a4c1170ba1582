import { serviceTitles } from '../services/catalogue.ts';
import { type Group, type JsonObject, newEtag, type Organization, type Project, type World } from '../world.ts';
import type { AccessBoundary, DeniedRequest } from '../world-resources.ts';
import { type PerimeterOptions, servicePerimeter } from './perimeter.ts';
import { bindTo, type ConditionText, createTime, ProjectBuilder } from './project.ts';

export const organizationName = 'organizations/111111111111';
export const folderName = 'folders/222222222222';

/** Builds a world: one organization, one folder, and projects in it. */
export class WorldBuilder {
  readonly world: World = {
    organizations: {},
    folders: {},
    projects: {},
    groups: {},
    tokens: {},
    operations: [],
    operationTimes: { pending: 200, running: 1_000 },
    serial: 0,
  };

  constructor() {
    const node = { state: 'ACTIVE' as const, createTime, denyPolicies: [], orgPolicies: {} };
    this.world.organizations[organizationName] = {
      ...node,
      displayName: 'example.com',
      policy: { etag: newEtag(this.world), bindings: [] },
      orgPolicies: {},
      denyPolicies: [],
      roles: {},
      directoryCustomerId: 'C01abcdef',
    };
    this.world.folders[folderName] = {
      ...node,
      displayName: 'platform',
      parent: organizationName,
      policy: { etag: newEtag(this.world), bindings: [] },
      orgPolicies: {},
      denyPolicies: [],
    };
  }

  get organization(): Organization {
    const organization = this.world.organizations[organizationName];
    if (!organization) throw new Error('the world has no organization');
    return organization;
  }

  /** Adds a project to the folder, with all APIs enabled, and with the service agents and their roles. */
  project(projectId: string, projectNumber: string): ProjectBuilder {
    const project: Project = {
      projectId,
      projectNumber,
      displayName: projectId,
      state: 'ACTIVE',
      createTime,
      parent: folderName,
      policy: { etag: newEtag(this.world), bindings: [] },
      denyPolicies: [],
      orgPolicies: {},
      roles: {},
      services: Object.fromEntries(Object.keys(serviceTitles).map(service => [service, 'ENABLED'])),
      serviceAccounts: {},
      serviceAgents: [],
      clusters: {},
      missingZones: [],
      workloadIdentityPool: false,
      recommendations: [],
      memberships: [],
      logEntries: [],
    };
    this.world.projects[projectId] = project;
    const builder = new ProjectBuilder(this.world, project);
    const { gke, node, googleApis } = builder.agents;
    const compute = `serviceAccount:service-${projectNumber}@compute-system.iam.gserviceaccount.com`;
    project.serviceAgents.push(
      ...[gke, node, googleApis, compute].map(member => member.replace('serviceAccount:', '')),
    );
    builder.serviceAccount('compute', {
      email: builder.computeAccount,
      roles: ['roles/container.defaultNodeServiceAccount'],
    });
    return builder
      .bind('roles/container.serviceAgent', gke)
      .bind('roles/container.defaultNodeServiceAgent', node)
      .bind('roles/editor', googleApis)
      .bind('roles/compute.serviceAgent', compute);
  }

  bindOnFolder(role: string, member: string, condition?: ConditionText): this {
    const folder = this.world.folders[folderName];
    if (folder) bindTo(this.world, folder, role, member, condition);
    return this;
  }

  bindOnOrganization(role: string, member: string, condition?: ConditionText): this {
    bindTo(this.world, this.organization, role, member, condition);
    return this;
  }

  /** Creates a custom role of the organization. */
  organizationRole(id: string, includedPermissions: string[]): string {
    const name = `${organizationName}/roles/${id}`;
    this.organization.roles[name] = { title: id, includedPermissions, stage: 'GA', etag: newEtag(this.world) };
    return name;
  }

  /** An Access Context Manager policy of the organization, with its perimeters and levels by short name. */
  accessPolicy(
    number: string,
    options: { perimeters?: { [name: string]: PerimeterOptions }; accessLevels?: { [name: string]: JsonObject } } = {},
  ): this {
    const name = `accessPolicies/${number}`;
    const { perimeters = {}, accessLevels = {} } = options;
    this.world.accessPolicies = {
      ...this.world.accessPolicies,
      [name]: {
        resource: { name, parent: organizationName, title: 'default policy', etag: newEtag(this.world) },
        servicePerimeters: Object.entries(perimeters).map(([id, perimeter]) => servicePerimeter(name, id, perimeter)),
        accessLevels: Object.entries(accessLevels).map(([id, level]) => ({
          name: `${name}/accessLevels/${id}`,
          title: id,
          ...level,
        })),
      },
    };
    return this;
  }

  /** A principal access boundary policy that is bound to these members, or to everybody in the organization. */
  accessBoundary(id: string, options: Omit<AccessBoundary, 'id'>): this {
    this.world.accessBoundaries = [...(this.world.accessBoundaries ?? []), { id, ...options }];
    return this;
  }

  /** A denial that `troubleshootError` knows by its id, after as many 404s as `notFound` says (one by default). */
  deniedRequest(errorInfoId: string, denied: Omit<DeniedRequest, 'notFound'> & { notFound?: number }): this {
    this.world.deniedRequests = { ...this.world.deniedRequests, [errorInfoId]: { notFound: 1, ...denied } };
    return this;
  }

  group(email: string, members: string[], options: Pick<Group, 'hidden'> = {}): this {
    this.world.groups[email] = { members, ...options };
    return this;
  }

  /** Adds an access token that is valid for `hours`. */
  token(token: string, email: string, hours = 24 * 365): this {
    this.world.tokens[token] = {
      email,
      expiresAt: Date.now() + hours * 3_600_000,
      scopes: [
        'https://www.googleapis.com/auth/cloud-platform',
        'https://www.googleapis.com/auth/userinfo.email',
        'openid',
      ],
    };
    return this;
  }
}
