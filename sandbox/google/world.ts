/**
 * The state of the simulated Google Cloud. It is plain JSON: a snapshot is a copy of it, and loading a snapshot replaces
 * everything. Resources have the form of Google's REST APIs.
 */

import type { KubernetesObject } from './kubernetes/server.ts';
import type { Condition, Json, JsonObject, Policy } from './policy-types.ts';
import type { AccessBoundary, AccessPolicy, CloudResource, DeniedRequest } from './world-resources.ts';

export type { Binding, Condition, Json, JsonObject, Policy } from './policy-types.ts';

/** google.iam.admin.v1.Role of a project or an organization; the key of the record is its name. */
export type CustomRole = {
  title: string;
  description?: string;
  includedPermissions: string[];
  stage: 'ALPHA' | 'BETA' | 'GA' | 'DEPRECATED' | 'DISABLED' | 'EAP';
  deleted?: boolean;
  etag: string;
};

/** A rule of google.iam.v2.Policy. */
export type DenyRule = {
  description?: string;
  denyRule: {
    deniedPrincipals?: string[];
    exceptionPrincipals?: string[];
    deniedPermissions?: string[];
    exceptionPermissions?: string[];
    denialCondition?: Condition;
  };
};
export type DenyPolicy = { id: string; uid: string; displayName?: string; etag: string; rules: DenyRule[] };

/** A rule of google.cloud.orgpolicy.v2.PolicySpec. */
export type OrgPolicyRule = {
  enforce?: boolean;
  allowAll?: boolean;
  denyAll?: boolean;
  values?: { allowedValues?: string[]; deniedValues?: string[] };
};

type HierarchyNode = {
  displayName: string;
  state: 'ACTIVE' | 'DELETE_REQUESTED';
  createTime: string;
  policy: Policy;
  denyPolicies: DenyPolicy[];
  /** By constraint, without the prefix `constraints/`. */
  orgPolicies: { [constraint: string]: OrgPolicyRule[] };
};

export type Organization = HierarchyNode & { roles: { [name: string]: CustomRole }; directoryCustomerId: string };
/** `parent` is `folders/F` or `organizations/O`. */
export type Folder = HierarchyNode & { parent: string };

export type ServiceAccount = {
  email: string;
  uniqueId: string;
  displayName?: string;
  description?: string;
  disabled?: boolean;
  /** When it was deleted; it can be undeleted for 30 days. */
  deleteTime?: string;
  oauth2ClientId: string;
  etag: string;
  policy: Policy;
};

/** container v1 NodePool. Only the fields that the simulator reads are typed. */
export type NodePool = JsonObject & {
  name: string;
  version: string;
  status: string;
  config: JsonObject;
};

/** container v1 Cluster. Only the fields that the simulator reads are typed. */
export type ClusterResource = JsonObject & {
  name: string;
  location: string;
  status: string;
  endpoint: string;
  currentMasterVersion: string;
  nodePools: NodePool[];
};

/** Simulated failures of a cluster's API server. */
export type ApiServerState = {
  /** It refuses connections. */
  down?: boolean;
  /** The caller's address is in no authorized network: connections open, and nothing answers. */
  networksClosed?: boolean;
  /** Its certificate is signed by a newer CA than the one in the cluster resource. */
  rotatedCa?: boolean;
};

export type Cluster = {
  resource: ClusterResource;
  /** The objects of its API server; absent where no API server runs, as in a fleet of a thousand clusters. */
  objects?: KubernetesObject[];
  apiServer?: ApiServerState;
};

/** The change that a container operation makes when it completes, as JSON merge patches (RFC 7396). */
export type ClusterChange = {
  cluster: string;
  patch?: JsonObject;
  nodePool?: string;
  nodePoolPatch?: JsonObject;
  addNodePool?: NodePool;
  removeNodePool?: string;
  /** The pool whose nodes are replaced by new ones. */
  recreatesNodesOf?: string;
};

/** A long-running operation of any service, driven by the simulated clock. Times in ms since the epoch. */
export type Operation = {
  /** The operation's resource name in the API of its service. */
  name: string;
  service: string;
  startAt: number;
  runAt: number;
  doneAt: number;
  settled: boolean;
  error?: { code: number; message: string };
  aborting?: boolean;
  /** container: the fields of its Operation that never change. */
  resource?: JsonObject;
  change?: ClusterChange;
  /** serviceusage: the new state of each service, and the response. */
  services?: { [service: string]: 'ENABLED' | 'DISABLED' };
  response?: JsonObject;
};

