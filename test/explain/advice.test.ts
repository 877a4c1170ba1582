/**
 * The fifteen problems that people meet most often: what is printed for one real form of each, in both languages. The snapshot is
 * a page to read; a sentence with each says why this is what helps.
 */
import { expect, it } from 'vitest';
import { explanationAsMarkdown } from '../../src/cli/output/explanation.ts';
import type { ProblemId } from '../../src/contracts/explanation.ts';
import { explainText } from '../../src/explain/recognize.ts';
import { explained } from '../../src/explain/texts/index.ts';

interface Form {
  readonly problem: ProblemId;
  readonly text: string;
  /** Why this advice is what solves it. */
  readonly why: string;
}

const FORMS: readonly Form[] = [
  {
    problem: 'resource-permission',
    text: 'googleapi: Error 403: reports@birch-7.iam.gserviceaccount.com does not have storage.objects.create access to the Google Cloud Storage object. Permission "storage.objects.create" denied on resource (or it may not exist)., forbidden (gs://birch-reports)',
    why: 'The identity authenticates already. Only a role on the bucket that holds this very permission ends the 403; the usual mistake is a role that sounds right and does not contain it.',
  },
  {
    problem: 'image-pull',
    text: 'Failed to pull image "europe-west4-docker.pkg.dev/birch-7/apps/web:3": failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://europe-west4-docker.pkg.dev/v2/token: 403 Forbidden',
    why: "Such threads end when the node's account, not the Pod's, gets artifactregistry.reader on the repository, mostly in another project.",
  },
  {
    problem: 'federation-denied',
    text: 'Error: google-github-actions/auth failed with: failed to generate Google Cloud federated token for //iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/github/providers/birch: {"error":"unauthorized_client","error_description":"The given credential is rejected by the attribute condition."}',
    why: 'The condition of the provider names another repository, owner or branch than the one that runs. No role on the service account changes that.',
  },
  {
    problem: 'caller-anonymous',
    text: '│ Error: namespaces "shop" is forbidden: User "system:anonymous" cannot get resource "namespaces" in API group "" in the namespace "shop"\n│   with kubernetes_namespace.shop,\n│   on main.tf line 12, in resource "kubernetes_namespace" "shop":',
    why: 'The provider sent an empty token, because its data source was read before the cluster existed. The exec plugin fetches one at the moment of the call. A binding for system:anonymous would have opened the cluster to everybody.',
  },
  {
    problem: 'api-server-unreachable',
    text: 'Unable to connect to the server: dial tcp 203.0.113.9:443: i/o timeout',
    why: 'Nothing was asked yet, so no permission helps: the address of the caller is in no authorized network, or the endpoint is private. The DNS endpoint ends both.',
  },
  {
    problem: 'token-expired',
    text: '00:00:04 Run google-github-actions/get-gke-credentials@v2\n00:00:09 deployment.apps/web configured\n01:01:12 error: You must be logged in to the server (Unauthorized)',
    why: 'The action writes a token of one hour into the kubeconfig. With use_auth_provider the plugin asks for a new one each time.',
  },
  {
    problem: 'kubeconfig-auth-plugin',
    text: 'Unable to connect to the server: getting credentials: exec: executable gke-gcloud-auth-plugin not found',
    why: 'kubectl holds no login for Google any more; it works as soon as the plugin is on the PATH of whatever runs it.',
  },
  {
    problem: 'cluster-auth-401',
    text: 'Error: Kubernetes cluster unreachable: the server has asked for the client to provide credentials\n  with helm_release.ingress,\n  on helm.tf line 3, in resource "helm_release" "ingress":',
    why: 'The provider still holds the token of an earlier plan. Signing in again does not reach it; the exec plugin does.',
  },
  {
    problem: 'rbac-forbidden',
    text: 'Error from server (Forbidden): pods is forbidden: User "kim@example.com" cannot list resource "pods" in API group "" in the namespace "shop": requires one of ["container.pods.list"] permission(s).',
    why: 'The login worked. A role with just this verb and resource, bound in this namespace, is the least that ends it.',
  },
  {
    problem: 'caller-clusters-get',
    text: 'ERROR: (gcloud.container.clusters.get-credentials) ResponseError: code=403, message=Required "container.clusters.get" permission(s) for "projects/birch-7/locations/europe-west4/clusters/web". This command is authenticated as kim@example.com which is the active account specified by the [core/account] property.',
    why: 'clusterViewer is the smallest role that opens the door; half of such threads end at the first step, with another account active than thought.',
  },
  {
    problem: 'wi-gsa-binding',
    text: 'compute: Received 403 `Unable to generate access token; IAM returned 403 Forbidden: Permission "iam.serviceAccounts.getAccessToken" denied on resource (or it may not exist).`\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: reader\n  namespace: shop\n  annotations:\n    iam.gke.io/gcp-service-account: reader@birch-7.iam.gserviceaccount.com',
    why: "The annotation is only one half. The other is workloadIdentityUser on the IAM service account for exactly this namespace and name, with the cluster's pool.",
  },
  {
    problem: 'wi-nodepool-metadata-mode',
    text: 'metadata: GCE metadata "instance/service-accounts/default/token?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform" not defined',
    why: "The node runs Compute Engine's metadata server. Binding and annotation change nothing until the pool serves GKE_METADATA.",
  },
  {
    problem: 'agent-gke-service-agent',
    text: '│ Error: googleapi: Error 403: service-123456789012@container-engine-robot.iam.gserviceaccount.com requires "compute.subnetworks.use" on projects/host-7/regions/europe-west4/subnetworks/gke., forbidden',
    why: 'On a Shared VPC the agents of the service project need networkUser on the subnet. The agent role on the host, which is often tried, gives far more and is not what is missing.',
  },
  {
    problem: 'caller-act-as',
    text: 'ERROR: (gcloud.container.clusters.create) ResponseError: code=400, message=The user does not have access to service account "nodes@birch-7.iam.gserviceaccount.com". User: "kim@example.com". Ask a project owner to grant you the iam.serviceAccountUser role on the service account.',
    why: 'container.admin does not contain actAs. The role on this one account is enough; on the project it would reach every account.',
  },
  {
    problem: 'kubeconfig-missing',
    text: 'The connection to the server localhost:8080 was refused - did you specify the right host or port?',
    why: 'The client has no entry and asks its default address. get-credentials by the same user writes one.',
  },
];

const quoted = (text: string) => ['```text', text, '```'].join('\n');

it('is the advice that solves them', async () => {
  expect(FORMS).toHaveLength(15);
  const chapters = FORMS.map(({ problem, text, why }) => {
    const [best] = explainText(text).matches;
    expect(best?.problem, text).toBe(problem);
    if (best === undefined) return '';
    const printed = (['en', 'ja'] as const).map(language =>
      explanationAsMarkdown(
        { schema: 'gke-auth/explanation/v1', matches: [explained(best, language)], redactions: 0 },
        language,
      )
        .slice(2)
        .join('\n'),
    );
    return [`## ${problem}`, quoted(text), `**Why this helps:** ${why}`, ...printed].join('\n\n');
  });
  const page = ['# What is advised for the fifteen most frequent problems', ...chapters].join('\n\n');
  await expect(`${page}\n`).toMatchFileSnapshot('./__snapshots__/advice.md');
});
