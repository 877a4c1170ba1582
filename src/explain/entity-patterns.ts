/** How texts name things: patterns for each key of the entities. They are tried on one kind of quotes, and single blanks. */
import type { EntityKey } from '../contracts/explanation.ts';

/** The first pattern that is found decides; its first group is the value. */
export type Patterns = readonly RegExp[];

const PROJECT = `[a-z][a-z0-9-]{4,28}[a-z0-9]`;
/** In a path or after a flag nothing else can stand, however short. */
const ANY_PROJECT = `[a-z](?:[a-z0-9-]{0,28}[a-z0-9])?`;
const NAME = `[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?`;
/** In a path or a flag any name of that form; elsewhere only what Google calls its regions. */
const LOCATION = String.raw`[a-z]{2,20}-[a-z]{3,20}\d{1,2}(?:-[a-z])?`;
const REGION = String.raw`(?:us|europe|asia|australia|northamerica|southamerica|me|africa)-(?:central|north|south|east|west|northeast|northwest|southeast|southwest)\d{1,2}(?:-[a-z])?`;
const OPEN = String.raw`[\s"\[(<{=:,]`;
const CLOSE = String.raw`(?![\w-])`;
const re = (source: TemplateStringsArray, ...parts: string[]) => new RegExp(String.raw(source, ...parts), 'i');
const cased = (source: TemplateStringsArray, ...parts: string[]) => new RegExp(String.raw(source, ...parts));

/** The project that the text is about, by a flag, a sentence, or its own name. */
const PROJECT_PATTERNS: Patterns = [
  re`(?:--project[= ]"?|--project-id[= ]"?)(${ANY_PROJECT})${CLOSE}`,
  re`projects/(?!-/)(${ANY_PROJECT})(?:/(?:locations|zones|regions)/[\w-]{1,40})?(?=["\s.,;)]|$)`,
  re`\bproject(?:[ _]?id)?"?[ ]{0,2}[:=][ ]{0,2}"?(${PROJECT})${CLOSE}(?!@)`,
  cased`(?:in|on|for|of|to) (?:the )?project:? ?"?\[?(?:projects/)?(${PROJECT})\]?${CLOSE}(?! (?:is|has|that|and|to|before))`,
  cased`\bproject:? "?\[?"?(${PROJECT})\]?"?(?=[\].,;:" ]|$)`,
  re`(?:^|[^.\w-])(${PROJECT})\.svc\.id\.goog`,
  re`プロジェクト[ 「"(]{0,3}(${PROJECT})${CLOSE}`,
];
/** The project that a resource lies in, which need not be the cluster's. */
export const PROJECT_OF_RESOURCE: Patterns = [re`projects/(?!-/)(${ANY_PROJECT})${CLOSE}(?!/global/networks/gke-n)`];
/** Words that follow `project` in sentences. */
const NOT_A_PROJECT =
  /^(?:before|number|requires?|because|please|permission|permissions|policy|lookup|default|level|with|which|where|owner|editor|viewer|service|services|google|config|folder|organization|is-|resource|number)$/;

const NUMBER_PATTERNS: Patterns = [
  re`projects/(\d{3,20})${CLOSE}`,
  re`\bproject(?:[ _]?number)?[ :=#"\[]{1,5}(\d{3,20})${CLOSE}`,
  re`[?&]project=(\d{3,20})${CLOSE}`,
  re`service-(\d{3,20})@`,
  re`(?:^|[^\w-])(\d{3,20})(?:-compute@developer|@cloudservices|@cloudbuild)`,
  re`プロジェクト[ 「"(]{0,3}(\d{3,20})${CLOSE}`,
];

