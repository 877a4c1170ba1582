/** Turns a call into a fact: an answer is known, whatever went wrong is unknown with its reason. */

import type { Text } from '../../contracts/text.ts';
import { GoogleApiError } from '../../google/errors.ts';
import { type Fact, known, type Unknown, type UnknownCode, unknown } from './fact.ts';

export interface Call {
  /** As Google names it: `cloudresourcemanager projects.getIamPolicy`. */
  readonly source: string;
  /** The permission it takes, and what on; for the reason and the command where it is denied. */
  readonly permission?: string;
  /** Where no one permission is what it takes: the role that lets us, and that a refusal names. */
  readonly role?: string;
  readonly resource: string;
  /** Who we are, for the command; asked only where there is one. */
  readonly self: () => Promise<string>;
}

/** `read` calls Google and makes of the answer, whose form has been checked, what is known. What else it throws is a bug. */
export async function asFact<T>(call: Call, read: () => Promise<T>): Promise<Fact<T>> {
  try {
    return known(await read(), call.source);
  } catch (error) {
    return unknownFrom(call, GoogleApiError.from(error));
  }
}

async function unknownFrom(call: Call, error: GoogleApiError): Promise<Unknown> {
  const code = codeOf(error);
  const { source, resource } = call;
  const payer = error.metadata.consumer ?? projectOf(resource);
  if (error.reason === 'USER_PROJECT_DENIED' && payer !== undefined) return payerDenied(call, payer);
  const noRoleHelps = NO_ROLE_HELPS.test(error.reason ?? '');
  const permission = noRoleHelps
    ? undefined
    : (error.metadata.permission ?? permissionIn(error.message) ?? call.permission);
  if (code === 'api-disabled') {
    const reason = reasonText(code, call, error, permission);
    return unknown({ code, source, resource: payer, reason, command: enableCommand(error, call) });
  }
  if (code !== 'denied') return unknown({ code, source, resource, reason: reasonText(code, call, error, permission) });
  if (isPredefinedRole(resource)) return unknown({ code, source, reason: openToAllText(call, error) });
  if (permission !== undefined) {
    const command = grantCommand(permission, resource, await call.self());
    return unknown({ code, source, resource, reason: reasonText(code, call, error, permission), permission, command });
  }
  const reason = refusedText(call, error);
  if (call.role === undefined || noRoleHelps) return unknown({ code, source, resource, reason });
  return unknown({ code, source, resource, reason, command: bindCommand(call.role, resource, await call.self()) });
}

/** Refusals that are about billing, a service perimeter, an unnamed payer or the credentials themselves (google.api.ErrorReason). */
const NO_ROLE_HELPS =
  /^(?:USER_PROJECT_DENIED|BILLING_DISABLED|CONSUMER_SUSPENDED|CONSUMER_INVALID|ACCESS_TOKEN_SCOPE_INSUFFICIENT|SECURITY_POLICY_VIOLATED|ORG_RESTRICTION_VIOLATION|LOCATION_POLICY_VIOLATED)$/;

/** GKE's API sends no metadata: the permission is in the message alone (docs/domain/error-texts.md#googles-rest-apis). */
function permissionIn(message: string): string | undefined {
  return message.match(/required "([a-zA-Z]+\.\w+\.\w+)" permission/i)?.[1];
}

function refusedText({ resource, role, source }: Call, { message }: GoogleApiError): Text {
  if (role !== undefined) {
    return {
      en: `Google refuses ${source} on ${resource}: ${message}`,
      ja: `${resource} に対する ${source} が Google に拒否されました: ${message}`,
    };
  }
  return {
    en: `Google refuses to let me read ${resource}: ${message}`,
    ja: `${resource} の読み取りが Google に拒否されました: ${message}`,
  };
}

/** What a resource is in: `projects/P`; undefined for what is in none. */
function projectOf(resource: string): string | undefined {
  return resource.match(/^(?:\/\/[^/]+\/)?(projects\/[^/_][^/]*)/)?.[1];
}

/** Google's own roles belong to no project, and whoever has a valid token may read them (IAM, roles.get): no grant helps. */
function isPredefinedRole(resource: string): boolean {
  return resource.startsWith('roles/');
}

function openToAllText({ resource }: Call, { message }: GoogleApiError): Text {
  return {
    en: `Anybody may read ${resource}, so this is about the project that my calls are counted for, or its IAM API: ${message}`,
    ja: `${resource} は誰でも読み取れるため、原因は呼び出しの割り当てに使うプロジェクトか、その IAM API にあります: ${message}`,
  };
}

/**
 * The project that our calls are counted for, which need not be the one that is read
 * (https://cloud.google.com/docs/quotas/quota-project).
 */
async function payerDenied(call: Call, payer: string): Promise<Unknown> {
  const permission = 'serviceusage.services.use';
  return unknown({
    code: 'denied',
    source: call.source,
    resource: payer,
    permission,
    reason: {
      en: `${call.resource} wasn't read: I may not use ${payer}, which the call is counted for (${permission}).`,
      ja: `${call.resource} を読み取れませんでした。呼び出しの割り当てに使う ${payer} の利用権限がありません（${permission}）。`,
    },
    command: grantCommand(permission, payer, await call.self()),
  });
}

