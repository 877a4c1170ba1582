/** How the texts of explanations name things: what the error named, or a placeholder to fill in. */
import type { Entities } from '../../contracts/explanation.ts';
import type { Text } from '../../contracts/text.ts';
import { isEverybody } from '../everybody.ts';
import type { Program } from '../program.ts';
import type { Circumstances } from '../recognize.ts';

/** Names for commands: the error's own, or `CLUSTER`, `PROJECT` … Safe to paste into a POSIX shell. */
export interface Names {
  readonly cluster: string;
  readonly location: string;
  readonly project: string;
  readonly projectNumber: string;
  readonly pool: string;
  /** An IAM service account's email. */
  readonly account: string;
  readonly namespace: string;
  /** A Kubernetes service account's name. */
  readonly ksa: string;
  /** `user:…`, `serviceAccount:…` of whoever was refused; a placeholder for names that stand for everybody. */
  readonly member: string;
  readonly service: string;
  readonly constraint: string;
  readonly verb: string;
  readonly resource: string;
  readonly said: Entities;
  readonly program?: Program | undefined;
  readonly variant?: string | undefined;
  readonly isClusterWide: boolean;
}

/** What stands in commands where the error names nothing. */
const PLACEHOLDERS = [
  'CLUSTER',
  'CLUSTER_PROJECT',
  'LOCATION',
  'PROJECT',
  'PROJECT_NUMBER',
  'HOST_PROJECT',
  'SUBNET',
  'REGION',
  'NODE_POOL',
  'SERVICE_ACCOUNT_EMAIL',
  'NAMESPACE',
  'KSA',
  'MEMBER',
  'SERVICE',
  'CONSTRAINT',
  'VERB',
  'RESOURCE',
  'PERMISSION',
  'ROLE',
  'NAME',
  'BUCKET',
  'SECRET',
  'TOPIC',
  'SUBSCRIPTION',
  'REPOSITORY',
  'KEY',
  'KEYRING',
  'INSTANCE',
  'DATABASE',
  'POOL',
  'PROVIDER',
  'OWNER/REPO',
  'CONDITION',
  'HOST',
  'IDENTIFIER',
  'NODE_SERVICE_ACCOUNT',
  'KEY_LOCATION',
] as const;
const PLACEHOLDER = new RegExp(`(?<![\\w-])(?:${PLACEHOLDERS.join('|')})(?![\\w-])`, 'g');

export function names(said: Entities, circumstances?: Circumstances): Names {
  return {
    cluster: shell(said.cluster ?? 'CLUSTER'),
    location: shell(said.location ?? 'LOCATION'),
    project: shell(said.project ?? said.projectNumber ?? 'PROJECT'),
    projectNumber: shell(said.projectNumber ?? 'PROJECT_NUMBER'),
    pool: shell(said.nodePool ?? 'NODE_POOL'),
    account: shell(said.iamServiceAccount ?? 'SERVICE_ACCOUNT_EMAIL'),
    namespace: shell(said.namespace ?? 'NAMESPACE'),
    ksa: shell(said.kubernetesServiceAccount ?? 'KSA'),
    member: shell(member(said.principal)),
    service: shell(said.service ?? 'SERVICE'),
    constraint: shell((said.constraint ?? 'CONSTRAINT').replace(/^constraints\//, '')),
    verb: shell(said.verb ?? 'VERB'),
    resource: shell(said.kubernetesResource ?? 'RESOURCE'),
    said,
    program: circumstances?.program,
    variant: circumstances?.variant,
    isClusterWide: circumstances?.isClusterWide ?? said.namespace === undefined,
  };
}

function member(principal: string | undefined): string {
  if (principal === undefined || isEverybody(principal)) return 'MEMBER';
  if (/^(?:user|group|serviceAccount|principal|principalSet|domain):/.test(principal)) return principal;
  if (/^[\w.-]+\.svc\.id\.goog\[/.test(principal)) return `serviceAccount:${principal}`;
  if (!principal.includes('@')) return 'MEMBER';
  return `${principal.endsWith('gserviceaccount.com') ? 'serviceAccount' : 'user'}:${principal}`;
}

/** One word for a POSIX shell, quoted where it must be: what an error names comes from outside. */
export function shell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What the error named, or other words where it named nothing. */
export function or(named: string | undefined, otherwise: Text): Text {
  return named === undefined ? otherwise : { en: named, ja: named };
}

/** The explanation of one problem: what it means, why it happens, what to do. */
export interface ProblemText {
  readonly means: (names: Names) => Text;
  readonly why: (names: Names) => Text;
  /** Steps in order; a command stands at the end of its step, after a colon. */
  readonly next: (names: Names) => readonly Text[];
}

/** Says which words of the steps are to be replaced; nothing where the error named everything. */
export function placeholdersIn(steps: readonly Text[]): Text[] {
  const found = [...new Set(steps.flatMap(({ en }) => en.match(PLACEHOLDER) ?? []))];
  if (found.length === 0) return [];
  const list = found.join(', ');
  return [
    {
      en: `Replace what the error doesn't name: ${list}.`,
      ja: `エラーに書かれていない値は置き換えてください: ${list}。`,
    },
  ];
}

export const getCredentials = ({ cluster, location, project }: Names) =>
  `gcloud container clusters get-credentials ${cluster} --location=${location} --project=${project}`;

/** A role on a project. */
export const grant = (project: string, member: string, role: string) =>
  `gcloud projects add-iam-policy-binding ${project} --member=${member} --role=${role} --condition=None`;

/** Programs that take their credentials from a `provider` block. */
export const isTerraform = ({ program }: Names): boolean => program === 'terraform' || program === 'pulumi';

export const EXEC_BLOCK =
  'exec { api_version = "client.authentication.k8s.io/v1beta1", command = "gke-gcloud-auth-plugin" }';

export const PROPAGATION: Text = {
  en: 'Wait 2 to 7 minutes until IAM has applied it, then repeat what failed.',
  ja: 'IAM への反映に 2〜7 分かかります。その後、失敗した操作をやり直します。',
};
