import { type Binding, mergePatch } from '../../world.ts';
import { type Made, madeAt, type Owner, type PolicyOptions, policyWith } from './made.ts';

export type SpannerOptions = PolicyOptions & {
  /** By id; each has a policy of its own. */
  databases?: { [id: string]: { bindings?: Binding[] } };
};

/** A Spanner instance and its databases. */
export function spannerInstance({ projectId }: Owner, id: string, options: SpannerOptions): Made {
  const name = `projects/${projectId}/instances/${id}`;
  const resource = mergePatch(
    {
      name,
      config: `projects/${projectId}/instanceConfigs/regional-asia-northeast1`,
      displayName: id,
      nodeCount: 1,
      state: 'READY',
      createTime: madeAt,
    },
    options.fields ?? {},
  );
  const databases = Object.entries(options.databases ?? {}).map(([database, { bindings }]): Made[number] => [
    `//spanner.googleapis.com/${name}/databases/${database}`,
    {
      resource: { name: `${name}/databases/${database}`, state: 'READY', createTime: madeAt },
      policy: policyWith(bindings),
    },
  ]);
  return [[`//spanner.googleapis.com/${name}`, { resource, policy: policyWith(options.bindings) }], ...databases];
}
