import { describe, expect, it } from 'vitest';
import { Explanation, KNOWN } from '../../src/contracts/explanation.ts';
import { explainText } from '../../src/explain/recognize.ts';
import { corpus } from './corpus.ts';

const problems = (text: string) => explainText(text).matches.map(({ problem }) => problem);

describe('what an error is about although it doesn’t say so in so many words', () => {
  it('an agent that is gone, as IAM says it of a grant', () => {
    const text =
      'Error 400: Service account service-123456789012@container-engine-robot.iam.gserviceaccount.com does not exist., badRequest';
    expect(problems(text)).toEqual(['agent-gke-service-agent']);
  });

  it('Terraform’s NodePool has no name in its sentence', () => {
    const [match] = explainText('Error waiting for creating GKE NodePool: account cannot be found').matches;
    expect(match).toMatchObject({ problem: 'node-sa-state' });
    expect(match?.entities.nodePool).toBeUndefined();
  });
});

describe('a text that was torn or cut', () => {
  it.each([
    [
      'the mesh is cut away: a bare address that refuses is not known to be a Pod’s start',
      'app: dial tcp 169.254.169.254:80: connect: connection refused\ni',
      undefined,
    ],
    [
      'the plugin ran, and what it says is cut away',
      'getting credentials: exec: executable gke-gcloud-auth-plugin failed with exit code 1\nF1203 print cre',
      undefined,
    ],
    [
      'the name of another vendor’s cluster is torn',
      "b'k\\n3s kubectl get nodes\\nerror: You must be logged in to the server (Unauthorized)'",
      undefined,
    ],
    [
      'an empty line within the name of another issuer',
      '{"error":"invalid_grant","error_description":"Session not active"} (k\n\neycloak realm acme)',
      undefined,
    ],
    [
      'the kind of federation is cut away',
      "Error: Error when reading or editing Project: googleapi: Error 403: Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist). (GitLab Runner job 12345, gcloud auth via workload identity fed",
      'impersonation-denied',
    ],
    [
      'an empty line within a word',
      `Error from server (Forbidden): clusterrolebindings.rbac.authorization.k8s.io is forbidden: User "lee@example.com" c

annot create resource "clusterrolebindings" in API group "rbac.authorization.k8s.io" at the cluster scope: Required "container.clusterRoleBindings.create" permission.`,
      'rbac-forbidden',
    ],
    [
      'the lookup is torn, the name server is not',
      'dial \ntcp: l\nooku\n\np metadata.google.internal on 10.8.0.10:53: read udp 10.4.1.9:40001->10.8.0.10:53: i/o timeout',
      'wi-metadata-dns',
    ],
  ])('%s', (_, text, problem) => {
    expect(problems(text)[0]).toBe(problem);
  });
});

