/** What an error names, and what people paste around it. */
import { describe, expect, it } from 'vitest';
import type { Entities, ProblemId } from '../../src/contracts/explanation.ts';
import { explainText } from '../../src/explain/recognize.ts';
import { toRequest } from '../../src/explain/target.ts';

const CLUSTER = 'projects/shop-prod-1/locations/us-east1/clusters/web';
const WEB: Entities = { project: 'shop-prod-1', location: 'us-east1', cluster: 'web' };
const DENIED =
  'ERROR: (gcloud.container.clusters.get-credentials) ResponseError: code=403, message=Required "container.clusters.get" permission(s)';
const ROLE = 'Grant roles/container.defaultNodeServiceAccount role to Node service account';

const named = (text: string) => explainText(text).matches[0];

describe('the named groups', () => {
  it.each<[ProblemId, string, Entities]>([
    [
      'nodepool-requires-recreation',
      'googleapi: Error 400: Node pool "blue" requires recreation.',
      { nodePool: 'blue', statusCode: '400' },
    ],
    [
      'gce-permission-retry-budget',
      "Retry budget exhausted (5 attempts): Google Compute Engine: Required 'compute.regions.get' permission for 'projects/shop-prod-1/regions/europe-west3'",
      {
        permission: 'compute.regions.get',
        resource: 'projects/shop-prod-1/regions/europe-west3',
        project: 'shop-prod-1',
      },
    ],
    [
      'gce-permission-retry-budget',
      "Retry budget exhausted: Google Compute Engine: Required permission 'compute.networks.get' for 'projects/shop-prod-1/global/networks/main'",
      { permission: 'compute.networks.get', resource: 'projects/shop-prod-1/global/networks/main' },
    ],
    [
      'wi-iamcredentials-api',
      'IAM Service Account Credentials API has not been used in project 889403714106 before or it is disabled.',
      { projectNumber: '889403714106', service: 'iamcredentials.googleapis.com' },
    ],
    [
      'api-enabled',
      'Kubernetes Engine API has not been used in project shop-prod-1 before or it is disabled.',
      { project: 'shop-prod-1', service: 'container.googleapis.com' },
    ],
    [
      'wi-workload-pool',
      'googleapi: Error 400: Identity Pool does not exist (shop-prod-1.svc.id.goog).',
      { project: 'shop-prod-1' },
    ],
    [
      'wi-gsa-binding',
      'googleapi: Error 403: Primary: /namespaces/shop-prod-1.svc.id.goog with additional claims does not have storage.objects.list access to the bucket.',
      { project: 'shop-prod-1', permission: 'storage.objects.list' },
    ],
    [
      'rbac-forbidden',
      'Error from server (Forbidden): pods is forbidden: User "kim@example.com" cannot list resource "pods" in API group "" in the namespace "cart": requires one of ["container.pods.list"] permission(s).',
      {
        principal: 'kim@example.com',
        verb: 'list',
        kubernetesResource: 'pods',
        namespace: 'cart',
        permission: 'container.pods.list',
      },
    ],
    [
      'rbac-forbidden',
      'ingresses is forbidden: User "system:serviceaccount:edge:ingress" cannot get backendconfigs.cloud.google.com in the namespace "cart": Required "container.backendConfigs.get" permission.',
      {
        principal: 'system:serviceaccount:edge:ingress',
        verb: 'get',
        kubernetesResource: 'backendconfigs',
        apiGroup: 'cloud.google.com',
        permission: 'container.backendConfigs.get',
      },
    ],
    [
      'agent-gke-service-agent',
      'googleapi: Error 403: Kubernetes Engine Service Agent is missing required permissions on this project: required "container.hostServiceAgent.use" permission(s) for "projects/host-prod-1".',
      { permission: 'container.hostServiceAgent.use', resource: 'projects/host-prod-1', project: 'host-prod-1' },
    ],
    [
      'caller-act-as',
      'The user does not have access to service account "node@shop-prod-1.iam.gserviceaccount.com". Ask a project owner to grant you the iam.serviceAccountUser role on the service account.',
      { iamServiceAccount: 'node@shop-prod-1.iam.gserviceaccount.com' },
    ],
    [
      'caller-clusters-get',
      `${DENIED} for "${CLUSTER}".`,
      { ...WEB, permission: 'container.clusters.get', resource: CLUSTER, statusCode: '403' },
    ],
    [
      'cluster-not-found',
      `ERROR: code=404, message=Not found: ${CLUSTER}.`,
      { ...WEB, resource: CLUSTER, statusCode: '404' },
    ],
    ['cluster-not-found', "ERROR: No cluster named 'web' in shop-prod-1.", { cluster: 'web', project: 'shop-prod-1' }],
    [
      'wi-control-plane-unavailable',
      'gke-metadata-server: Get "https://34.12.13.14/api/v1/pods": dial tcp 34.12.13.14:443: connect: connection refused',
      { host: '34.12.13.14' },
    ],
    [
      'wi-metadata-dns',
      'dial tcp: lookup metadata.google.internal on 10.0.0.10:53: no such host',
      { host: 'metadata.google.internal' },
    ],
    [
      'caller-clusters-get',
      'Get "https://gke-0a1b2c-123456789012.us-east1.gke.goog/api": <title>Error 403 (Forbidden)!!1</title>',
      { host: 'gke-0a1b2c-123456789012.us-east1.gke.goog', statusCode: '403' },
    ],
    [
      'org-policy-blocked',
      'Error 412: Constraint constraints/iam.allowedPolicyMemberDomains violated for projects/shop-prod-1.',
      { constraint: 'constraints/iam.allowedPolicyMemberDomains', project: 'shop-prod-1' },
    ],
  ])('%s: %s', (problem, text, entities) => {
    expect(named(text)).toMatchObject({ problem, entities });
  });
});

