/** Enables a disabled service account, or restores a deleted one by its unique id (docs/domain/nodes.md#node-sa-state). */
import { z } from 'zod';
import type { RemedyDefinition } from '../remedy.ts';
import { importBlock, shell, terraform, terraformLabel } from '../text/shell.ts';

export const EnableServiceAccount = z.strictObject({
  serviceAccount: z.string().regex(/^projects\/[^/]+\/serviceAccounts\/[^/]+$/),
  /** Of a deleted account: it is restored instead of enabled. */
  uniqueId: z.string().regex(/^\d+$/).optional(),
});
export type EnableServiceAccount = z.infer<typeof EnableServiceAccount>;

export const enableServiceAccount: RemedyDefinition<EnableServiceAccount> = {
  kind: 'enable-service-account',
  risk: 'change',
  params: EnableServiceAccount,

  plan(params) {
    const { serviceAccount, uniqueId } = params;
    const { project, email } = partsOf(serviceAccount);
    const gcloud = (verb: string) => shell(['gcloud', 'iam', 'service-accounts', verb, email, `--project=${project}`]);
    const console = `https://console.cloud.google.com/iam-admin/serviceaccounts?project=${encodeURIComponent(project)}`;
    if (uniqueId) {
      return {
        params,
        command: shell(['gcloud', 'iam', 'service-accounts', 'undelete', uniqueId, `--project=${project}`]),
        undo: gcloud('disable'),
        console,
        summary: { en: `Restore ${email}`, ja: `${email} を復元` },
        change: { resource: serviceAccount, before: ['deleted'], after: ['enabled'] },
      };
    }
    return {
      params,
      command: gcloud('enable'),
      undo: gcloud('disable'),
      ...terraformOf(project, email),
      console,
      summary: { en: `Enable ${email}`, ja: `${email} を有効化` },
      change: { resource: serviceAccount, before: ['disabled'], after: ['enabled'] },
    };
  },

  writing: {
    authority: ({ serviceAccount, uniqueId }) => ({
      permission: uniqueId ? 'iam.serviceAccounts.undelete' : 'iam.serviceAccounts.enable',
      resource: `projects/${partsOf(serviceAccount).project}`,
    }),
    async apply({ serviceAccount, uniqueId }, { google }) {
      if (uniqueId) {
        if (await google.serviceAccountExists(serviceAccount))
          return { changed: false, before: ['enabled'], after: ['enabled'] };
        await google.undeleteServiceAccount(partsOf(serviceAccount).project, uniqueId);
        return { changed: true, before: ['deleted'], after: ['enabled'] };
      }
      const before = await google.serviceAccountState(serviceAccount);
      if (before === 'enabled') return { changed: false, before: [before], after: [before] };
      await google.enableServiceAccount(serviceAccount);
      return { changed: true, before: [before], after: ['enabled'] };
    },
    /** A restored account is only disabled again: deleting it once more would lose it for good. */
    async revoke({ serviceAccount }, { google }) {
      await google.disableServiceAccount(serviceAccount);
      return { changed: true, before: ['enabled'], after: ['disabled'] };
    },
  },
};

/**
 * Terraform manages the accounts that people made, not Google's default accounts. The account exists, so it has to be imported:
 * without that, Terraform tries to create it and fails (https://developer.hashicorp.com/terraform/language/import).
 */
function terraformOf(project: string, email: string): { readonly terraform?: string } {
  const [name = '', domain] = email.split('@');
  if (domain !== `${project}.iam.gserviceaccount.com`) return {};
  const label = terraformLabel(name);
  const resource = terraform('google_service_account', label, { project, account_id: name, disabled: false });
  const id = `projects/${project}/serviceAccounts/${email}`;
  return { terraform: [importBlock(`google_service_account.${label}`, id), resource].join('\n\n') };
}

function partsOf(serviceAccount: string): { project: string; email: string } {
  const [, project = '', , email = ''] = serviceAccount.split('/');
  return { project, email };
}