const LOCATION_PATTERNS: Patterns = [
  re`--(?:location|zone|region|compute-zone|compute-region)[= ]"?(${LOCATION})${CLOSE}`,
  re`/(?:locations|zones|regions)/(${LOCATION})${CLOSE}`,
  re`\b(?:cluster_)?(?:location|zone|region)"?[ ]{0,2}[:=][ ]{0,2}"?(${LOCATION})${CLOSE}`,
  re`\[[\w-]{1,60}\] in \[(${LOCATION})\]`,
  re`(?:^|[^\w./-])(${REGION})${CLOSE}`,
];

/**
 * How a cluster is named, best first. The groups `project` and `location`, where the same words name them too, belong to this
 * very cluster. The console's addresses are `/kubernetes/clusters/details/LOCATION/CLUSTER/…`.
 */
export const CLUSTER_NAMES: Patterns = [
  re`projects/(?<project>${ANY_PROJECT})/(?:locations|zones)/(?<location>${LOCATION})/clusters/(?<cluster>${NAME})${CLOSE}`,
  cased`\bgke_(?<project>${ANY_PROJECT})_(?<location>${LOCATION})_(?<cluster>${NAME})${CLOSE}`,
  re`/clusters/(?:details|edit|upgrade)/(?<location>${LOCATION})/(?<cluster>${NAME})(?:[^\s"]{0,200}[?&]project=(?<project>${PROJECT}))?${CLOSE}`,
  re`No cluster named "(?<cluster>${NAME})" in (?<project>${ANY_PROJECT})${CLOSE}`,
  re`Could not find \[(?<cluster>${NAME})\] in \[(?<location>${LOCATION})\]`,
  re`get-credentials (?:--?[\w-]{1,30}(?:=\S{1,80}| \S{1,80})? ){0,4}"?(?<cluster>(?!-)${NAME})${CLOSE}`,
  re`container clusters (?:describe|update|upgrade|create|create-auto|delete|resize) (?:--?[\w-]{1,30}(?:=\S{1,80})? ){0,4}"?(?<cluster>${NAME})${CLOSE}`,
  re`--cluster(?:-name)?[= ]"?(?<cluster>${NAME})${CLOSE}`,
  re`kubeconfig entry generated for (?<cluster>${NAME})${CLOSE}`,
  re`/clusters/(?!(?:details|edit|upgrade|list|add)/)(?<cluster>${NAME})${CLOSE}`,
  re`\bcluster_?name"?[ ]{0,2}[:=][ ]{0,2}"?(?<cluster>${NAME})${CLOSE}`,
  re`\bcluster "(?<cluster>${NAME})"`,
  re`クラスタ[ー]?[ 「"]{1,3}(?<cluster>${NAME})${CLOSE}`,
];

const POOL_PATTERNS: Patterns = [
  re`/nodePools/(${NAME})${CLOSE}`,
  re`node ?pools? "?(${NAME})"? ?(?:requires?|is|has|was|,|and|failed|in )`,
  re`--node-pool[= ]"?(${NAME})${CLOSE}`,
  re`\bnode[ _-]?pool(?:_?name)?"?[ ]{0,2}[:=][ ]{0,2}"?(${NAME})${CLOSE}`,
  re`node ?pool "(${NAME})"`,
  re`ノード ?プール[ 「"]{1,3}(${NAME})${CLOSE}`,
  re`nodes? (?:of|in) (?:node )?pool "?(${NAME})${CLOSE}`,
];
const NOT_A_POOL =
  /^(?:is|are|requires?|that|the|s|in|and|was|has|failed|version|name|account|error|googleapi|rpc|timeout|could|cannot)$/;

const ACCOUNT = String.raw`[a-z0-9][\w.-]{1,63}@(?:[a-z0-9.-]{1,80}\.)?gserviceaccount\.com`;
const ACCOUNT_PATTERNS: Patterns = [
  re`serviceAccounts/(${ACCOUNT})`,
  re`(?:impersonate|act as|service ?account|account|as|email|サービス ?アカウント)[ :="\[「]{1,4}(${ACCOUNT})`,
  re`(?:^|${OPEN}|/|\b)(${ACCOUNT})`,
];