export type Project = HierarchyNode & {
  projectId: string;
  projectNumber: string;
  parent?: string;
  labels?: { [key: string]: string };
  roles: { [name: string]: CustomRole };
  /** By service name (`container.googleapis.com`); a service without an entry is DISABLED. */
  services: { [service: string]: 'ENABLED' | 'DISABLED' };
  /** By email. */
  serviceAccounts: { [email: string]: ServiceAccount };
  /** The service agents of this project that exist (`service-PN@…`). */
  serviceAgents: string[];
  /** By `LOCATION/NAME`. */
  clusters: { [key: string]: Cluster };
  /** Zones that a list over all locations reports in `missingZones`. */
  missingZones: string[];
  /** Whether the workload identity pool `P.svc.id.goog` exists: the first cluster that enables it creates it. */
  workloadIdentityPool: boolean;
  /** recommender v1 Recommendations. */
  recommendations: JsonObject[];
  /** gkehub v1 Memberships. */
  memberships: JsonObject[];
  /** logging v2 LogEntries. */
  logEntries: JsonObject[];
  /** How many answers of a search in the logs come back empty, with a page token, before its entries do. */
  slowLogSearch?: number;
  /** By full resource name with the project's id: `//pubsub.googleapis.com/projects/P/topics/T`. */
  resources?: { [fullName: string]: CloudResource };
};

export type Group = {
  /** Emails of users, service accounts and groups. */
  members: string[];
  /** Hides the members from callers of Policy Troubleshooter. */
  hidden?: boolean;
};

/**
 * Who an access token belongs to; `expiresAt` in ms since the epoch. A federated token has a `principal://…` in place of
 * an email, and the `principalSet://…` that it is in.
 */
export type Token = { email: string; expiresAt: number; scopes: string[]; principalSets?: string[] };

export type World = {
  organizations: { [name: string]: Organization };
  folders: { [name: string]: Folder };
  /** By project id. */
  projects: { [projectId: string]: Project };
  groups: { [email: string]: Group };
  tokens: { [token: string]: Token };
  operations: Operation[];
  /** By name: `accessPolicies/NUMBER`. */
  accessPolicies?: { [name: string]: AccessPolicy };
  accessBoundaries?: AccessBoundary[];
  /** By `error_info_id`. */
  deniedRequests?: { [errorInfoId: string]: DeniedRequest };
  /** How long an operation stays PENDING and then RUNNING, in ms of simulated time. */
  operationTimes: { pending: number; running: number };
  /** A counter for etags, ids and operation names: they are unique, and the same in every run. */
  serial: number;
};

/** A number that this world has not used yet. */
export function nextSerial(world: World): number {
  world.serial += 1;
  return world.serial;
}

/** A new etag: base64 of eight bytes, as IAM's are. */
export function newEtag(world: World): string {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(0x07064000, 0);
  bytes.writeUInt32BE(nextSerial(world), 4);
  return bytes.toString('base64');
}

/** The record's own value for a key. Keys come from callers, who may send `__proto__` or `constructor`. */
export function own<T>(record: { [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The project with this id or number. */
export function findProject(world: World, idOrNumber: string): Project | undefined {
  return own(world.projects, idOrNumber) ?? Object.values(world.projects).find(p => p.projectNumber === idOrNumber);
}

/** The service account with this email or unique id, deleted ones included, and its project. */
export function findServiceAccount(
  world: World,
  emailOrUniqueId: string,
): { project: Project; account: ServiceAccount } | undefined {
  for (const project of Object.values(world.projects)) {
    const byEmail = own(project.serviceAccounts, emailOrUniqueId);
    if (byEmail) return { project, account: byEmail };
  }
  if (!/^\d+$/.test(emailOrUniqueId)) return undefined;
  for (const project of Object.values(world.projects)) {
    const account = Object.values(project.serviceAccounts).find(a => a.uniqueId === emailOrUniqueId);
    if (account) return { project, account };
  }
  return undefined;
}

/** The full resource name of a cluster, as the container API takes it. */
export function clusterName(project: Project, cluster: Cluster): string {
  return `projects/${project.projectId}/locations/${cluster.resource.location}/clusters/${cluster.resource.name}`;
}

/** The cluster of a full resource name. */
export function findCluster(world: World, name: string): { project: Project; cluster: Cluster } | undefined {
  const match = /^projects\/([^/]+)\/(?:locations|zones)\/([^/]+)\/clusters\/([^/]+)/.exec(name);
  const project = findProject(world, match?.[1] ?? '');
  const cluster = project && own(project.clusters, `${match?.[2]}/${match?.[3]}`);
  return project && cluster && { project, cluster };
}

/** JSON merge patch (RFC 7396): null removes a field, objects are merged, other values replace. `target` stays as it is. */
export function mergePatch<T extends JsonObject>(target: T, patch: JsonObject): T {
  const merged: JsonObject = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    if (value === null) delete merged[key];
    else if (isObject(value)) merged[key] = mergePatch(asObject(merged[key]), value);
    else merged[key] = value;
  }
  return merged as T;
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object; any other value becomes an empty object. */
export function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

/** The value as a string; any other value becomes an empty string. */
export function asString(value: Json): string {
  return typeof value === 'string' ? value : '';
}

/** The strings in an array; any other value becomes an empty array. */
export function asStrings(value: Json): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}
