/**
 * What a workload could do through an IAM service account, by what can be read of it: its roles in the configured projects.
 * Whoever may act as an account can do everything that the account can (https://cloud.google.com/iam/docs/service-account-permissions),
 * so this is what an approver decides about. Source: docs/security.md#what-a-button-can-give.
 */
import { type Config, planProjects } from '../../src/config/config.ts';
import { BASIC_ROLES } from '../../src/config/settings.ts';
import type { Plan } from '../../src/contracts/plan.ts';
import type { Text } from '../../src/contracts/text.ts';
import { readPolicy } from '../../src/diagnosis/facts/google/policy.ts';
import { readRole } from '../../src/diagnosis/facts/google/role.ts';
import type { Session } from '../../src/diagnosis/facts/session.ts';

export interface TargetPower {
  /** For the card: who could do what from then on. */
  readonly says: Text;
  /** Why there is no button, whoever approves. */
  readonly never?: Text;
}

/** More projects than this are not asked for one button. */
const MOST_PROJECTS = 30;
const SHOWN = 8;

/** Gives whoever holds it the power over others' access, or other accounts. */
const DANGEROUS = /\.setIamPolicy$|^iam\.(?!.*\.(get|list|getIamPolicy|queryGrantableRoles|queryTestablePermissions)$)/;

interface Held {
  readonly role: string;
  readonly project: string;
  readonly conditional: boolean;
}

/** Undefined where the plan lets nobody act as an account. */
export async function readTargetPower(
  session: Session,
  plan: Plan,
  config: Pick<Config, 'projects'>,
): Promise<TargetPower | undefined> {
  const { kind, params } = plan.remedy;
  if (kind !== 'grant-service-account-role') return undefined;
  const email = String(params.serviceAccount).split('/').at(-1) ?? '';
  const projects = [...new Set([...planProjects(plan), ...config.projects])].slice(0, MOST_PROJECTS);
  const policies = await Promise.all(projects.map(project => readPolicy(session, `projects/${project}`)));
  const held = projects.flatMap((project, i): Held[] => {
    const policy = policies[i];
    if (!policy?.known) return [];
    return policy.value.bindings
      .filter(({ members }) => members.some(member => isAccount(member, email)))
      .map(({ role, condition }) => ({ role, project, conditional: condition !== undefined }));
  });
  const unread = projects.filter((_, i) => !policies[i]?.known);
  const never = await neverBy(session, email, held);
  return { says: summary(workloadOf(params.member), email, held, unread), ...(never && { never }) };
}

const isAccount = (member: string, email: string) => member.toLowerCase() === `serviceAccount:${email}`.toLowerCase();

async function neverBy(session: Session, email: string, held: readonly Held[]): Promise<Text | undefined> {
  for (const { role, project } of held) {
    if (BASIC_ROLES.includes(role)) return powerful(email, role, project);
    const contents = await readRole(session, role);
    const permission = contents.known ? [...contents.value.permissions].find(one => DANGEROUS.test(one)) : undefined;
    if (permission) return powerful(email, `${role} (${permission})`, project);
  }
  return undefined;
}

/** `shop/checkout` of `serviceAccount:p.svc.id.goog[shop/checkout]` or of a `principal://` of the pool. */
function workloadOf(member: unknown): string {
  const text = typeof member === 'string' ? member : '';
  const [, short] = /\[([^\]]+)\]$/.exec(text) ?? [];
  const [, namespace, name] = /\/subject\/ns\/([^/]+)\/sa\/([^/]+)$/.exec(text) ?? [];
  return short ?? (namespace && name ? `${namespace}/${name}` : text);
}

function summary(who: string, email: string, held: readonly Held[], unread: readonly string[]): Text {
  const roles = held.map(({ role, project, conditional }) => ({
    en: `${role} on ${project}${conditional ? ' (under a condition)' : ''}`,
    ja: `${project} の ${role}${conditional ? '（条件付き）' : ''}`,
  }));
  const more = roles.length - SHOWN;
  const listed = roles.slice(0, SHOWN);
  const unknown = unread.length > 0;
  return {
    en: [
      `Lets ${who} do everything ${email} can: `,
      listed.length > 0 ? listed.map(({ en }) => en).join(', ') : 'no role on the configured projects',
      more > 0 ? ` and ${more} more` : '',
      unknown ? `. Not readable: ${unread.slice(0, SHOWN).join(', ')}` : '',
      '. Roles elsewhere are not known.',
    ].join(''),
    ja: [
      `${who} は ${email} のすべての権限を使えるようになります: `,
      listed.length > 0 ? listed.map(({ ja }) => ja).join('、') : '設定されたプロジェクトにロールはありません',
      more > 0 ? ` ほか ${more} 件` : '',
      unknown ? `。読み取れないプロジェクト: ${unread.slice(0, SHOWN).join('、')}` : '',
      '。ほかの場所のロールは確認していません。',
    ].join(''),
  };
}

const powerful = (email: string, role: string, project: string): Text => ({
  en: `${email} holds ${role} on ${project}. That is far more than a workload needs, and can reach other accounts or other people's access, so there is no button for it. Grant it by hand if you must.`,
  ja: `${email} には ${project} の ${role} があります。ワークロードに必要な範囲を大きく超え、ほかのアカウントやほかの人のアクセス権にも影響するため、ボタンでは実行できません。必要な場合は手動で付与してください。`,
});