const MEMBER = String.raw`(?:principal(?:Set)?://[^\s",]{10,300}|serviceAccount:${PROJECT}\.svc\.id\.goog\[[\w./-]{3,160}\]|${PROJECT}\.svc\.id\.goog\[[\w./-]{3,160}\])`;
const PRINCIPAL_PATTERNS: Patterns = [
  re`(?:^|\W)user[: ]+"([^"\s]{2,256})"`,
  re`\buser ([^\s"]{2,256}) cannot`,
  re`principalEmail"?[ ]{0,2}[:=][ ]{0,2}"?([^\s",}]{3,256})`,
  re`(?:^|\W)(?:User|user):? (?!"?(?:does|do|is|has)\b)"?([\w.+-]{1,64}@[\w.-]{3,100}\w)`,
  re`user=&\{([^\s"{}]{2,256})`,
  re`ユーザー[ 「]{0,2}([\w.+-]{1,64}@[\w.-]{3,100}\w)`,
  re`active account \[([^\]\s]{3,256})\]`,
  re`(?:authenticated|logged in|signed in) as:? "?\[?([\w.+-]{1,64}@[\w.-]{3,100}\w)`,
  re`(?:(?<!service[ _-]?)account|caller|principal|member|identity)[ :="\[(]{1,4}([\w.+-]{1,64}@[\w.-]{3,100}\w)`,
  re`(${MEMBER})`,
  re`(service-\d{6,20}@(?:container-engine-robot|gcp-sa-gkenode)\.iam\.gserviceaccount\.com|\d{6,20}@cloudservices\.gserviceaccount\.com)`,
  re`([\w.+-]{1,64}@[\w.-]{3,100}\w) (?:does not have|lacks|cannot|is not|is missing|do not have|needs|requires)`,
  re`\[([\w.+-]{1,64}@[\w.-]{3,100}\w)\] (?:does not|is not|cannot|needs|lacks|requires)`,
];

const SERVICE_PREFIX =
  'container|compute|iam|logging|monitoring|autoscaling|storage|resourcemanager|serviceusage|pubsub|secretmanager|bigquery|cloudsql|artifactregistry|recommender|orgpolicy|spanner|datastore|cloudkms|dns|run|gkehub|cloudtrace|clouderrorreporting|cloudprofiler|redis|firebase|aiplatform|iap|stackdriver|opsconfigmonitoring|backup|file|bigtable|dataproc|networkmanagement|cloudbuild|policytroubleshooter|cloudasset|privateca|certificatemanager|dataflow|composer|eventarc|cloudfunctions|servicenetworking|vpcaccess|binaryauthorization|containeranalysis|gkebackup|multiclusteringress|mesh';
const PERMISSION_PATTERNS: Patterns = [
  re`(?:^|[\s"\[(:='「,])((?:${SERVICE_PREFIX})\.(?!gke\.io|googleapis)[a-zA-Z]{2,60}\.[a-zA-Z]{2,40})(?![\w-]|\.\w)`,
  // Of any other service where the word stands before it.
  cased`[Pp]ermission(?:\(s\)|s)?:? "?\[?([a-z]{3,30}\.[a-zA-Z]{3,60}\.[a-zA-Z]{2,40})(?![\w-]|\.\w)`,
];

