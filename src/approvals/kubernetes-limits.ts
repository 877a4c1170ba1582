/** Which access inside a cluster may be given by a button (docs/domain/kubernetes-access.md#what-may-be-bound). Pure. */
import type { Settings } from '../config/settings.ts';
import type { Plan } from '../contracts/plan.ts';
import type { Verdict } from './roles.ts';

type Allowed = Settings['approvals']['kubernetes'];

/** Verbs that give more than what they are asked for, or act as somebody else. */
const NEVER_VERBS = ['*', 'impersonate', 'bind', 'escalate'];
/** Whoever reads or writes these reads every secret, becomes another account, or changes who may do what. */
const NEVER_RESOURCES = [
  /^\*/,
  /\/\*$/,
  /^secrets$/,
  /^serviceaccounts\/token$/,
  /^pods\/(exec|attach|portforward|proxy|ephemeralcontainers)$/,
  /^(services|nodes)\/proxy$/,
  /^nodes(\/|$)/,
  /^(mutating|validating)(webhookconfigurations|admissionpolicies|admissionpolicybindings)$/,
  /^certificatesigningrequests(\/|$)/,
  /^(tokenreviews|users|groups|userextras.*)$/,
];
const NEVER_GROUPS = ['*', 'admissionregistration.k8s.io', 'authentication.k8s.io'];
/** Who may read these learns who may do what; who may write them gives away anything. */
const RBAC = /^(cluster)?role(binding)?s$/;
const READING = ['get', 'list', 'watch'];

/** Why this binding has no button; undefined where it may have one, or the plan makes none. */
export function bindingProblem({ remedy }: Plan, allowed: Allowed): Verdict | undefined {
  if (remedy.kind !== 'create-role-binding') return undefined;
  const { subject, role } = remedy.params;
  const name = textAt(subject, 'name');
  if (name === undefined) return UNREADABLE;
  if (name.startsWith('system:')) return systemSubject(name);
  if (textAt(role, 'clusterRole') === 'view') return undefined;
  const rule = at(role, 'rule');
  const [verbs, resources, groups] = [textsAt(rule, 'verbs'), textsAt(rule, 'resources'), textsAt(rule, 'apiGroups')];
  if (!verbs || !resources || !groups) return UNREADABLE;
  const never =
    verbs.find(verb => NEVER_VERBS.includes(verb.toLowerCase())) ??
    resources.find(resource => NEVER_RESOURCES.some(form => form.test(resource.toLowerCase()))) ??
    groups.find(group => NEVER_GROUPS.includes(group.toLowerCase())) ??
    (verbs.every(verb => READING.includes(verb)) ? undefined : resources.find(resource => RBAC.test(resource)));
  if (never !== undefined) return neverGiven(never);
  const verb = verbs.find(one => !allowed.verbs.includes(one));
  if (verb !== undefined) return notAllowed(verb, 'approvals.kubernetes.verbs');
  const resource = resources.find(one => !allowed.resources.includes(one));
  return resource === undefined ? undefined : notAllowed(resource, 'approvals.kubernetes.resources');
}

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;

function textAt(value: unknown, key: string): string | undefined {
  const found = at(value, key);
  return typeof found === 'string' ? found : undefined;
}

function textsAt(value: unknown, key: string): string[] | undefined {
  const found = at(value, key);
  if (!Array.isArray(found) || found.length === 0) return undefined;
  const texts = found.filter(one => typeof one === 'string');
  return texts.length === found.length ? texts : undefined;
}

const refuse = (en: string, ja: string): Verdict => ({ allowed: false, reason: { en, ja } });
const UNREADABLE = refuse(
  'What this binding would allow cannot be read, so it has no button.',
  'このバインディングが許可する内容を読み取れないため、ボタンでは実行できません。',
);
const systemSubject = (name: string): Verdict =>
  refuse(
    `${name} belongs to Kubernetes itself, or to everybody. It is never bound by a button.`,
    `${name} は Kubernetes 自体またはすべてのユーザーを表すため、ボタンでは割り当てられません。`,
  );
const neverGiven = (what: string): Verdict =>
  refuse(
    `"${what}" lets its holder read secrets, act as others, or give themselves more. It is never allowed by a button.`,
    `「${what}」はシークレットの読み取り、なりすまし、権限の拡大につながるため、ボタンでは許可できません。`,
  );
const notAllowed = (what: string, key: string): Verdict =>
  refuse(
    `"${what}" is not on the list of what may be allowed in clusters by a button (${key}).`,
    `「${what}」は、クラスタ内でボタンによって許可できる一覧（${key}）にありません。`,
  );
