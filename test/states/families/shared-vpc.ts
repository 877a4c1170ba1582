/** Clusters in the network of another project: what GKE's agents need there, and what must never be given there. */
import type { ProjectBuilder } from '../../../sandbox/google/build/project.ts';
import type { WorldBuilder } from '../../../sandbox/google/build/world.ts';
import type { JsonObject, World } from '../../../sandbox/google/world.ts';
import type { Expected, Family, Offer } from '../state.ts';
import { asDiagnoser, CLUSTER, healthy, only } from '../worlds.ts';

const SHARED = 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/cluster-shared-vpc';
const FABRIC =
  'https://github.com/GoogleCloudPlatform/cloud-foundation-fabric/blob/master/modules/project/sharedvpc-agent-iam.yaml';
const HOST_USE = 'terraform-google-modules/terraform-google-kubernetes-engine#616';
const BUDGET = 'crossplane-contrib/provider-gcp#436';

const check = 'agent-gke-service-agent';
const HOST_USER = 'roles/container.hostServiceAgentUser';
const NETWORK_USER = 'roles/compute.networkUser';
const SUBNET = 'projects/host-7/regions/asia-northeast1/subnetworks/gke';

const inHost: JsonObject = { networkConfig: { network: 'projects/host-7/global/networks/shared', subnetwork: SUBNET } };

/** cluster-x in the network of host-7. */
const shared = (
  change: (here: { world: WorldBuilder; project: ProjectBuilder; host: ProjectBuilder }) => void,
): World =>
  healthy({ fields: inHost }, ({ world, project }) => {
    change({ world, project, host: world.project('host-7', '777000000007') });
  });

/** The subnet of the host, and who is its network user by its own policy. */
function subnet(host: ProjectBuilder, ...members: string[]): void {
  const policy = { etag: 'BwYkAAAAAAE=', bindings: [{ role: NETWORK_USER, members }] };
  const resource = {
    kind: 'compute#subnetwork',
    name: 'gke',
    selfLink: `https://www.googleapis.com/compute/v1/${SUBNET}`,
  };
  Object.assign(host.project, { resources: { [`//compute.googleapis.com/${SUBNET}`]: { resource, policy } } });
}

/** Never GKE's own agent role on the host: it holds over a thousand permissions there. */
const agentOnHost: Offer = { params: { project: 'host-7', role: 'roles/container.serviceAgent' } };
const neverOnHost = [agentOnHost, { text: /host-7[^\n]*roles\/container\.serviceAgent/ }];

const denied = (permission: string, resource: string) => ({
  location: 'asia-northeast1',
  type: 'CREATE_NODE_POOL',
  target: 'clusters/cluster-x/nodePools/pool-a',
  minutesAgo: 20,
  minutes: 5,
  error: {
    code: 7,
    message: `Retry budget exhausted (5 attempts): Google Compute Engine: Required '${permission}' permission for '${resource}'.`,
  },
});
/** Both agents have what Google's page asks for. */
const complete = ({ project, host }: { project: ProjectBuilder; host: ProjectBuilder }): void => {
  host
    .bind(HOST_USER, project.agents.gke)
    .bind(NETWORK_USER, project.agents.gke)
    .bind(NETWORK_USER, project.agents.googleApis);
};
const onSubnet: Expected = {
  status: ['fail', 'warn', 'unknown'],
  says: [/compute\.subnetworks\.use/],
  offers: [{ text: /networkUser/ }, { text: /subnet/i }],
};