const CANNOT = `cannot [a-z]{2,20} `;
const VERB_PATTERNS: Patterns = [
  re`cannot ([a-z]{2,20}) (?:resource|path|url|[a-z][\w./-]{1,80} (?:in the namespace|at the cluster scope|in namespace))`,
  re`"?verb"?[ ]{0,2}[:=][ ]{0,2}"?([a-z]{2,20})`,
];
const RESOURCE_PATTERNS: Patterns = [
  re`${CANNOT}resource "?([\w./-]{2,100}\w)"?`,
  re`${CANNOT}([a-z][\w-]{1,60}(?:/\w{2,20})?)(?:\.[\w.-]{3,80})? (?:in the namespace|at the cluster scope|in namespace)`,
  // `clusterroles.rbac.authorization.k8s.io "op" is forbidden: user "kim" … is attempting to grant`
  re`(?:^|[\s:"])([a-z]{3,60})(?:\.[a-z][\w.-]{2,80})? (?:"[^"]{1,200}" )?is forbidden`,
];
const GROUP_PATTERNS: Patterns = [
  re`in API group "([\w.-]{2,100})"`,
  re`in API group ([\w-]{2,60}\.[\w.-]{2,80}\w)`,
  re`${CANNOT}[a-z][\w-]{1,60}\.([\w-]{2,60}\.[\w.-]{2,80}\w) (?:in the namespace|at the cluster scope)`,
  re`(?:^|[\s:"])[a-z]{3,60}\.([a-z][\w.-]{2,80}\w) (?:"[^"]{1,200}" )?is forbidden`,
];
const NAMESPACE_PATTERNS: Patterns = [
  re`in the namespace "?(${NAME})"?`,
  re`svc\.id\.goog\[(${NAME})/`,
  re`/subject/ns/(${NAME})/sa/`,
  re`(?:--namespace[= ]|(?:^|\s)-n[= ]?)"?(${NAME})${CLOSE}`,
  re`\b(?:namespace|namespace_name)"?[ ]{0,2}[:=][ ]{0,2}"?(${NAME})${CLOSE}`,
  re`namespace "(${NAME})"`,
  re`service ?account "?(${NAME})/${NAME}"?${CLOSE}(?!@)`,
  re`system:serviceaccount:(${NAME}):`,
];
const KSA_PATTERNS: Patterns = [
  re`system:serviceaccount:[\w.-]{1,63}:([\w.-]{0,252}\w)`,
  re`svc\.id\.goog\[[\w.-]{1,63}/([\w.-]{1,253})\]`,
  re`/subject/ns/[\w.-]{1,63}/sa/([\w.-]{0,252}\w)`,
  re`\bservice_?account_?name"?[ ]{0,2}[:=][ ]{0,2}"?(${NAME})${CLOSE}(?!@)`,
  re`kubernetes service ?account "?(?:[\w-]{1,63}/)?(${NAME})"?${CLOSE}(?!@)`,
  re`\bserviceaccount[/ ]"?(?:[\w-]{1,63}/)?(${NAME})"?(?= (?:in|is|has|does|without|lacks))`,
  re`\b(?:annotate|create|describe|get) (?:serviceaccounts?|sa)[ /](${NAME})${CLOSE}`,
  re`kind: ?"?ServiceAccount"? metadata: (?:\S{1,200} ){0,12}?name: ?"?(${NAME})${CLOSE}`,
  re`service ?account "?[\w-]{1,63}/(${NAME})"?${CLOSE}(?!@)`,
];

const STATUS_PATTERNS: Patterns = [
  re`(?:googleapi: )?Error (4\d\d|5\d\d)\b`,
  re`\bcode"?[ ]{0,2}[=:][ ]{0,2}"?(4\d\d|5\d\d)\b`,
  re`\b(?:status(?:[ _]?code)?|HTTP(?:/\d(?:\.\d)?)?(?: (?:status|error|code))?|statusCode|http_status|returned|Received|HTTP-Code|status:)"?[ ]{0,2}[:=]?[ ]{0,2}"?(4\d\d|5\d\d)\b`,
  re`\((4\d\d|5\d\d)\)`,
  re`(?:^|[\s":])(4\d\d|5\d\d)[: ]{1,2}(?:Unauthorized|Forbidden|Not Found|Bad Request|Internal|Permission|Required|Request|Too|Service|Precondition|The|Insufficient|Provided|Kubernetes|Anonymous|Primary|Client Error)`,
  re`\b(?:Forbidden|PermissionDenied|NotFound|Unauthorized|BadRequest|Exception|Error): (4\d\d|5\d\d) [A-Z]`,
];

