/** Grants a role on a project: appended to the unconditional binding, nothing else touched (docs/domain/remedies.md#grant-project-role). */
import { z } from 'zod';
import type { Policy } from '../../diagnosis/iam/model.ts';
import { GoogleApiError } from '../../google/errors.ts';
import { addMember, type Membership, removeMember } from '../apply/policy-write.ts';
import type { ApplyContext, RemedyDefinition } from '../remedy.ts';
import { conditionBlock, conditionFlag, type ManualSteps } from '../text/manual.ts';
import { shell, terraform, terraformLabel } from '../text/shell.ts';

export const GrantProjectRole = z.strictObject({
  project: z.string().min(1),
  member: z.string().min(1),
  role: z.string().min(1),
});
export type GrantProjectRole = z.infer<typeof GrantProjectRole>;

export const grantProjectRole: RemedyDefinition<GrantProjectRole> = {
  kind: 'grant-project-role',
  risk: 'grant',
  params: GrantProjectRole,

  plan({ project, member, role }, { access, missing, wholeRole }) {
    const resource = `projects/${project}`;
    const policy = access.policy(resource);
    const before = policy.known ? membersOf(policy.value, role) : [];
    const contents = access.role(role);
    const adds = contents?.known ? [...contents.value.permissions].sort() : [];
    const extra = wholeRole ? [] : adds.filter(permission => !missing.includes(permission));
    return {
      params: { project, member, role },
      ...manualProjectGrant({ project, member, role }),
      console: `https://console.cloud.google.com/iam-admin/iam?project=${encodeURIComponent(project)}`,
      summary: {
        en: `Grant ${role} on project ${project}`,
        ja: `プロジェクト ${project} に対する ${role} を付与`,
      },
      change: {
        resource,
        before,
        after: before.includes(member) ? before : [...before, member],
        ...(adds.length > 0 ? { adds, extra: extra.length } : {}),
      },
    };
  },

  writing: {
    authority: ({ project }) => ({
      permission: 'resourcemanager.projects.setIamPolicy',
      resource: `projects/${project}`,
    }),
    async apply(params, context) {
      const wanted = membership(params, context);
      try {
        return await addMember(context.google, wanted);
      } catch (error) {
        const service = serviceOfAgent(params.member, context.projectNumber);
        if (!service || !isUnknownMember(error)) throw error;
        // Google's agent is gone: it is made again, and only then can it be granted anything (docs/domain/agents.md#agent-gke-service-agent).
        await context.google.generateServiceIdentity(service.projectNumber, service.name);
        return addMember(context.google, wanted);
      }
    },
    revoke: (params, context) => removeMember(context.google, membership(params, context)),
  },
};

/** The grant as people make it themselves; with an end, for a time. */
export function manualProjectGrant({ project, member, role }: GrantProjectRole, endsAt?: Date): ManualSteps {
  const binding = [`--member=${member}`, `--role=${role}`, conditionFlag(endsAt)];
  const label = terraformLabel(`${role.split('/').at(-1)}_${member.split(':').at(-1)}`);
  return {
    command: shell(['gcloud', 'projects', 'add-iam-policy-binding', project, ...binding]),
    undo: shell(['gcloud', 'projects', 'remove-iam-policy-binding', project, ...binding]),
    terraform: terraform('google_project_iam_member', label, { project, role, member }, conditionBlock(endsAt)),
  };
}

const AGENT = /^serviceAccount:service-(\d+)@(?:container-engine-robot|gcp-sa-gkenode)\.iam\.gserviceaccount\.com$/;

/** The service whose agent of this very project the member is. */
function serviceOfAgent(member: string, projectNumber: string | undefined) {
  const number = member.match(AGENT)?.[1];
  if (number === undefined || number !== projectNumber) return undefined;
  return { projectNumber: number, name: 'container.googleapis.com' };
}

/** Policies take only members that exist: 400, "… does not exist". */
function isUnknownMember(error: unknown): boolean {
  const failure = GoogleApiError.find(error);
  return failure?.status === 400 && /does not exist/i.test(failure.message);
}

function membership({ project, member, role }: GrantProjectRole, { approval, endsAt }: ApplyContext): Membership {
  return { resource: `projects/${project}`, role, member, ...(endsAt ? { condition: expiry(approval, endsAt) } : {}) };
}

/** The condition of a time-bound grant; its title says whose it is. */
export function expiry(approval: string, endsAt: Date): NonNullable<Membership['condition']> {
  return {
    title: `gke-auth ${approval}`,
    description: 'Granted for a time by gke-auth; removed when the time is over.',
    expression: `request.time < timestamp("${endsAt.toISOString()}")`,
  };
}

/** Members of the binding that a grant appends to: the role's, without a condition. */
function membersOf(policy: Policy, role: string): string[] {
  return policy.bindings
    .filter(binding => binding.role === role && !binding.condition)
    .flatMap(({ members }) => members);
}
