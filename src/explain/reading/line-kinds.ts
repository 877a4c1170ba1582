/** What one line of a paste looks like, by its form alone. What it means beside its neighbours is decided in `segments.ts`. */
import { hasFailure } from './failures.ts';

/**
 * `command`: something that was typed. `configuration`: what somebody wrote for a program. `detail`: a field that errors have,
 * and `report` one that says that something failed. `row`: of a table of what runs. `success`: says that something works,
 * `failure` that something failed. `comment`: links, greetings, notes in a file. `text`: none of these.
 */
export type LineKind =
  | 'command'
  | 'configuration'
  | 'detail'
  | 'report'
  | 'row'
  | 'success'
  | 'failure'
  | 'comment'
  | 'text'
  | 'blank';

const TOOLS =
  'gcloud|kubectl|oc|helm|helmfile|terraform|tofu|terragrunt|pulumi|curl|wget|docker|podman|crane|skopeo|make|aws|az|eksctl|flux|argocd|kustomize|skaffold|tilt|k9s|bq|gsutil|istioctl|velero|ansible-playbook|cloud_sql_proxy|cloud-sql-proxy';
const ANY_TOOL = `${TOOLS}|sudo|export|env|printenv|set|unset|cat|echo|grep|ssh|npm|npx|yarn|python3?|go|java|node|cd|ls|source|nslookup|dig|\\./[\\w.-]{1,60}`;
/** A prompt of a shell (`alice@web-1:~/shop (main) $`, `+`, `>`, `PS C:\\>`), then a command. */
const PROMPTED = new RegExp(
  `^(?<prompt>[\\w.@~:/\\\\ ()\\[\\]-]{0,80}[$#%❯➜»][ ]{0,2}|[+>❯➜] ?|PS(?: [A-Z]:[^>\\n]{0,120})?> ?)(?:${ANY_TOOL})(?: |$)`,
);
/** Without a prompt only what has the form of one: a tool, then its verb. */
const BARE = new RegExp(
  `^(?:sudo )?(?:${TOOLS}) (?:--?[\\w-]{2,40}[ =]\\S{1,120} |[a-z][\\w-]{1,40}(?: |$))(?!.{0,400}(?:: |[✗✘]))`,
);
const EXPORT = /^export [A-Z_][A-Z0-9_]{1,60}=/i;

