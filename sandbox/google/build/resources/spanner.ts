import { type Binding, mergePatch } from '../../world.ts';
import { creationTime, type Owner, type PolicyOptions, policyWith, type ResourceEntries } from './resource.ts';

export type SpannerOptions = PolicyOptions & {
  /** By id; each has a policy of its own. */
  databases?: { [id: string]: { bindings?: Binding[] } };
};

/** A Spanner instance and its databases. */
export function spannerInstance({ projectId }: Owner, id: string, options: SpannerOptions): ResourceEntries {
  const name = `projects/${projectId}/instances/${id}`;
  const resource = mergePatch(
    {
      name,
      config: `projects/${projectId}/instanceConfigs/regional-asia-northeast1`,
      displayName: id,
      nodeCount: 1,
      state: 'READY',
      createTime: creationTime,
    },
    options.fields ?? {},
  );
  const databases = Object.entries(options.databases ?? {}).map(([database, { bindings }]): ResourceEntries[number] => [
    `//spanner.googleapis.com/${name}/databases/${database}`,
    {
      resource: { name: `${name}/databases/${database}`, state: 'READY', createTime: creationTime },
      policy: policyWith(bindings),
    },
  ]);
  return [[`//spanner.googleapis.com/${name}`, { resource, policy: policyWith(options.bindings) }], ...databases];
}