const IP = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
const HOST_PATTERNS: Patterns = [
  re`(?:lookup|resolve host:?|ENOTFOUND|EAI_AGAIN|UnknownHostException:?|resolving) "?(metadata(?:\.google\.internal)?)${CLOSE}`,
  re`(?:^|[\s"/=])([\w-]{1,40}-docker\.pkg\.dev|(?:[a-z]{2,4}\.)?gcr\.io)(?![\w.-])`,
  re`dial tcp (?:\[[\w:]+\]|(${IP})):\d`,
  re`(169\.254\.169\.25[24])`,
  re`(metadata\.google\.internal)`,
  re`([\w-]{1,80}(?:\.[\w-]{1,60}){0,4}\.gke\.goog)(?![\w.-])`,
  re`https://(${IP})(?=[:/"\s,)]|$)`,
  re`connection to the server (${IP}|[\w.-]{3,200}(?::\d{1,5})?)`,
  re`dial tcp: lookup ([\w.-]{3,200}\w)`,
  re`https://([\w-]{1,80}(?:\.[\w-]{1,60}){1,6}):?\d{0,5}/(?:api|apis|version|openapi|healthz|livez|readyz)\b`,
];

const SERVICE_PATTERNS: Patterns = [
  re`apis/(?:api|library)/([\w-]{2,60}\.googleapis\.com)`,
  re`API \[([\w-]{2,60}\.googleapis\.com)\]`,
  re`"?service"?[ ]{0,2}[:=][ ]{0,2}"?([\w-]{2,60}\.googleapis\.com)`,
  re`\bservices? enable ([\w-]{2,60}\.googleapis\.com)`,
  re`\[?([\w-]{2,60}\.googleapis\.com)\]?"? (?:is not|has not|not|was not|is disabled|API)`,
];

const CONSTRAINT_PATTERNS: Patterns = [
  re`((?:constraints|customConstraints)/[a-zA-Z][\w.]{2,120}\w)`,
  re`(?:^|[^\w/.])(iam\.(?:automaticIamGrants|allowedPolicyMember|disableServiceAccount|disableCross|managed\.)[\w.]{1,80}\w)`,
];

const FULL_RESOURCE: Patterns = [
  re`(?:permission(?:\(s\))?"? (?:for|on)(?: resource)?|denied (?:on|for)(?: resource)?|not found:|the resource|resource(?:Name)?"?[:=]) ?"?((?://[\w.]{3,60}/)?(?:projects|organizations|folders)/[^\s",;)]{2,300}[\w\]])`,
  re`for "((?:projects|organizations|folders)/[^\s",;)]{2,300}[\w\]])"`,
  re`(gs://[a-z0-9][\w.-]{1,220}\w)`,
  re`Access Denied: (?:Table|Dataset|View|Routine|Project) ([\w:.-]{3,300}\w)`,
  re`on resource:? "?([a-z][\w./:-]{3,300}\w)`,
  re`\b(projects/[\w:.-]{2,64}/(?:locations|zones|regions|global|serviceAccounts)/?(?!global/workloadIdentityPools)[^\s",;)]{1,250}[\w\]])`,
];

/** Images, and the repository of Artifact Registry that one lies in. */
const IMAGE_PATTERNS: Patterns = [
  re`(?:pull(?:ing)?(?: and unpack)? image|image reference|image:?|resolve reference) "?([\w.-]{1,80}(?::\d{1,5})?/[\w./-]{1,200}(?:[:@][\w.:-]{1,100})?)`,
  re`((?:[\w-]{1,40}-docker\.pkg\.dev|(?:[a-z]{2,4}\.)?gcr\.io)/[\w./-]{1,200}(?:[:@][\w.:-]{1,100})?)`,
];
const REPOSITORY_PATTERNS: Patterns = [re`(projects/[\w:.-]{2,64}/locations/[\w-]{2,40}/repositories/[\w.-]{1,80}\w)`];

