import { mergePatch } from '../../world.ts';
import { type Owner, type PolicyOptions, policyWith, type ResourceEntries } from './resource.ts';

export type SubscriptionOptions = PolicyOptions & {
  /** Id of a topic of the same project, or a whole name `projects/P/topics/T`. */
  topic: string;
};

/** A Pub/Sub topic. */
export function topic({ projectId }: Owner, id: string, options: PolicyOptions): ResourceEntries {
  const name = `projects/${projectId}/topics/${id}`;
  const resource = mergePatch({ name }, options.fields ?? {});
  return [[`//pubsub.googleapis.com/${name}`, { resource, policy: policyWith(options.bindings) }]];
}

/** A Pub/Sub subscription that is pulled from. */
export function subscription({ projectId }: Owner, id: string, options: SubscriptionOptions): ResourceEntries {
  const name = `projects/${projectId}/subscriptions/${id}`;
  const from = options.topic.includes('/') ? options.topic : `projects/${projectId}/topics/${options.topic}`;
  const resource = mergePatch(
    { name, topic: from, pushConfig: {}, ackDeadlineSeconds: 10, messageRetentionDuration: '604800s', state: 'ACTIVE' },
    options.fields ?? {},
  );
  return [[`//pubsub.googleapis.com/${name}`, { resource, policy: policyWith(options.bindings) }]];
}
