/** Enables an API in a project (docs/domain/projects.md#api-enabled). */
import { z } from 'zod';
import { ChangeRefusedError } from '../apply/refused.ts';
import type { RemedyDefinition } from '../remedy.ts';
import { shell, terraform, terraformLabel } from '../text/shell.ts';

export const EnableService = z.strictObject({
  project: z.string().min(1),
  service: z.string().regex(/^[a-z0-9.-]+\.googleapis\.com$/),
});
export type EnableService = z.infer<typeof EnableService>;

/** Every cluster of the project depends on these, so there is no undo. */
const NEVER_DISABLED = ['container.googleapis.com', 'compute.googleapis.com'];

export const enableService: RemedyDefinition<EnableService> = {
  kind: 'enable-service',
  risk: 'change',
  params: EnableService,

  plan({ project, service }) {
    const undo = NEVER_DISABLED.includes(service)
      ? {}
      : { undo: shell(['gcloud', 'services', 'disable', service, `--project=${project}`]) };
    return {
      params: { project, service },
      command: shell(['gcloud', 'services', 'enable', service, `--project=${project}`]),
      ...undo,
      terraform: terraform('google_project_service', terraformLabel(service), {
        project,
        service,
        disable_on_destroy: false,
      }),
      console: `https://console.cloud.google.com/apis/library/${service}?project=${encodeURIComponent(project)}`,
      summary: {
        en: `Enable ${service} in project ${project}`,
        ja: `プロジェクト ${project} で ${service} を有効化`,
      },
      change: { resource: `projects/${project}/services/${service}`, before: ['DISABLED'], after: ['ENABLED'] },
    };
  },

  writing: {
    authority: ({ project }) => ({ permission: 'serviceusage.services.enable', resource: `projects/${project}` }),
    async apply({ project, service }, { google }) {
      const before = await google.serviceState(project, service);
      if (before === 'ENABLED') return { changed: false, before: [before], after: [before] };
      await google.enableService(project, service);
      return { changed: true, before: [before], after: ['ENABLED'] };
    },
    async revoke({ project, service }, { google }) {
      if (NEVER_DISABLED.includes(service)) throw neverDisabled(service);
      await google.disableService(project, service);
      return { changed: true, before: ['ENABLED'], after: ['DISABLED'] };
    },
  },
};

function neverDisabled(service: string): ChangeRefusedError {
  return new ChangeRefusedError('irreversible', {
    en: `gke-auth never disables ${service}: the clusters of the project depend on it.`,
    ja: `${service} は無効にしません。プロジェクトのクラスタが依存しているためです。`,
  });
}
