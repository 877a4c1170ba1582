import { BlockList, isIP } from 'node:net';
import { at, isJson, type KubernetesObject, listAt, textAt, textsAt } from './manifest.ts';
import type { ResourceType } from './resources.ts';
import { invalid } from './status.ts';

/** The problem of one field, with the API server's text. */
type Problem = [field: string, problem: string];

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const subdomainRule = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')`;
const rbacGroup = 'rbac.authorization.k8s.io';

/** Rejects names, roles, bindings and network policies that the API server rejects. Throws 422. */
export function validate(type: ResourceType, object: KubernetesObject): void {
  const [problem] = [...nameProblems(type, object), ...(validators[`${type.group}/${type.kind}`]?.(object) ?? [])];
  if (problem !== undefined) throw invalid(type.group, type.kind, object.metadata.name, ...problem);
}

function nameProblems({ group }: ResourceType, { metadata: { name } }: KubernetesObject): Problem[] {
  if (group === rbacGroup) {
    const isSegment = name !== '.' && name !== '..' && !/[/%]/.test(name);
    return isSegment ? [] : [['metadata.name', `Invalid value: "${name}": may not contain '/' or '%'`]];
  }
  const isSubdomain = name.length <= 253 && subdomain.test(name);
  return isSubdomain ? [] : [['metadata.name', `Invalid value: "${name}": ${subdomainRule}`]];
}

const validators: Record<string, (object: KubernetesObject) => Problem[]> = {
  [`${rbacGroup}/Role`]: ruleProblems,
  [`${rbacGroup}/ClusterRole`]: ruleProblems,
  [`${rbacGroup}/RoleBinding`]: bindingProblems,
  [`${rbacGroup}/ClusterRoleBinding`]: bindingProblems,
  'networking.k8s.io/NetworkPolicy': policyProblems,
};

function ruleProblems(role: KubernetesObject): Problem[] {
  return listAt(role, 'rules').flatMap((rule, index): Problem[] => {
    const missing = (field: string, problem: string): Problem[] =>
      textsAt(rule, field).length > 0 ? [] : [[`rules[${index}].${field}`, `Required value: ${problem}`]];
    const verbs = missing('verbs', 'verbs must contain at least one value');
    if (textsAt(rule, 'nonResourceURLs').length > 0) return verbs;
    return [
      ...verbs,
      ...missing('apiGroups', 'resource rules must supply at least one api group'),
      ...missing('resources', 'resource rules must supply at least one resource'),
    ];
  });
}

function bindingProblems(binding: KubernetesObject): Problem[] {
  const kind = textAt(binding, 'roleRef', 'kind');
  const roleKinds = binding.kind === 'RoleBinding' ? ['ClusterRole', 'Role'] : ['ClusterRole'];
  const subjects = listAt(binding, 'subjects').flatMap((subject, index): Problem[] => {
    const field = `subjects[${index}]`;
    const subjectKind = textAt(subject, 'kind');
    if (textAt(subject, 'name') === '') return [[`${field}.name`, 'Required value']];
    if (subjectKind === 'ServiceAccount' && textAt(subject, 'namespace') === '') {
      return [[`${field}.namespace`, 'Required value']];
    }
    return oneOf(`${field}.kind`, subjectKind, ['ServiceAccount', 'User', 'Group']);
  });
  const name: Problem[] = textAt(binding, 'roleRef', 'name') === '' ? [['roleRef.name', 'Required value']] : [];
  return [...oneOf('roleRef.kind', kind, roleKinds), ...name, ...subjects];
}

function oneOf(field: string, value: string, supported: string[]): Problem[] {
  if (supported.includes(value)) return [];
  const values = supported.map(name => JSON.stringify(name)).join(', ');
  return [[field, `Unsupported value: ${JSON.stringify(value)}: supported values: ${values}`]];
}

function policyProblems(policy: KubernetesObject): Problem[] {
  const rules = [
    ...listAt(policy, 'spec', 'ingress').map((rule, index) => ({
      rule,
      peers: 'from',
      field: `spec.ingress[${index}]`,
    })),
    ...listAt(policy, 'spec', 'egress').map((rule, index) => ({ rule, peers: 'to', field: `spec.egress[${index}]` })),
  ];
  return rules.flatMap(({ rule, peers, field }) => [
    ...listAt(rule, 'ports').flatMap((port, index) => portProblems(port, `${field}.ports[${index}]`)),
    ...listAt(rule, peers).flatMap((peer, index) => peerProblems(peer, `${field}.${peers}[${index}]`)),
  ]);
}

function portProblems(port: unknown, field: string): Problem[] {
  const protocol = textAt(port, 'protocol') || 'TCP';
  const number = at(port, 'port');
  const outside = typeof number === 'number' && (number < 1 || number > 65_535);
  return [
    ...oneOf(`${field}.protocol`, protocol, ['TCP', 'UDP', 'SCTP']),
    ...(outside
      ? [[`${field}.port`, `Invalid value: ${number}: must be between 1 and 65535, inclusive`] as Problem]
      : []),
  ];
}

function peerProblems(peer: unknown, field: string): Problem[] {
  if (!isJson(peer) || Object.keys(peer).length === 0) return [[field, 'Required value: must specify a peer']];
  if (peer.ipBlock === undefined) return [];
  if (peer.podSelector !== undefined || peer.namespaceSelector !== undefined) {
    return [[field, 'Forbidden: may not specify both ipBlock and another peer']];
  }
  const cidr = textAt(peer, 'ipBlock', 'cidr');
  const block = blockOf(cidr);
  if (block === undefined) return [[`${field}.ipBlock.cidr`, notCidr(cidr)]];
  return textsAt(peer, 'ipBlock', 'except').flatMap((except, index): Problem[] => {
    const [address = '', bits] = except.split('/');
    const place = `${field}.ipBlock.except[${index}]`;
    if (blockOf(except) === undefined) return [[place, notCidr(except)]];
    const isWithin = block.check(address, familyOf(address)) && Number(bits) > Number(cidr.split('/')[1]);
    return isWithin ? [] : [[place, `Invalid value: "${except}": must be a strict subset of \`cidr\``]];
  });
}

const notCidr = (text: string) =>
  `Invalid value: "${text}": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)`;

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

function blockOf(cidr: string): BlockList | undefined {
  const [address = '', bits = ''] = cidr.split('/');
  const widest = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > widest) return undefined;
  const block = new BlockList();
  block.addSubnet(address, Number(bits), familyOf(address));
  return block;
}
