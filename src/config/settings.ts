/** What the file may hold: every key with its default and what it takes (README.md#configuration). */
import { z } from 'zod';
import { GRANTABLE_KINDS } from '../contracts/resource-name.ts';
import { LANGUAGES, type Text } from '../contracts/text.ts';
import { parseDuration } from './duration.ts';

export const DECIDABLE_RISKS = ['grant', 'change', 'disruptive'] as const;

/** Roles that are text to copy and never a button, whatever the file says (docs/domain/remedies.md#rules-for-all-kinds). */
export const BASIC_ROLES = ['roles/owner', 'roles/editor', 'roles/viewer'];

const takes = z.registry<Text>();
const field = <Schema extends z.ZodType>(schema: Schema, en: string, ja: string): Schema => {
  takes.add(schema, { en, ja });
  return schema;
};

const list = <Item extends z.ZodType>(item: Item, en: string, ja: string) => field(z.array(item), en, ja);

const projectId = field(
  z.string().regex(/^([a-z0-9.-]+:)?[a-z0-9-]{1,63}$/),
  'a project id, for example prod-1',
  'プロジェクト ID（例: prod-1）',
);
const email = field(
  z
    .string()
    .regex(/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+$/)
    .toLowerCase(),
  'an email address',
  'メールアドレス',
);
const serviceAccount = field(
  z.string().regex(/^[^\s@]+@[^\s@]+\.gserviceaccount\.com$/),
  'the email of a service account (…@….gserviceaccount.com)',
  'サービス アカウントのメールアドレス（…@….gserviceaccount.com）',
);
const duration = field(
  z.string().transform((text, context) => {
    const ms = parseDuration(text);
    if (ms === undefined) context.addIssue({ code: 'custom', message: 'no duration' });
    return ms ?? 0;
  }),
  'a duration such as 30m, 4h or 7d',
  '30m、4h、7d のような期間',
);
const flag = field(z.boolean(), 'true or false', 'true か false');
const quorumOf = field(z.number().int().min(1).max(20), 'a whole number from 1 to 20', '1 から 20 の整数');
const role = field(
  z
    .string()
    .regex(/^((projects|organizations)\/[^/\s]+\/)?roles\/[A-Za-z0-9_.]+(@[A-Za-z]+)?$/)
    .refine(name => !BASIC_ROLES.includes(name.replace(/@.*/, '')))
    .refine(name => !name.includes('@') || GRANTABLE_KINDS.some(kind => name.endsWith(`@${kind}`))),
  `a role (roles/… or projects/…/roles/…), but never Owner, Editor or Viewer; @ and a kind of resource after it for grants on resources (${GRANTABLE_KINDS.join(', ')})`,
  `ロール（roles/… または projects/…/roles/…。オーナー、編集者、閲覧者は不可）。リソースへの付与には、後ろに @ とリソースの種類（${GRANTABLE_KINDS.join('、')}）を付けます`,
);
const slackId = (letters: string, what: string, ja: string) =>
  field(z.string().regex(new RegExp(`^[${letters}][A-Z0-9_-]{1,40}$`)), what, ja);

const Approvers = field(
  z.strictObject({
    userGroups: list(
      slackId(
        'S',
        'the id of a Slack user group (S…, not its @handle)',
        'Slack のユーザー グループ ID（@名ではなく S…）',
      ),
      'a list of ids of Slack user groups',
      'Slack のユーザー グループ ID のリスト',
    ).default([]),
    users: list(
      slackId('UW', 'the id of a Slack user (U… or W…)', 'Slack のユーザー ID（U… か W…）'),
      'a list of ids of Slack users',
      'Slack のユーザー ID のリスト',
    ).default([]),
    emails: list(email, 'a list of email addresses', 'メールアドレスのリスト').default([]),
  }),
  'userGroups, users and emails',
  'userGroups、users、emails',
);
export type Approvers = z.infer<typeof Approvers>;

