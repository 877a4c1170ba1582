/** Whether a service account is there and enabled (iam serviceAccounts.get). */
import { type Fact, known, unknown } from '../fact.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';

export interface ServiceAccount {
  readonly email: string;
  readonly uniqueId: string;
  readonly disabled: boolean;
}

/** Every service account of a project, by email. */
export function listServiceAccounts(
  session: Session,
  project: string,
): Promise<Fact<ReadonlyMap<string, ServiceAccount>>> {
  return session.once(`accounts ${project}`, () =>
    asFact(
      {
        source: 'iam serviceAccounts.list',
        permission: 'iam.serviceAccounts.list',
        resource: `projects/${project}`,
        self: session.self,
      },
      async () => {
        const accounts = await session.google.listServiceAccounts(project);
        return new Map(accounts.map(raw => [raw.email ?? '', toServiceAccount(raw)]));
      },
    ),
  );
}

function toServiceAccount(raw: { email?: string | null; uniqueId?: string | null; disabled?: boolean | null }) {
  return { email: raw.email ?? '', uniqueId: raw.uniqueId ?? '', disabled: raw.disabled ?? false };
}

/** One account out of its project's list. */
async function fromList(session: Session, project: string, email: string): Promise<Fact<ServiceAccount>> {
  const list = await listServiceAccounts(session, project);
  if (!list.known) return list;
  const account = list.value.get(email);
  if (account) return known(account, list.source);
  const resource = `projects/${project}/serviceAccounts/${email}`;
  const reason = { en: `${resource} doesn't exist.`, ja: `${resource} は存在しません。` };
  return unknown({ code: 'absent', source: list.source, resource, reason });
}

/** `project` is the account's own: `projects/-` answers 403 for accounts that don't exist (docs/domain/nodes.md#node-sa-state). */
export function readServiceAccount(session: Session, project: string, email: string): Promise<Fact<ServiceAccount>> {
  if (session.scan) return fromList(session, project, email);
  const resource = `projects/${project}/serviceAccounts/${email}`;
  return session.once(`account ${email}`, () =>
    asFact(
      { source: 'iam serviceAccounts.get', permission: 'iam.serviceAccounts.get', resource, self: session.self },
      async () => {
        const raw = await session.google.getServiceAccount(resource);
        return { ...toServiceAccount(raw), email: raw.email ?? email };
      },
    ),
  );
}

/** The project a service account lives in, from its email; undefined where the email doesn't tell. */
export function projectOfAccount(email: string, own: { id: string; number?: string }): string | undefined {
  const [name = '', domain = ''] = email.split('@');
  if (domain === 'developer.gserviceaccount.com') {
    const number = name.match(/^(\d+)-compute$/)?.[1];
    return number === undefined || number === own.number ? own.id : number;
  }
  if (domain === 'appspot.gserviceaccount.com') return projectNamed(name);
  const match = domain.match(/^([a-z][a-z0-9-]*(?:\.[a-z0-9.-]+)?)\.iam\.gserviceaccount\.com$/);
  return match?.[1] ? projectNamed(match[1]) : undefined;
}

/** Domain-scoped projects: `name@project.example.com.iam…` is of project `example.com:project`. */
function projectNamed(text: string): string {
  const [project = '', ...scope] = text.split('.');
  return scope.length > 0 ? `${scope.join('.')}:${project}` : project;
}
