import { GoogleError, invalid } from '../../errors.ts';
import { type Call, param, type Route } from '../../route.ts';
import { type JsonObject, nextSerial } from '../../world.ts';
import { type Collection, collectionRoutes } from './collection.ts';
import { resourceFor } from './policy-routes.ts';

const service = 'pubsub.googleapis.com';

/** Pub/Sub's denials name neither permission nor resource. */
function collection(noun: 'topics' | 'subscriptions', name: 'topic' | 'subscription'): Collection {
  return {
    service,
    id: `projects.${noun}`,
    path: `/v1/projects/{project}/${noun}/{${name}}`,
    separator: ':',
    read: 'GET',
    key: noun,
    list: `/v1/projects/{project}/${noun}`,
    grantsByRole: 'unsupported',
    parent: call => `//${service}/projects/${param(call, 'project')}`,
    fullName: call => `//${service}/projects/${param(call, 'project')}/${noun}/${param(call, name)}`,
    denied: () => new GoogleError('PERMISSION_DENIED', 'User not authorized to perform this action.'),
    missing: fullName =>
      new GoogleError('NOT_FOUND', `Resource not found (resource=${fullName.split('/').at(-1) ?? ''}).`),
  };
}

const topics = collection('topics', 'topic');
const subscriptions = collection('subscriptions', 'subscription');

function publish(call: Call): JsonObject {
  resourceFor(call, topics, 'pubsub.topics.publish');
  const { messages } = call.body;
  if (!Array.isArray(messages) || messages.length === 0) throw invalid('The request must have messages.');
  return { messageIds: messages.map(() => String(1_000_000 + nextSerial(call.world))) };
}

/** Subscriptions hold no messages here. */
function pull(call: Call): JsonObject {
  resourceFor(call, subscriptions, 'pubsub.subscriptions.consume');
  return {};
}

export const pubsubRoutes: Route[] = [
  ...collectionRoutes(topics),
  ...collectionRoutes(subscriptions),
  { service, id: 'projects.topics.publish', method: 'POST', path: `${topics.path}:publish`, handle: publish },
  { service, id: 'projects.subscriptions.pull', method: 'POST', path: `${subscriptions.path}:pull`, handle: pull },
];
