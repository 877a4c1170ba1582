import { at, isJson, type Json, type KubernetesObject, listAt, mapAt, textAt } from './manifest.ts';
import { podStatus } from './podStatus.ts';

/** One column of `kubectl get`; `wide` ones show with `-o wide` only. */
export interface Column {
  name: string;
  cell(object: KubernetesObject, now: number): string | number;
  wide?: boolean;
}

type Cell = Column['cell'];
const column = (name: string, cell: Cell): Column => ({ name, cell });
const wide = (name: string, cell: Cell): Column => ({ name, cell, wide: true });

const name = column('Name', object => object.metadata.name);
const age = column('Age', ({ metadata }, now) => formatAge(metadata.creationTimestamp, now));
const createdAt = column('Created At', ({ metadata }) => metadata.creationTimestamp ?? '<unknown>');
const number = (...path: string[]): Cell => {
  return object => {
    const value = at(object, ...path);
    return typeof value === 'number' ? value : 0;
  };
};
const text = (...path: string[]): Cell => {
  return object => textAt(object, ...path) || '<none>';
};
const fraction = (done: string[], wanted: string[]): Cell => {
  return (object, now) => `${number(...done)(object, now)}/${number(...wanted)(object, now)}`;
};
const keysOf = (...path: string[]): Cell => {
  return object => Object.keys(isJson(at(object, ...path)) ? mapAt(object, ...path) : {}).length;
};
const joined = (...path: string[]): Cell => {
  return object => pairs(mapAt(object, ...path));
};
const names = (kind: string): Cell => {
  return binding =>
    listAt(binding, 'subjects')
      .filter(subject => textAt(subject, 'kind') === kind)
      .map(subject => [textAt(subject, 'namespace'), textAt(subject, 'name')].filter(part => part !== '').join('/'))
      .join(', ');
};
const containers = (field: string): Cell => {
  return object =>
    listAt(object, 'spec', 'template', 'spec', 'containers')
      .map(container => textAt(container, field))
      .join(',');
};

const templates = [
  wide('Containers', containers('name')),
  wide('Images', containers('image')),
  wide('Selector', object => selectorText(at(object, 'spec', 'selector'))),
];
const bindings = [
  name,
  column('Role', binding => `${textAt(binding, 'roleRef', 'kind')}/${textAt(binding, 'roleRef', 'name')}`),
  age,
  wide('Users', names('User')),
  wide('Groups', names('Group')),
  wide('ServiceAccounts', names('ServiceAccount')),
];
const address = (type: string): Cell => {
  return node => {
    const found = listAt(node, 'status', 'addresses').find(candidate => textAt(candidate, 'type') === type);
    return textAt(found, 'address') || '<none>';
  };
};

/** The printer columns of each resource (Kubernetes, pkg/printers/internalversion), by `group/plural`. */
export const columns: Record<string, Column[]> = {
  '/namespaces': [name, column('Status', text('status', 'phase')), age],
  '/serviceaccounts': [name, column('Secrets', account => listAt(account, 'secrets').length), age],
  '/configmaps': [name, column('Data', keysOf('data')), age],
  '/secrets': [name, column('Type', text('type')), column('Data', keysOf('data')), age],
  '/nodes': [
    name,
    column('Status', nodeStatus),
    column('Roles', nodeRoles),
    age,
    column('Version', text('status', 'nodeInfo', 'kubeletVersion')),
    wide('Internal-IP', address('InternalIP')),
    wide('External-IP', address('ExternalIP')),
    wide('OS-Image', text('status', 'nodeInfo', 'osImage')),
    wide('Kernel-Version', text('status', 'nodeInfo', 'kernelVersion')),
    wide('Container-Runtime', text('status', 'nodeInfo', 'containerRuntimeVersion')),
  ],
  '/pods': [
    name,
    column('Ready', pod => podStatus(pod).ready),
    column('Status', pod => podStatus(pod).status),
    column('Restarts', (pod, now) => {
      const { restarts, lastRestart } = podStatus(pod);
      return restarts > 0 && lastRestart !== '' ? `${restarts} (${formatAge(lastRestart, now)} ago)` : `${restarts}`;
    }),
    age,
    wide('IP', text('status', 'podIP')),
    wide('Node', text('spec', 'nodeName')),
    wide('Nominated Node', text('status', 'nominatedNodeName')),
    wide('Readiness Gates', () => '<none>'),
  ],
  '/services': [
    name,
    column('Type', service => textAt(service, 'spec', 'type') || 'ClusterIP'),
    column('Cluster-IP', text('spec', 'clusterIP')),
    column('External-IP', service => textAt(listAt(service, 'status', 'loadBalancer', 'ingress')[0], 'ip') || '<none>'),
    column('Port(s)', servicePorts),
    age,
    wide('Selector', joined('spec', 'selector')),
  ],
  '/endpoints': [name, column('Endpoints', endpointAddresses), age],
  '/events': [
    column('Last Seen', (event, now) => formatAge(textAt(event, 'lastTimestamp') || textAt(event, 'eventTime'), now)),
    column('Type', text('type')),
    column('Reason', text('reason')),
    column('Object', event =>
      [textAt(event, 'involvedObject', 'kind').toLowerCase(), textAt(event, 'involvedObject', 'name')].join('/'),
    ),
    column('Message', text('message')),
  ],
  'apps/deployments': [
    name,
    column('Ready', fraction(['status', 'readyReplicas'], ['spec', 'replicas'])),
    column('Up-to-date', number('status', 'updatedReplicas')),
    column('Available', number('status', 'availableReplicas')),
    age,
    ...templates,
  ],
  'apps/replicasets': [
    name,
    column('Desired', number('spec', 'replicas')),
    column('Current', number('status', 'replicas')),
    column('Ready', number('status', 'readyReplicas')),
    age,
    ...templates,
  ],
  'apps/statefulsets': [
    name,
    column('Ready', fraction(['status', 'readyReplicas'], ['spec', 'replicas'])),
    age,
    ...templates.slice(0, 2),
  ],
  'apps/daemonsets': [
    name,
    column('Desired', number('status', 'desiredNumberScheduled')),
    column('Current', number('status', 'currentNumberScheduled')),
    column('Ready', number('status', 'numberReady')),
    column('Up-to-date', number('status', 'updatedNumberScheduled')),
    column('Available', number('status', 'numberAvailable')),
    column('Node Selector', joined('spec', 'template', 'spec', 'nodeSelector')),
    age,
    ...templates,
  ],
  'batch/jobs': [name, column('Completions', fraction(['status', 'succeeded'], ['spec', 'completions'])), age],
  'batch/cronjobs': [name, column('Schedule', text('spec', 'schedule')), age],
  'networking.k8s.io/networkpolicies': [
    name,
    column('Pod-Selector', policy => selectorText(at(policy, 'spec', 'podSelector'))),
    age,
  ],
  'rbac.authorization.k8s.io/roles': [name, createdAt],
  'rbac.authorization.k8s.io/clusterroles': [name, createdAt],
  'rbac.authorization.k8s.io/rolebindings': bindings,
  'rbac.authorization.k8s.io/clusterrolebindings': bindings,
  'apiextensions.k8s.io/customresourcedefinitions': [name, createdAt],
};