describe('several errors in one paste', () => {
  it.each([
    [
      'a disabled API before the cluster that then is not there',
      `ERROR: (gcloud.container.clusters.create) ResponseError: code=403, message=Kubernetes Engine API is not enabled for this project.
ERROR: (gcloud.container.clusters.get-credentials) ResponseError: code=404, message=Not found: projects/acme-web-1/locations/us-east1/clusters/web.`,
      ['api-enabled'],
    ],
    [
      'an expired login before the 401 it leads to',
      `error: You must be logged in to the server (Unauthorized)
ERROR: (gcloud.config.config-helper) There was a problem refreshing your current auth tokens: Reauthentication required.`,
      ['token-invalid'],
    ],
    [
      'a name that is not resolved before the credentials that are not found',
      `google: could not find default credentials.
dial tcp: lookup metadata.google.internal on 10.0.0.10:53: no such host`,
      ['wi-metadata-dns'],
    ],
    [
      'a crashing metadata server before the time-out of a Pod',
      `dial tcp 169.254.169.254:80: i/o timeout
kube-system gke-metadata-server-8sm2l 0/1 CrashLoopBackOff 194 16h`,
      ['wi-metadata-server-oom'],
    ],
    [
      'a policy before the account without roles that it explains',
      `fluentbit-gke: Permission 'logging.logEntries.create' denied on resource (or it may not exist).
org policy iam.automaticIamGrantsForDefaultServiceAccounts is enforced`,
      ['default-sa-orgpolicy', 'node-sa-permissions'],
    ],
    [
      'a deprecation warning after the refusal that matters',
      `WARNING: the gcp auth plugin is deprecated in v1.22+, unavailable in v1.26+; use gcloud instead.
Error from server (Forbidden): pods is forbidden: User "kim@example.com" cannot list resource "pods" in API group "" in the namespace "shop": requires one of ["container.pods.list"] permission(s).`,
      ['rbac-forbidden', 'kubeconfig-auth-plugin'],
    ],
    [
      'two that have nothing to do with each other',
      `ERROR: (gcloud.container.clusters.update) ResponseError: code=400, message=Node pool "blue" requires recreation.
${'- '.repeat(40)}
dial tcp 169.254.169.254:80: i/o timeout`,
      ['nodepool-requires-recreation', 'wi-netpol-egress'],
    ],
  ])('names %s', (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('no configuration, however much it says, stands before a refusal', () => {
    const manifest = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: allow-metadata
spec:
  egress:
    - to: [{ ipBlock: { cidr: 169.254.169.252/32 } }]
      ports: [{ port: 988 }]`;
    const denied =
      'googleapi: Error 403: app@acme-1.iam.gserviceaccount.com does not have storage.objects.get access to the Google Cloud Storage object., forbidden';
    expect(problems(manifest)).toEqual([]);
    for (const text of [`${manifest}\n${denied}`, `${denied}\n${manifest}`])
      expect(problems(text)).toEqual(['resource-permission']);
  });

  it('takes the names of each error from its own surroundings', () => {
    const { matches } = explainText(`Node pool "blue" requires recreation.
${'lorem ipsum '.repeat(150)}
Error from server (Forbidden): pods is forbidden: User "kim@example.com" cannot list resource "pods" in API group "" in the namespace "shop"`);
    expect(matches.map(({ problem, entities }) => [problem, entities.nodePool, entities.namespace])).toEqual([
      ['nodepool-requires-recreation', 'blue', undefined],
      ['rbac-forbidden', undefined, 'shop'],
    ]);
  });
});

describe('the traps', () => {
  const denied = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).";
  it.each([
    [
      'getAccessToken by the metadata server',
      `Unable to generate access token; IAM returned 403 Forbidden: ${denied}`,
      'wi-gsa-binding',
    ],
    ['getAccessToken inside a Pod', `pod cart-1 namespace_name=shop workload identity: ${denied}`, 'wi-gsa-binding'],
    [
      'getAccessToken in a shell',
      `$ gcloud storage ls --impersonate-service-account=a@acme-1.iam.gserviceaccount.com\n${denied}`,
      'impersonation-denied',
    ],
    ['getAccessToken in a pipeline', `google-github-actions/auth failed with: ${denied}`, 'impersonation-denied'],
    [
      'getAccessToken in Terraform',
      `│ Error: ${denied}\n│   on provider.tf line 3, in provider["registry.terraform.io/hashicorp/google"]:`,
      'impersonation-denied',
    ],
    [
      'the hint about a binding although the API is off',
      'IAM Service Account Credentials API has not been used in project 889403714106 before or it is disabled. This error could be caused by a missing IAM policy binding on the target IAM service account.',
      'wi-iamcredentials-api',
    ],
    [
      'the link to a deleted account under a caller without permission',
      'code=403, message=Required "container.clusters.get" permission(s) for "projects/acme-web-1". See https://cloud.google.com/kubernetes-engine/docs/troubleshooting#gke_service_account_deleted for more info',
      'caller-clusters-get',
    ],
    [
      'the same link under the agent without permission',
      'Kubernetes Engine Service Agent is missing required permissions on this project. See …#gke_service_account_deleted for more info: required "container.hostServiceAgent.use" permission(s) for "projects/acme-net-1".',
      'agent-gke-service-agent',
    ],
    [
      'the role hint',
      'Grant roles/container.defaultNodeServiceAccount role to Node service account to allow for non-degraded operations.',
      'node-sa-permissions',
    ],
    ['actAs', 'The user does not have access to service account "default".', 'caller-act-as'],
  ])('%s', (_, text, expected) => expect(problems(text)[0]).toBe(expected));

  it.each([
    [
      'another cloud’s 401',
      'current-context: arn:aws:eks:us-east-1:1:cluster/x\nerror: You must be logged in to the server (Unauthorized)',
    ],
    [
      'a quota',
      "googleapi: Error 403: Quota exceeded for quota metric 'Read requests' of service 'container.googleapis.com'",
    ],
    [
      'a refused connection to someone else',
      'Get "https://api.example.com/v1": dial tcp 203.0.113.9:443: connect: connection refused',
    ],
    [
      'another cloud’s metadata server',
      'Get "http://169.254.169.254/latest/meta-data/": dial tcp 169.254.169.254:80: i/o timeout',
    ],
    ['nothing', ''],
    ['blanks', ' \n\t\n'],
  ])('does not know %s', (_, text) => expect(problems(text)).toEqual([]));
});

it('answers in the form of the contract, most confident first, never below what counts as known', () => {
  for (const { text } of [...corpus('tuning'), ...corpus('held-out')]) {
    const { matches, redactions } = explainText(text);
    Explanation.parse({ schema: 'gke-auth/explanation/v1', matches, redactions });
    const confidences = matches.map(({ confidence }) => confidence);
    expect(confidences).toEqual([...confidences].sort((a, b) => b - a));
    expect(confidences.every(confidence => confidence >= KNOWN)).toBe(true);
    expect(new Set(matches.map(({ problem }) => problem)).size).toBe(matches.length);
  }
});

it('gives back the text without its secrets, and how many there were', () => {
  const token = `ya29.${'aB3'.repeat(30)}`;
  const { redacted, redactions, matches } = explainText(
    `curl -H "Authorization: Bearer ${token}"\nerror: You must be logged in to the server (Unauthorized)`,
  );
  expect(redacted).not.toContain(token);
  expect(redactions).toBe(1);
  expect(matches[0]?.problem).toBe('cluster-auth-401');
  expect(JSON.stringify(matches)).not.toContain(token);
});
