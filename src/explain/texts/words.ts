/** How the texts of explanations name things: what the error named, or a placeholder to fill in. */
import type { Entities } from '../../contracts/explanation.ts';
import type { Text } from '../../contracts/text.ts';

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
  /** `user:…`, `serviceAccount:…` of whoever was refused. */
  readonly member: string;
  readonly service: string;
  readonly constraint: string;
  readonly verb: string;
  readonly resource: string;
  readonly said: Entities;
}

export function names(said: Entities): Names {
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
  };
}

function member(principal: string | undefined): string {
  if (principal === undefined) return 'user:EMAIL';
  if (/^(?:user|group|serviceAccount|principal|principalSet|domain):/.test(principal)) return principal;
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
export interface ExplainContext {
  readonly means: (names: Names) => Text;
  readonly why: (names: Names) => Text;
  readonly next: (names: Names) => readonly Text[];
}

export const getCredentials = ({ cluster, location, project }: Names) =>
  `gcloud container clusters get-credentials ${cluster} --location=${location} --project=${project}`;
