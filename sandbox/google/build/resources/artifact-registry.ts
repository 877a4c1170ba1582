import { mergePatch } from '../../world.ts';
import { creationTime, type Owner, type PolicyOptions, policyWith, type ResourceEntries } from './resource.ts';

export type RepositoryOptions = PolicyOptions & {
  /** A region or multi-region; `asia-northeast1` by default. */
  location?: string;
  format?: 'DOCKER' | 'MAVEN' | 'NPM' | 'PYTHON';
  /** STANDARD_REPOSITORY by default. */
  mode?: 'STANDARD_REPOSITORY' | 'VIRTUAL_REPOSITORY' | 'REMOTE_REPOSITORY';
};

/** An Artifact Registry repository; `gcr.io` in `us` stands for the project's old registry of that host. */
export function repository({ projectId }: Owner, id: string, options: RepositoryOptions): ResourceEntries {
  const { location = 'asia-northeast1', format = 'DOCKER', mode = 'STANDARD_REPOSITORY' } = options;
  const name = `projects/${projectId}/locations/${location}/repositories/${id}`;
  const resource = mergePatch(
    {
      name,
      format,
      mode,
      createTime: creationTime,
      updateTime: creationTime,
      registryUri: `${location}-${format.toLowerCase()}.pkg.dev/${projectId}/${id}`,
    },
    options.fields ?? {},
  );
  return [[`//artifactregistry.googleapis.com/${name}`, { resource, policy: policyWith(options.bindings) }]];
}

export type RegistrySettings = {
  legacyRedirectionState:
    | 'REDIRECTION_FROM_GCR_IO_DISABLED'
    | 'REDIRECTION_FROM_GCR_IO_ENABLED'
    | 'REDIRECTION_FROM_GCR_IO_FINALIZED';
};

/** The project's settings: whether requests to `gcr.io` are sent on to Artifact Registry. */
export function registrySettings({ projectId }: Owner, settings: RegistrySettings): ResourceEntries {
  const name = `projects/${projectId}/projectSettings`;
  return [[`//artifactregistry.googleapis.com/${name}`, { resource: { name, ...settings } }]];
}
