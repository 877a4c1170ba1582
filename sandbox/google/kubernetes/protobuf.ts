import { type Json, listAt, mapAt, textAt } from './manifest.ts';

/** The bytes before every protobuf body (apimachinery, runtime/serializer/protobuf). */
const magic = Buffer.from('k8s\0');

/**
 * The field names of a message, by field number: `name` is a string, `name[]` a list of strings, `name{}` a map of
 * strings; together with a message, an object or a list of objects.
 */
interface Message {
  [field: number]: string | [name: string, message: Message];
}

const objectMeta: Message = { 1: 'name', 2: 'generateName', 3: 'namespace', 11: 'labels{}', 12: 'annotations{}' };
const manifest = (fields: Message): Message => ({ 1: ['metadata', objectMeta], ...fields });

const resourceAttributes: Message = {
  1: 'namespace',
  2: 'verb',
  3: 'group',
  4: 'version',
  5: 'resource',
  6: 'subresource',
  7: 'name',
};
const selfSpec: Message = {
  1: ['resourceAttributes', resourceAttributes],
  2: ['nonResourceAttributes', { 1: 'path', 2: 'verb' }],
};
const spec: Message = { ...selfSpec, 3: 'user', 4: 'groups[]', 6: 'uid' };

const rule: Message = {
  1: 'verbs[]',
  2: 'apiGroups[]',
  3: 'resources[]',
  4: 'resourceNames[]',
  5: 'nonResourceURLs[]',
};
const roleRef: Message = { 1: 'apiGroup', 2: 'kind', 3: 'name' };
const subject: Message = { 1: 'kind', 2: 'apiGroup', 3: 'name', 4: 'namespace' };
const binding = manifest({ 2: ['subjects[]', subject], 3: ['roleRef', roleRef] });
const selector: Message = {
  1: 'matchLabels{}',
  2: ['matchExpressions[]', { 1: 'key', 2: 'operator', 3: 'values[]' }],
};

/** The kinds that kubectl posts as protobuf (k8s.io/api, generated.proto of each group). */
const kinds: Record<string, Message> = {
  SelfSubjectAccessReview: manifest({ 2: ['spec', selfSpec] }),
  SubjectAccessReview: manifest({ 2: ['spec', spec] }),
  LocalSubjectAccessReview: manifest({ 2: ['spec', spec] }),
  SelfSubjectRulesReview: manifest({ 2: ['spec', { 1: 'namespace' }] }),
  SelfSubjectReview: manifest({}),
  Namespace: manifest({}),
  ServiceAccount: manifest({}),
  ConfigMap: manifest({ 2: 'data{}' }),
  Role: manifest({ 2: ['rules[]', rule] }),
  ClusterRole: manifest({
    2: ['rules[]', rule],
    3: ['aggregationRule', { 1: ['clusterRoleSelectors[]', selector] }],
  }),
  RoleBinding: binding,
  ClusterRoleBinding: binding,
};

const unknown: Message = { 1: ['typeMeta', { 1: 'apiVersion', 2: 'kind' }] };

/** The manifest in an application/vnd.kubernetes.protobuf body, or undefined for a kind without a definition here. */
export function decodeProtobuf(body: Buffer): Json | undefined {
  if (!body.subarray(0, magic.length).equals(magic)) return undefined;
  const envelope = body.subarray(magic.length);
  const { typeMeta } = decode(envelope, unknown);
  const raw = fieldsOf(envelope).find(([field]) => field === 2)?.[1] ?? Buffer.alloc(0);
  const kind = textAt(typeMeta, 'kind');
  const message = kinds[kind];
  return message && { apiVersion: textAt(typeMeta, 'apiVersion'), kind, metadata: {}, ...decode(raw, message) };
}

function decode(bytes: Buffer, message: Message): Json {
  const object: Json = {};
  for (const [field, content] of fieldsOf(bytes)) {
    const target = message[field];
    if (target === undefined) continue;
    const [form, nested] = typeof target === 'string' ? [target] : target;
    const value = nested === undefined ? content.toString() : decode(content, nested);
    const name = form.replace(/\W+$/, '');
    if (form.endsWith('[]')) object[name] = [...listAt(object, name), value];
    else if (form.endsWith('{}')) object[name] = { ...mapAt(object, name), ...entryOf(content) };
    else if (value !== '') object[name] = value;
  }
  return object;
}

function entryOf(bytes: Buffer): Json {
  const { key, value } = decode(bytes, { 1: 'key', 2: 'value' });
  return { [String(key ?? '')]: value ?? '' };
}

/** The length-delimited fields of a message, in order. Numeric fields are skipped. */
function fieldsOf(bytes: Buffer): [field: number, content: Buffer][] {
  const fields: [number, Buffer][] = [];
  let offset = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; offset < bytes.length; shift += 7) {
      const byte = bytes[offset] ?? 0;
      offset += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (offset < bytes.length) {
    const key = varint();
    const wireType = key & 7;
    if (wireType === 0) varint();
    else if (wireType === 1) offset += 8;
    else if (wireType === 5) offset += 4;
    else {
      const length = varint();
      fields.push([key >>> 3, bytes.subarray(offset, offset + length)]);
      offset += length;
    }
  }
  return fields;
}