const Quorum = z.strictObject({
  grant: quorumOf.default(1),
  change: quorumOf.default(1),
  disruptive: quorumOf.default(2),
});
const risk = field(z.enum(DECIDABLE_RISKS), 'grant, change or disruptive', 'grant、change、disruptive のいずれか');

/** A rule holds for the projects (and risks) it matches, and replaces there the keys that it names. */
const Rule = field(
  z.strictObject({
    match: field(
      z.strictObject({
        project: field(
          z.string().regex(/^[a-z0-9.:*?-]+$/),
          'a project id or a pattern with * and ?, for example "prod-*"',
          'プロジェクト ID か、* と ? を使ったパターン（例: "prod-*"）',
        ),
        risk: field(
          z.union([risk, z.array(risk).min(1)]).transform(value => [value].flat()),
          'grant, change or disruptive, or a list of them',
          'grant、change、disruptive のいずれか、またはそのリスト',
        ).optional(),
      }),
      'project (a pattern such as "prod-*"), and optionally risk',
      'project（"prod-*" などのパターン）と、任意で risk',
    ),
    approvers: Approvers.optional(),
    quorum: field(
      z.strictObject({ grant: quorumOf.optional(), change: quorumOf.optional(), disruptive: quorumOf.optional() }),
      'grant, change and disruptive, each a number',
      'grant、change、disruptive（それぞれ数値）',
    ).optional(),
    selfApproval: flag.optional(),
    requireOwnAuthority: flag.optional(),
    expireAfter: duration.optional(),
    allowedRoles: list(role, 'a list of roles', 'ロールのリスト').optional(),
    frozen: flag.optional(),
  }),
  'match, and the keys that it changes',
  'match と、変更するキー',
);
export type Rule = z.infer<typeof Rule>;

export const DEFAULT_ALLOWED_ROLES = [
  'roles/container.defaultNodeServiceAccount',
  'roles/container.serviceAgent',
  'roles/container.defaultNodeServiceAgent',
  'roles/container.hostServiceAgentUser',
  'roles/container.clusterViewer',
  'roles/iam.workloadIdentityUser',
];

export const DEFAULT_KUBERNETES_VERBS = ['get', 'list', 'watch'];
/** Without secrets, RBAC, nodes, and what lets its holder act inside Pods. */
export const DEFAULT_KUBERNETES_RESOURCES = [
  'configmaps',
  'controllerrevisions',
  'cronjobs',
  'daemonsets',
  'deployments',
  'endpoints',
  'endpointslices',
  'events',
  'horizontalpodautoscalers',
  'ingresses',
  'jobs',
  'limitranges',
  'namespaces',
  'networkpolicies',
  'persistentvolumeclaims',
  'poddisruptionbudgets',
  'pods',
  'pods/log',
  'replicasets',
  'resourcequotas',
  'serviceaccounts',
  'services',
  'statefulsets',
];

/** An account that may be given to workloads: without a target, it takes a second approver. */
const Target = field(
  z.strictObject({
    serviceAccount: field(
      z.string().regex(/^[a-z0-9*?-]+@[a-z0-9.:*?-]+$/),
      'the email of a service account or a pattern with * and ?, for example "app-*@prod-1.iam.gserviceaccount.com"',
      'サービス アカウントのメールアドレスか、* と ? を使ったパターン（例: "app-*@prod-1.iam.gserviceaccount.com"）',
    ),
    quorum: quorumOf.optional(),
  }),
  'serviceAccount, and optionally quorum',
  'serviceAccount と、任意で quorum',
);

const Kubernetes = z.strictObject({
  verbs: list(
    field(z.string().regex(/^[a-z]+$/), 'a verb such as get', 'get などの動詞'),
    'a list of verbs',
    '動詞のリスト',
  ).default(DEFAULT_KUBERNETES_VERBS),
  resources: list(
    field(z.string().regex(/^[a-z0-9./-]+$/), 'a resource such as pods or pods/log', 'pods や pods/log などのリソース'),
    'a list of resources',
    'リソースのリスト',
  ).default(DEFAULT_KUBERNETES_RESOURCES),
});