export const defaultColumns: Column[] = [name, age];

/** The time since a timestamp, as kubectl prints it: 45s, 12m, 5h3m, 3d, 2y40d. */
export function formatAge(timestamp: string | undefined, now: number): string {
  const started = Date.parse(timestamp ?? '');
  if (Number.isNaN(started)) return '<unknown>';
  const seconds = Math.max(0, Math.floor((now - started) / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const years = Math.floor(days / 365);
  const both = (major: string, minor: number, unit: string) => (minor === 0 ? major : `${major}${minor}${unit}`);
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return both(`${minutes}m`, seconds % 60, 's');
  if (hours < 3) return `${minutes}m`;
  if (hours < 8) return both(`${hours}h`, minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (days < 8) return both(`${days}d`, hours % 24, 'h');
  if (years < 2) return `${days}d`;
  return years < 8 ? both(`${years}y`, days % 365, 'd') : `${years}y`;
}

function pairs(map: Record<string, string>): string {
  const entries = Object.entries(map).map(([key, value]) => `${key}=${value}`);
  return entries.length === 0 ? '<none>' : entries.join(',');
}

function selectorText(selector: unknown): string {
  const expressions = listAt(selector, 'matchExpressions')
    .filter(isJson)
    .map((expression: Json) => {
      const key = textAt(expression, 'key');
      const values = listAt(expression, 'values').join(',');
      const texts: Record<string, string> = {
        In: `${key} in (${values})`,
        NotIn: `${key} notin (${values})`,
        Exists: key,
        DoesNotExist: `!${key}`,
      };
      return texts[textAt(expression, 'operator')] ?? key;
    });
  const labels = Object.entries(mapAt(selector, 'matchLabels')).map(([key, value]) => `${key}=${value}`);
  return [...labels, ...expressions].join(',') || '<none>';
}

function nodeStatus(node: KubernetesObject): string {
  const ready = listAt(node, 'status', 'conditions').find(condition => textAt(condition, 'type') === 'Ready');
  const status = ready === undefined ? 'Unknown' : textAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return at(node, 'spec', 'unschedulable') === true ? `${status},SchedulingDisabled` : status;
}

function nodeRoles({ metadata }: KubernetesObject): string {
  const prefix = 'node-role.kubernetes.io/';
  const roles = Object.keys(metadata.labels ?? {}).filter(label => label.startsWith(prefix));
  return roles.map(label => label.slice(prefix.length)).join(',') || '<none>';
}

function servicePorts(service: KubernetesObject): string {
  const ports = listAt(service, 'spec', 'ports').map(
    port => `${at(port, 'port')}/${textAt(port, 'protocol') || 'TCP'}`,
  );
  return ports.join(',') || '<none>';
}

function endpointAddresses(endpoints: KubernetesObject): string {
  const addresses = listAt(endpoints, 'subsets').flatMap(subset =>
    listAt(subset, 'addresses').flatMap(address =>
      listAt(subset, 'ports').map(port => `${textAt(address, 'ip')}:${at(port, 'port')}`),
    ),
  );
  return addresses.join(',') || '<none>';
}