function codeOf(error: GoogleApiError): UnknownCode {
  if (error.kind === 'timeout') return 'timeout';
  if (error.kind === 'unreachable') return 'unreachable';
  if (error.kind === 'malformed') return 'malformed';
  if (error.kind === 'credentials' || error.status === 401) return 'unauthenticated';
  if (error.status === 403) return error.reason === 'SERVICE_DISABLED' ? 'api-disabled' : 'denied';
  if (error.status === 404) return 'absent';
  if (error.status === 429) return 'rate-limited';
  return 'server-error';
}

function reasonText(code: UnknownCode, call: Call, error: GoogleApiError, permission: string | undefined): Text {
  const { resource, source } = call;
  const need = permission ? ` (${permission})` : '';
  const texts: Record<UnknownCode, Text> = {
    denied: { en: `I may not read ${resource}${need}.`, ja: `${resource} を読み取る権限がありません${need}。` },
    absent: { en: `${resource} doesn't exist.`, ja: `${resource} は存在しません。` },
    'api-disabled': {
      en: `The API for ${source} is disabled in the project that pays for the call.`,
      ja: `${source} の API が、呼び出しに使われるプロジェクトで無効です。`,
    },
    unauthenticated: {
      en: `Google doesn't accept these credentials (${error.message}).`,
      ja: `Google がこの認証情報を受け付けません（${error.message}）。`,
    },
    timeout: { en: `${source} didn't answer in time.`, ja: `${source} が時間内に応答しませんでした。` },
    unreachable: {
      en: `${source} can't be reached (${error.message}).`,
      ja: `${source} に接続できません（${error.message}）。`,
    },
    malformed: {
      en: `${source} answered something that can't be read: ${error.message}.`,
      ja: `${source} の応答を読み取れません: ${error.message}。`,
    },
    'rate-limited': {
      en: `${source}: Google's quota is used up (429).`,
      ja: `${source}: Google の割り当てを使い切りました（429）。`,
    },
    'server-error': {
      en: `${source} failed with HTTP ${error.status ?? '?'}: ${error.message}`,
      ja: `${source} が HTTP ${error.status ?? '?'} で失敗しました: ${error.message}`,
    },
    'not-asked': { en: `${source} was not asked.`, ja: `${source} は問い合わせていません。` },
  };
  return texts[code];
}

/** Predefined roles that hold what we read (docs/domain/identities.md#the-diagnoser), narrowest first where one service has several. */
const READING_ROLES: readonly (readonly [prefix: string, role: string])[] = [
  ['iam.roles.', 'roles/iam.roleViewer'],
  ['iam.', 'roles/iam.securityReviewer'],
  ['resourcemanager.projects.get', 'roles/browser'],
  ['resourcemanager.', 'roles/iam.securityReviewer'],
  ['container.', 'roles/container.viewer'],
  ['serviceusage.services.use', 'roles/serviceusage.serviceUsageConsumer'],
  ['serviceusage.', 'roles/serviceusage.serviceUsageViewer'],
  ['recommender.', 'roles/recommender.containerDiagnosisViewer'],
  ['orgpolicy.', 'roles/orgpolicy.policyViewer'],
  ['logging.', 'roles/logging.viewer'],
  ['storage.buckets.get', 'roles/storage.bucketViewer'],
  ['bigquery.datasets.get', 'roles/bigquery.metadataViewer'],
  ['artifactregistry.repositories.get', 'roles/artifactregistry.reader'],
  ['cloudkms.cryptoKeys.get', 'roles/cloudkms.viewer'],
];

function readingRole(permission: string): string {
  if (permission.endsWith('.getIamPolicy')) return 'roles/iam.securityReviewer';
  return READING_ROLES.find(([prefix]) => permission.startsWith(prefix))?.[1] ?? 'roles/iam.securityReviewer';
}

/** The command that gives us a permission we lack, on the folder, organization or project it is about. */
export function grantCommand(permission: string, resource: string, self: string): string {
  return bindCommand(readingRole(permission), resource, self);
}

/** Where a role that lets us read a resource below a project is granted: on the project; a bucket's name doesn't tell which. */
function projectIn(resource: string): string {
  const project = /^\/\/[^/]+\/projects\/([^/]+)/.exec(resource)?.[1];
  return project === undefined || project === '_' ? 'PROJECT' : project;
}

function bindCommand(role: string, resource: string, self: string): string {
  const binding = `--member=${self} --role=${role} --condition=None`;
  if (resource.startsWith('//')) return `gcloud projects add-iam-policy-binding ${projectIn(resource)} ${binding}`;
  const [kind, id] = resource.split('/');
  if (kind === 'folders') return `gcloud resource-manager folders add-iam-policy-binding ${id} ${binding}`;
  if (kind === 'organizations') return `gcloud organizations add-iam-policy-binding ${id} ${binding}`;
  return `gcloud projects add-iam-policy-binding ${id ?? 'PROJECT'} ${binding}`;
}

function enableCommand(error: GoogleApiError, call: Call): string {
  const service = error.metadata.service ?? `${call.source.split(' ')[0]}.googleapis.com`;
  const consumer = (error.metadata.consumer ?? projectOf(call.resource))?.split('/')[1] ?? 'PROJECT';
  return `gcloud services enable ${service} --project=${consumer}`;
}