describe('what stands around an error', () => {
  it.each<[string, string, Entities]>([
    [
      'who gcloud was',
      `This command is authenticated as kim@example.com which is the active account specified by the [core/account] property.\n${DENIED}.`,
      { principal: 'kim@example.com' },
    ],
    [
      'a service account that gcloud was',
      `This command is authenticated as ci@shop-prod-1.iam.gserviceaccount.com which is the active account.\n${DENIED}.`,
      { principal: 'ci@shop-prod-1.iam.gserviceaccount.com' },
    ],
    [
      'the flags of a command',
      `$ gcloud container clusters get-credentials web --location us-east1 --project shop-prod-1\n${DENIED}.`,
      WEB,
    ],
    [
      'flags with =, in another order',
      `$ gcloud --project=shop-prod-1 container clusters describe web --zone=us-east1\n${DENIED}.`,
      WEB,
    ],
    [
      'a --cluster flag',
      `$ gcloud container node-pools list --cluster=web --region=us-east1 --project=shop-prod-1\n${DENIED}.`,
      WEB,
    ],
    [
      'a context in a command',
      `$ kubectl --context gke_shop-prod-1_us-east1_web get ns\nerror: You must be logged in to the server (Unauthorized)`,
      WEB,
    ],
    [
      'a context on a line of its own',
      'error: You must be logged in to the server (Unauthorized)\n$ kubectl config current-context\ngke_shop-prod-1_us-east1_web',
      WEB,
    ],
    [
      'the console',
      `https://console.cloud.google.com/kubernetes/clusters/details/us-east1/web/nodes?project=shop-prod-1\n${ROLE}`,
      WEB,
    ],
    [
      'the console, a zone, other parameters',
      `https://console.cloud.google.com/kubernetes/clusters/details/us-east1-b/web?authuser=1&project=shop-prod-1 says: ${ROLE}`,
      { ...WEB, location: 'us-east1-b' },
    ],
    ['a node pool', `${ROLE} to allow for non-degraded operations. (node pool: blue)`, { nodePool: 'blue' }],
    [
      'an account',
      `${ROLE}: node@shop-prod-1.iam.gserviceaccount.com`,
      { iamServiceAccount: 'node@shop-prod-1.iam.gserviceaccount.com' },
    ],
  ])('%s', (_name, text, entities) => {
    expect(named(text)?.entities).toMatchObject(entities);
  });

  it('takes no Terraform address for a host, no page of the console for a cluster', () => {
    const terraform = `│ Error: googleapi: Error 403: Required "container.clusters.update" permission(s) for "${CLUSTER}"., forbidden\n│   with module.gke.google_container_cluster.primary,\n│   on main.tf line 3`;
    expect(named(terraform)?.entities).toMatchObject(WEB);
    expect(named(terraform)?.entities.host).toBeUndefined();
    const page = `https://console.cloud.google.com/kubernetes/clusters/list/overview?project=shop-prod-1 ${ROLE}`;
    expect(named(page)?.entities).toMatchObject({ project: 'shop-prod-1' });
    expect(named(page)?.entities.cluster).toBeUndefined();
  });
});