export const sharedVpc: Family = {
  name: 'shared-vpc',
  states: [
    {
      id: 'host-agent-user-missing',
      says: 'GKE’s service agent is no Host Service Agent User of the host project.',
      source: HOST_USE,
      world: () => shared(() => {}),
      arguments: only(check),
      expect: [
        {
          check,
          status: 'fail',
          says: [/host-7/],
          offers: [{ kind: 'grant-project-role', params: { project: 'host-7', role: HOST_USER } }],
          refuses: neverOnHost,
        },
      ],
    },
    {
      id: 'host-agent-user-held',
      says: 'Both agents hold on the host what Google’s page asks for.',
      source: SHARED,
      opposite: true,
      world: () => shared(complete),
      arguments: asDiagnoser,
      expect: [{ check, status: 'pass', refuses: [{ kind: 'grant-project-role' }] }],
      report: { refuses: [{ params: { project: 'host-7' } }] },
    },
    {
      id: 'host-agent-user-inherited',
      says: 'The host’s role is granted on the folder above it.',
      source: SHARED,
      opposite: true,
      world: () =>
        shared(({ world, project, host }) => {
          world.bindOnFolder(HOST_USER, project.agents.gke);
          host.bind(NETWORK_USER, project.agents.gke).bind(NETWORK_USER, project.agents.googleApis);
        }),
      arguments: only(check),
      expect: [{ check, status: 'pass', refuses: [{ kind: 'grant-project-role' }] }],
    },
    {
      id: 'subnet-use-denied',
      says: 'An operation failed because GKE’s agent may not use the subnet: it needs networkUser on the subnet.',
      source: SHARED,
      world: () =>
        shared(({ project, host }) => {
          host.bind(HOST_USER, project.agents.gke);
          subnet(host, project.agents.googleApis);
          project.operation(denied('compute.subnetworks.use', SUBNET));
        }),
      arguments: asDiagnoser,
      expect: [onSubnet],
      report: { refuses: neverOnHost },
    },
    {
      id: 'subnet-use-denied-terraform',
      says: 'The same from Terraform, pasted.',
      source: FABRIC,
      world: () =>
        shared(({ project, host }) => {
          host.bind(HOST_USER, project.agents.gke);
          subnet(host, project.agents.googleApis);
        }),
      arguments: ['explain'],
      input: `Error: googleapi: Error 403: Google Compute Engine: Required 'compute.subnetworks.use' permission for '${SUBNET}'.
service-123456789012@container-engine-robot.iam.gserviceaccount.com requires "compute.subnetworks.use" on projects/host-7, forbidden
  with google_container_node_pool.a of ${CLUSTER}
`,
      expect: [onSubnet],
      report: { refuses: neverOnHost },
    },
    {
      id: 'subnet-use-granted-since',
      says: 'Both agents are network users of the subnet by its own policy: the denial is over.',
      source: SHARED,
      opposite: true,
      world: () =>
        shared(({ project, host }) => {
          host.bind(HOST_USER, project.agents.gke);
          subnet(host, project.agents.gke, project.agents.googleApis);
          project.operation(denied('compute.subnetworks.use', SUBNET));
        }),
      arguments: asDiagnoser,
      expect: [{ check, status: 'pass' }],
      report: { refuses: [...neverOnHost, { kind: 'grant-project-role' }, { kind: 'grant-resource-role' }] },
    },
    {
      id: 'firewall-denied',
      says: 'An operation failed because GKE’s agent may not write firewall rules of the host: its administrator makes them.',
      source: SHARED,
      world: () =>
        shared(here => {
          complete(here);
          here.project.operation(denied('compute.firewalls.create', 'projects/host-7/global/firewalls/gke-cluster-x'));
        }),
      arguments: asDiagnoser,
      expect: [{ status: ['fail', 'warn', 'unknown'], says: [/compute\.firewalls\.create/, /host-7/, /admin/i] }],
      report: { refuses: [...neverOnHost, { params: { role: NETWORK_USER } }, { text: /networkUser/ }] },
    },
    {
      id: 'network-of-its-own',
      says: 'The cluster’s network is its own project’s; GKE’s agent lacks its role there.',
      source: BUDGET,
      opposite: true,
      world: () =>
        healthy({}, ({ project }) => {
          project.unbind('roles/container.serviceAgent');
        }),
      arguments: only(check),
      expect: [
        {
          check,
          status: 'fail',
          never: [/hostServiceAgent|Shared VPC/i],
          offers: [
            { kind: 'grant-project-role', params: { project: 'sandbox-1', role: 'roles/container.serviceAgent' } },
          ],
        },
      ],
    },
    {
      id: 'region-denied-in-own-project',
      says: 'An operation failed for a region of the cluster’s own project: there, the agent’s own role is the remedy.',
      source: BUDGET,
      opposite: true,
      world: () =>
        shared(here => {
          complete(here);
          here.project
            .unbind('roles/container.serviceAgent')
            .operation(denied('compute.regions.get', 'projects/sandbox-1/regions/asia-northeast1'));
        }),
      arguments: asDiagnoser,
      expect: [
        {
          check,
          status: 'fail',
          offers: [
            { kind: 'grant-project-role', params: { project: 'sandbox-1', role: 'roles/container.serviceAgent' } },
          ],
        },
      ],
      report: { refuses: neverOnHost },
    },
  ],
};