const PROVIDER_PATTERNS: Patterns = [
  re`(projects/\d{1,20}/locations/global/workloadIdentityPools/[\w-]{1,60}/providers/[\w-]{1,60})`,
];
const AUDIENCE_PATTERNS: Patterns = [
  re`audience in (?:the )?ID Token \[([^\]\s]{3,300})\]`,
  re`\baudience"?[ ]{0,2}[:=][ ]{0,2}"?((?:https?:|//|[a-z][\w.-]{1,60}:)[^\s",;]{3,300})`,
];

const TABLE: Readonly<Partial<Record<EntityKey, Patterns>>> = {
  project: PROJECT_PATTERNS,
  projectNumber: NUMBER_PATTERNS,
  location: LOCATION_PATTERNS,
  nodePool: POOL_PATTERNS,
  permission: PERMISSION_PATTERNS,
  role: [re`(?:^|[\s"\[(:='「])((?:projects/[\w-]{4,40}/|organizations/\d{4,20}/)?roles/[a-zA-Z][\w.]{2,80}\w)`],
  principal: PRINCIPAL_PATTERNS,
  iamServiceAccount: ACCOUNT_PATTERNS,
  namespace: NAMESPACE_PATTERNS,
  kubernetesServiceAccount: KSA_PATTERNS,
  resource: FULL_RESOURCE,
  verb: VERB_PATTERNS,
  apiGroup: GROUP_PATTERNS,
  kubernetesResource: RESOURCE_PATTERNS,
  statusCode: STATUS_PATTERNS,
  host: HOST_PATTERNS,
  service: SERVICE_PATTERNS,
  constraint: CONSTRAINT_PATTERNS,
  errorInfoId: [re`error_?info_?id"?[ ]{0,2}[:=][ ]{0,2}"?([\w.:/+=-]{4,200}\w)`],
  vpcScId: [re`vpcServiceControlsUniqueId(?:entifier)?"?[ ]{0,2}[:=][ ]{0,2}"?([\w.-]{3,200})`],
  image: IMAGE_PATTERNS,
  repository: REPOSITORY_PATTERNS,
  provider: PROVIDER_PATTERNS,
  audience: AUDIENCE_PATTERNS,
};

/** What a pattern finds and is no value of that key. */
const REFUSED: Partial<Record<EntityKey, RegExp>> = { project: NOT_A_PROJECT, nodePool: NOT_A_POOL, resource: /[<>*]/ };

/** The keys that one look at a text can tell. Clusters are named in more ways (`CLUSTER_NAMES`). */
export const KEYS = Object.keys(TABLE) as readonly EntityKey[];

/** The value of a key in a text, with blanks for line breaks; undefined where the text doesn't name it. */
export function valueIn(key: EntityKey, text: string): string | undefined {
  return firstOf(TABLE[key] ?? [], text, REFUSED[key]);
}

export function firstOf(patterns: Patterns, text: string, refused?: RegExp): string | undefined {
  for (const pattern of patterns) {
    const value = bare(pattern.exec(text)?.[1]);
    if (value !== '' && !value.includes('REDACTED') && refused?.test(value) !== true) return value;
  }
  return undefined;
}

/** Without the punctuation of the sentence behind it, and without brackets that were opened before it. */
function bare(value = ''): string {
  const trimmed = value.replace(/[.,;:]{1,8}$/, '');
  const isClosed = (open: string, close: string) => trimmed.split(open).length >= trimmed.split(close).length;
  if (
    /[)\]}>]$/.test(trimmed) &&
    !(isClosed('[', ']') && isClosed('(', ')') && isClosed('{', '}') && isClosed('<', '>'))
  )
    return bare(trimmed.slice(0, -1));
  return trimmed;
}