describe('names in the places where people find them', () => {
  const forbidden = (rest: string) => `Error from server (Forbidden): ${rest}`;

  it('the cluster whose entry was just written', () => {
    const text =
      'kubeconfig entry generated for web.\n$ kubectl get pods\nerror: You must be logged in to the server (Unauthorized)';
    expect(named(text)).toMatchObject({ problem: 'cluster-auth-401', entities: { cluster: 'web' } });
  });

  it('the kind of what would give its author more than he has', () => {
    const text = forbidden(
      'roles.rbac.authorization.k8s.io "reader" is forbidden: user "kim@example.com" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["get"]}',
    );
    expect(named(text)?.entities).toMatchObject({
      principal: 'kim@example.com',
      kubernetesResource: 'roles',
      apiGroup: 'rbac.authorization.k8s.io',
    });
  });

  it('the namespace of a service account, which is not where it was refused', () => {
    const text = forbidden(
      'nodes is forbidden: User "system:serviceaccount:edge:ingress" cannot list resource "nodes" in API group "" at the cluster scope',
    );
    const match = named(text);
    expect(match?.entities).toMatchObject({ namespace: 'edge', kubernetesServiceAccount: 'ingress' });
    if (match === undefined) throw new Error('not recognised');
    const { request } = toRequest(match, new Date(0));
    expect(request).toMatchObject({ workload: 'edge/ingress', verb: 'list', resource: 'nodes' });
    expect(request.namespace).toBeUndefined();
  });

  it.each<[string, string, Entities]>([
    [
      'brackets of a list',
      `${DENIED} for [projects/shop-prod-1/locations/us-east1/clusters/web].`,
      { ...WEB, cluster: 'web' },
    ],
    [
      'brackets of a sentence',
      `(ERROR: ResponseError: code=404, message=Not found: ${CLUSTER}.)`,
      { resource: CLUSTER, cluster: 'web' },
    ],
    [
      'brackets of an account',
      'ERROR: The user does not have access to service account (node@shop-prod-1.iam.gserviceaccount.com). Ask a project owner to grant you the iam.serviceAccountUser role',
      { iamServiceAccount: 'node@shop-prod-1.iam.gserviceaccount.com' },
    ],
    [
      'brackets that belong to the name',
      '403 Permission storage.objects.get denied for serviceAccount:shop-prod-1.svc.id.goog[cart/runner] (or it may not exist).',
      { principal: 'serviceAccount:shop-prod-1.svc.id.goog[cart/runner]' },
    ],
  ])('%s', (_name, text, entities) => expect(named(text)?.entities).toMatchObject(entities));

  it('takes a project for the cluster’s only where the text says so', () => {
    const bucket =
      'web-1 in cluster: googleapi: Error 403: app@data-prod-9.iam.gserviceaccount.com does not have storage.objects.get access to the Google Cloud Storage object., forbidden';
    expect(named(bucket)?.entities.project).toBeUndefined();
    const subnet = `$ gcloud container clusters create web --location us-east1\nERROR: (gcloud.container.clusters.create) ResponseError: code=403, message=Google Compute Engine: Required 'compute.subnetworks.use' permission for 'projects/host-prod-1/regions/us-east1/subnetworks/gke'`;
    expect(named(subnet)?.entities).toMatchObject({ cluster: 'web' });
    expect(named(subnet)?.entities.project).not.toBe('host-prod-1');
  });

  it('takes the project of an image for the image’s alone', () => {
    const match = named(
      'Failed to pull image "europe-west4-docker.pkg.dev/images-7/apps/web:3": rpc error: code = Unknown desc = failed to authorize: failed to fetch oauth token: 403 Forbidden',
    );
    expect(match).toMatchObject({
      problem: 'image-pull',
      entities: { repository: 'projects/images-7/locations/europe-west4/repositories/apps', project: 'images-7' },
    });
    if (match === undefined) throw new Error('not recognised');
    expect(toRequest(match, new Date(0))).toMatchObject({ request: { projects: [] }, missing: ['cluster', 'project'] });
  });

  it('keeps the identifiers by which Google finds a denial again', () => {
    const denial =
      "ERROR: (gcloud.storage.cp) kim@example.com does not have permission to access b instance: Permission 'storage.objects.get' denied. {reason: IAM_PERMISSION_DENIED, metadata: {error_info_id: Cj0KDGlhbS1kZW5pZWQ}}";
    expect(named(denial)?.entities.errorInfoId).toBe('Cj0KDGlhbS1kZW5pZWQ');
    const perimeter =
      "Error 403: Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: Xy-12_abc, forbidden";
    expect(named(perimeter)).toMatchObject({ problem: 'vpc-sc-denied', entities: { vpcScId: 'Xy-12_abc' } });
  });
});
