/** What ends a missing permission on a resource: a grant there where that is safe by a click, else commands. */
import { type CloudResource, projectOf } from '../../../../contracts/resource-name.ts';
import type { Text } from '../../../../contracts/text.ts';
import type { Access } from '../../../facts/access.ts';
import type { Fact } from '../../../facts/fact.ts';
import type { Needed } from '../../../facts/resources/needed.ts';
import { offeredRole } from '../../../iam/resources/offered-role.ts';
import type { RemedyRequest } from '../../check.ts';

export interface Grants {
  readonly remedies: readonly RemedyRequest[];
  /** What a reader has to know about them. */
  readonly notes: readonly Text[];
}

/** The grants of `needed` to a member, from roles that were read. */
export function grantsFor(needed: Needed, member: string, roles: Fact<readonly string[]>, access: Access): Grants {
  const { permission, holder, project } = needed;
  if (!roles.known) return showRoles(needed);
  const candidates = roles.value.flatMap(name => {
    const role = access.role(name);
    return role?.known ? [role.value] : [];
  });
  const role = offeredRole(permission, candidates, member)?.role.name;
  if (role === undefined) return showRoles(needed);
  if (holder?.service === 'bigquery') return { remedies: [grantBySql(holder, role, member)], notes: [BY_COMMAND] };
  // Whose approval rules count is told by the project, which a bucket's name doesn't.
  if (!project.known) return { remedies: [], notes: [] };
  if (holder) {
    const where = projectOf(holder) === undefined ? { project: project.value } : {};
    const params = { resource: holder.fullName, member, role, ...where };
    return { remedies: [{ kind: 'grant-resource-role', params }], notes: [] };
  }
  return {
    remedies: [{ kind: 'grant-project-role', params: { project: project.value, member, role } }],
    notes: needed.resource ? [wider(project.value)] : [],
  };
}

/** Nothing that fits: the roles that could be granted, for people to choose from. */
function showRoles({ holder, permission, project }: Needed): Grants {
  const on =
    holder?.fullName ?? (project.known ? `//cloudresourcemanager.googleapis.com/projects/${project.value}` : undefined);
  if (on === undefined) return { remedies: [], notes: [] };
  return {
    remedies: [{ kind: 'command', params: { command: ['gcloud', 'iam', 'list-grantable-roles', on] } }],
    notes: [
      {
        en: `No role of the service contains ${permission} without giving much more, so none is offered. Choose one, or make a custom role with this permission.`,
        ja: `${permission} を含み、余分な権限の少ないロールがこのサービスにないため、付与は提案しません。ロールを選ぶか、この権限だけのカスタムロールを作成してください。`,
      },
    ],
  };
}

/** `GRANT … ON SCHEMA|TABLE` (https://cloud.google.com/bigquery/docs/reference/standard-sql/data-control-language). */
function grantBySql({ kind, path }: CloudResource, role: string, member: string): RemedyRequest {
  const [, project = '', , dataset = '', , table = ''] = path.split('/');
  const name = kind === 'table' ? `TABLE \`${project}.${dataset}.${table}\`` : `SCHEMA \`${project}.${dataset}\``;
  const sql = `GRANT \`${role}\` ON ${name} TO "${member}"`;
  return {
    kind: 'command',
    params: { command: ['bq', 'query', `--project_id=${project}`, '--use_legacy_sql=false', sql] },
  };
}

const BY_COMMAND: Text = {
  en: 'gke-auth has no right to change datasets: whoever may update one could grant anything on it. Run the command yourself.',
  ja: 'データセットを更新できるとどの権限でも付与できてしまうため、gke-auth にはデータセットの変更権限がありません。コマンドをご自身で実行してください。',
};

function wider(project: string): Text {
  return {
    en: `The resource has no policy for this permission, so the grant is on project ${project}: it covers everything of the kind there.`,
    ja: `このリソースには、この権限に対応するポリシーがないため、プロジェクト ${project} に対する付与になります。プロジェクト内の同種のリソースすべてが対象です。`,
  };
}