const Approvals = z.strictObject({
  /** Accounts that workloads may be let in to with the quorum of the risk; all others take a second approver. */
  targets: list(Target, 'a list of targets, each with serviceAccount', 'serviceAccount を持つ対象のリスト').default([]),
  /** Domains of people and groups that may be given something; empty: any. */
  memberDomains: list(
    field(
      z.string().regex(/^[a-z0-9.-]+\.[a-z]+$/),
      'a domain, for example example.com',
      'ドメイン（例: example.com）',
    ),
    'a list of domains',
    'ドメインのリスト',
  ).default([]),
  /** What may be allowed in clusters. */
  kubernetes: field(Kubernetes, 'verbs and resources', 'verbs と resources').prefault({}),
  /** In milliseconds. */
  expireAfter: duration.prefault('4h'),
  selfApproval: flag.default(false),
  requireOwnAuthority: flag.default(true),
  quorum: field(
    Quorum,
    'grant, change and disruptive, each a number',
    'grant、change、disruptive（それぞれ数値）',
  ).prefault({}),
  approvers: Approvers.prefault({}),
  frozen: flag.default(false),
  allowedRoles: list(role, 'a list of roles', 'ロールのリスト').default(DEFAULT_ALLOWED_ROLES),
  rules: list(Rule, 'a list of rules, each with match', 'match を持つルールのリスト').default([]),
});

const Slack = z.strictObject({
  approvalsChannel: slackId('CG', 'the id of a channel (C…)', 'チャンネル ID（C…）').optional(),
  /** Workspaces that may use the bot; empty: the token's own. */
  teams: list(
    slackId('TE', 'the id of a workspace or organization (T… or E…)', 'ワークスペースか組織の ID（T… か E…）'),
    'a list of ids of workspaces',
    'ワークスペース ID のリスト',
  ).default([]),
});

const Google = z.strictObject({ diagnoser: serviceAccount.optional(), remediator: serviceAccount.optional() });

export const Settings = field(
  z.strictObject({
    projects: list(projectId, 'a list of project ids', 'プロジェクト ID のリスト').default([]),
    language: field(z.enum(LANGUAGES), 'en or ja', 'en か ja').default('en'),
    slack: field(Slack, 'approvalsChannel and teams', 'approvalsChannel と teams').prefault({}),
    google: field(Google, 'diagnoser and remediator', 'diagnoser と remediator').prefault({}),
    approvals: field(Approvals, 'the keys of approvals', 'approvals のキー').prefault({}),
  }),
  'keys and values',
  'キーと値',
);
export type Settings = z.infer<typeof Settings>;

type Path = readonly PropertyKey[];

/** What the key at this path takes. */
export function takesAt(path: Path): Text {
  const schemas = schemasAt(path);
  const described = schemas.map(schema => takes.get(schema)).find(text => text !== undefined);
  return described ?? { en: 'another value', ja: '別の値' };
}

/** The keys that the object at this path may have. */
export function settingsKeys(path: Path): string[] {
  const object = schemasAt(path).find(schema => schema instanceof z.ZodObject);
  return object ? Object.keys(object.shape) : [];
}

/** The schema at a path with all that it wraps, outermost first. */
function schemasAt(path: Path): z.core.$ZodType[] {
  return path.reduce<z.core.$ZodType[]>((schemas, part) => {
    for (const schema of schemas) {
      if (schema instanceof z.ZodObject) {
        const inner: unknown = schema.shape[String(part)];
        return inner instanceof z.core.$ZodType ? unwrapped(inner) : schemas;
      }
      if (schema instanceof z.ZodArray) return unwrapped(schema.element);
    }
    return schemas;
  }, unwrapped(Settings));
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return [schema, ...unwrapped(schema.unwrap())];
  }
  if (schema instanceof z.ZodPipe) return [schema, ...unwrapped(schema.in)];
  return [schema];
}
