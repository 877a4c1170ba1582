/** What surrounds an error: whose cluster it is, and in whose hands the command ran. The same words mean other problems there. */

export interface Context {
  /** Something says Google Kubernetes Engine. */
  readonly gke: boolean;
  /** Something says Kubernetes. */
  readonly kubernetes: boolean;
  /** Another vendor's cluster, or a local one, and nothing of GKE. */
  readonly otherCluster: boolean;
  /** Another vendor's metadata server answers at the same address. */
  readonly otherMetadata: boolean;
  /** The metadata server, or an identity of a workload pool: the caller runs in a Pod. */
  readonly metadata: boolean;
  /** A person's terminal or a pipeline. */
  readonly hands: boolean;
  /** A sidecar of a service mesh. */
  readonly mesh: boolean;
  /** GKE's own agents on nodes and in kube-system. */
  readonly systemAgent: boolean;
  /** A node pool or cluster is being created or its nodes start. */
  readonly nodes: boolean;
}

const GKE =
  /\bgke[_-]|\bgke\b|gke\.goog|container\.googleapis\.com|\bcontainer\.(?:clusters|operations|nodePools)|gcloud[. ](?:beta[. ]|alpha[. ])?container|google_container_|kubernetes engine|svc\.id\.goog|container-engine-robot|google[_-]kubernetes|get-gke-credentials|gke-gcloud-auth|ClusterManager|\/locations\/[\w-]{1,40}\/clusters\//i;
const KUBERNETES =
  /\bkubectl\b|kubernetes|\bk8s\b|\bhelm\b|\bpods?\b|kubeconfig|\/api\/v1\b|\/apis\/|"kind": ?"Status"|kube-system|\bargo ?cd\b|client-go|memcache\.go|reflector\.go|error from server|\bskaffold\b|\bflux\b/i;
const OTHER_CLUSTER =
  /\beks\b|amazonaws|arn:aws|aws-iam-authenticator|\baws\b|k8s-aws-v1|\baks\b|azmk8s|kubelogin|\bazure\b|aadsts|microsoftonline|digitalocean|\bdoctl\b|oraclecloud|\boke\b|openshift|\boc (?:login|get|whoami)\b|ibmcloud|linode|\blke\b|vultr|minikube|docker-desktop|docker\.internal|\bkind-|\bk3s\b|\bk3d\b|\brke2?\b|microk8s|kubeadm|aliyun|alibaba|\back\b|tanzu|ovhcloud|scaleway|hetzner|civo|kubernetes\.docker|127\.0\.0\.1:6443|localhost:6443|:6443\b/i;
const OTHER_METADATA =
  /latest\/(?:meta-data|api\/token|user-data|dynamic)|metadata\/(?:instance|identity)(?:\/oauth2)?|\bIMDS(?:v[12])?\b|EC2(?:Metadata|Role|InstanceMetadata|\b)|amazonaws|\baws[-_ ]?sdk|\baws\b|\bazure\b|openstack|ManagedIdentity|opc\/v[12]|alibaba|100\.100\.100\.200|169\.254\.170\.2/i;
const METADATA =
  /computeMetadata|metadata\.google\.internal|169\.254\.169\.25[24]|Compute ?Engine ?metadata|GKE ?Metadata|gke-metadata-server|IAM ?returned|compute: Received 40\d|svc\.id\.goog|workload ?identity\b(?!\s(?:fe?(?:\s|$)|fed(?!eration for gke)|provider|pool provider))|WORKLOAD_IDENTITY_USER|ComputeEngineCredentials|compute_engine\/|iam\.gke\.io|authenticating_to|creating_a_relationship/i;
const HANDS =
  /\(gcloud\.|\$ ?gcloud |\bgcloud --|impersonat|terraform|error when reading or editing|\bon [\w./-]{1,200}\.tf line|provider\[|google-github-actions|github[-_. ]?actions|\brunner\b|jenkins|\[Pipeline\]|cloud ?build|gitlab|circleci|bitbucket|azure ?devops|pulumi|crossplane|\/(?:Users|home)\/|PS [A-Z]:\\|workloadIdentityPools\/(?![\w-]{1,60}\.svc\.id\.goog)|subject\/repo:|"principalEmail": ?"[^"@]{1,64}@(?![\w.-]{0,80}gserviceaccount)|local machine|laptop/i;
const MESH = /\bistio|\benvoy\b|sidecar|\blinkerd|service ?mesh|\basm\b|outbound\|\d{1,5}\|/i;
const SYSTEM_AGENT =
  /fluentbit|fluent-bit|fluentd|gke-metrics-agent|metrics-agent|event-exporter|stackdriver|kube-system|custom-metrics|gmp-system|otelsvc|node service account|prometheus-to-sd|logging agent|opsagent|collector/i;
const NODES =
  /node ?pool|google_container_(?:cluster|node_pool)|container\.(?:clusters|node-pools)\.create|creating (?:gke )?(?:cluster|node)|nodes? (?:failed|have|out of)|\bIGM\b|register|autopilot|instance group|gke-[\w-]{3,80}-[\w]{4,8}|\bnodes?\b|ノード|developer\.gserviceaccount\.com/i;

/** `text`: both readings of the paste, the one with lines and the tight one, so that no line break hides a word. */
export function contextOf(text: string): Context {
  const gke = GKE.test(text);
  return {
    gke,
    kubernetes: gke || KUBERNETES.test(text),
    otherCluster: !gke && OTHER_CLUSTER.test(text),
    otherMetadata: OTHER_METADATA.test(text) && !/computeMetadata|metadata\.google\.internal/i.test(text),
    metadata: METADATA.test(text),
    hands: HANDS.test(text),
    mesh: MESH.test(text),
    systemAgent: SYSTEM_AGENT.test(text),
    nodes: NODES.test(text),
  };
}