/** `key: value` of YAML, `key = value` of HCL and INI, `KEY=value` of an environment; keys have no blanks. */
const YAML = /^(?:- )?(?:["']?[\w@$][\w./@$-]{0,120}["']?):(?: .*)?$/;
/** Labels of `kubectl describe`: what it prints is a report, not a configuration. */
const DESCRIBED =
  /^(?:Name|Namespace|Labels|Annotations|Status|State|Last State|Reason|Message|Events?|Type|Node|Image|Ready|Started|Finished|Containers?|Conditions|Tokens|IP|Controlled By|Restart Count|Exit Code|Warning|Normal): |^\d/;
const YAML_ITEM = /^- (?:["']?[\w./:@*-]{1,200}["']?)$/;
const HCL = /^["']?[a-z_][\w.-]{0,60}["']? {0,20}= {0,4}(?:[[{"'\w$<].{0,400})?$/;
const HCL_BLOCK =
  /^(?:resource|data|provider|module|variable|output|locals|terraform|backend|provisioner|dynamic|[a-z_]{3,40})(?: "[\w./-]{1,80}"){0,2} \{(?:.{0,200}\})?$/;
const ENVIRONMENT = /^[A-Z][A-Z0-9_]{2,60}=(?:"[^"]{0,400}"|'[^']{0,400}'|\S{0,400})$/;
const INI = /^\[[\w. -]{1,60}\]$/;
const JSON_FIELD = /^"[\w./@$-]{1,80}" ?: ?(?:[[{]|"[^"]{0,400}"|[\w.-]{1,60}),?$/;
const ITEM = /^---$|^\.\.\.$|^"[\w./:@*-]{1,200}",?$/;
const BRACKET = /^[[{(]{1,4}$|^[\]})]{1,4}[,;.]?$/;

/** Fields in which Google's and Kubernetes' APIs, gcloud and log collectors report an error. */
const DETAIL =
  /^(?:-? ?)["']?(?:'?@type'?|code|message|msg|reason|domain|metadata|details?|description|violations?|subject|error|errors|err|error_?\w{0,20}|status|status_?code|status_?message|permissions?|resource|service|consumer|activation_?url|help|links|quota_?\w{0,20}|canonical_?code|recommender_?subtype|state_?info|uid|granted|principal_?email|method_?name|service_?name|type|kind|exit_?code|last_?state|cause|response|body|request_?id|debug_?info|content-type|www-authenticate|audit-id)["']?[ ]?[:=]/i;

const TABLE_HEAD =
  /^(?:NAMESPACE|NAME|LAST SEEN|TYPE|READY|CURRENT|POD|CONTEXT|ID|LOCATION)(?:[ ]{1,60}[A-Z][A-Z().-]{1,24}(?: [A-Z]{1,12})?){1,14}$/;
const TABLE_ROW =
  /^\S{1,120}(?:[ ]{1,60}\S{1,120}){0,3}[ ]{1,60}(?:\d{1,3}\/\d{1,3}|Running|Completed|Active|Ready|Bound|ClusterIP|LoadBalancer|RUNNING|<none>)(?=[ ]|$)/;

const SUCCESS =
  /^(?:fetching cluster endpoint and auth data\.?|kubeconfig entry generated for \S{1,80}|updated property \[.{1,80}\]\.?|apply complete!.{0,120}|update done!|done\.?|ok|yes|\S{1,120} (?:created|configured|unchanged|patched|annotated|labeled|restarted)(?: \(.{1,40}\))?|deployment "?\S{1,80}"? successfully rolled out|you are now logged in as \[.{1,100}\]\.?|activated service account credentials for: \[.{1,100}\]|pulling image .{1,200}|successfully pulled image .{1,300})$/i;
const COMMENT =
  /^(?:(?:for more (?:information|details|help|info)|to learn more|see(?: also)?|refer to|documentation|docs|read more|more info(?:rmation)?|learn more)\b.{0,200}https?:\/\/\S{1,400}|https?:\/\/(?:cloud|developers|support)\.google\.com\/\S{0,400}|https?:\/\/(?:github\.com|kubernetes\.io|stackoverflow\.com)\/\S{0,400}|#(?!#).{0,300}|\/\/ .{0,300}|(?:hi|hello|hey|thanks|thank you|any ideas?|please help)\b.{0,120})$/i;

export function kindOfLine(line: string): LineKind {
  if (line === '') return 'blank';
  if (isCommand(line)) return 'command';
  if (SUCCESS.test(line)) return 'success';
  if (TABLE_HEAD.test(line)) return 'row';
  const isFailing = hasFailure(line);
  if (TABLE_ROW.test(line)) return isFailing ? 'failure' : 'row';
  if (COMMENT.test(line)) return 'comment';
  if (!isConfiguration(line)) return isFailing ? 'failure' : 'text';
  if (DETAIL.test(line) || BRACKET.test(line)) return isFailing ? 'report' : 'detail';
  return isFailing && !isNamed(line) ? 'failure' : 'configuration';
}

function isCommand(line: string): boolean {
  const prompt = PROMPTED.exec(line)?.groups?.prompt;
  if (prompt !== undefined) return !hasFailure(prompt) && !/please|run/i.test(prompt);
  return EXPORT.test(line) || (BARE.test(line) && !/\berror\b|\bfailed\b/i.test(line));
}

function isConfiguration(line: string): boolean {
  if (DESCRIBED.test(line)) return false;
  return (
    YAML.test(line) ||
    YAML_ITEM.test(line) ||
    HCL_BLOCK.test(line) ||
    HCL.test(line) ||
    ENVIRONMENT.test(line) ||
    INI.test(line) ||
    JSON_FIELD.test(line) ||
    ITEM.test(line) ||
    BRACKET.test(line)
  );
}

/** Fields of manifests whose names or values hold words of failure although all is well. */
const NAMED =
  /^(?:- )?["']?(?:name|namespace|image|value|path|key|command|args|app|tier|role|cluster|user|context|server|install_?hint|failure_?\w{0,20}|\w{0,20}_?threshold|\w{0,20}(?:timeout|unavailable|retries|required|backoff)\w{0,20}|restart_?policy|pre(?:ferred|emption)\w{0,40}|required\w{0,60}|policy_?types?|enforc\w{0,30}|deny\w{0,30}|[\w.-]{1,80}\/[\w.-]{1,80}|optional|mount_?path|delete\w{0,30}|disable\w{0,40}|on_?failure)["']?[ ]?[:=]/i;
/** A value of such a field is a name or a number; a sentence in its place is what a program of that name says. */
const isNamed = (line: string) => NAMED.test(line) && line.split(/\s+/).length <= 4;

/** After an empty line: what still belongs to the message above it. */
const CONTINUES = /^(?:with |on |in |from |at |\{|(?:more )?details?:|response|caused by|\* |- |reason:)/i;
export const continuesMessage = (line: string): boolean => CONTINUES.test(line);

/** Where a configuration begins beyond doubt. */
const ANCHOR =
  /^(?:- )?["']?(?:api_?version|kind|metadata|spec|annotations|labels|env|users|contexts|clusters|exec|ports|egress|ingress|pod_?selector|policy_?types|service_?account|template|containers|image|replica_?count|data|roleref|subjects|rules)["']?[ ]?[:=]|^(?:resource|data|provider|module|variable|locals|terraform|output)(?: "[\w./-]{1,80}"){0,2} \{/i;
export const isAnchor = (line: string): boolean => ANCHOR.test(line);
