import type { Json } from './manifest.ts';

/** What kubectl writes before a protobuf body (apimachinery, runtime/serializer/protobuf). */
const magic = Buffer.from('k8s\0');

/** How a message's fields are called, by number; a nested message is an object of its own, `[]` repeats. */
interface Message {
  [field: number]: string | [name: string, message: Message];
}

const resourceAttributes: Message = {
  1: 'namespace',
  2: 'verb',
  3: 'group',
  4: 'version',
  5: 'resource',
  6: 'subresource',
  7: 'name',
};
const nonResourceAttributes: Message = { 1: 'path', 2: 'verb' };
const objectMeta: Message = { 1: 'name', 3: 'namespace' };
const selfSpec: Message = {
  1: ['resourceAttributes', resourceAttributes],
  2: ['nonResourceAttributes', nonResourceAttributes],
};
const spec: Message = { ...selfSpec, 3: 'user', 4: 'groups[]', 6: 'uid' };

const review = (fields: Message): Message => ({ 1: ['metadata', objectMeta], 2: ['spec', fields] });

/** The kinds that clients post as protobuf (k8s.io/api, authorization/v1/generated.proto). */
const kinds: Record<string, Message> = {
  SelfSubjectAccessReview: review(selfSpec),
  SubjectAccessReview: review(spec),
  LocalSubjectAccessReview: review(spec),
  SelfSubjectRulesReview: review({ 1: 'namespace' }),
  SelfSubjectReview: {},
};

const unknown: Message = { 1: ['typeMeta', { 1: 'apiVersion', 2: 'kind' }] };

/** The manifest inside an application/vnd.kubernetes.protobuf body, or undefined for a kind that isn't known here. */
export function decodeProtobuf(body: Buffer): Json | undefined {
  if (!body.subarray(0, magic.length).equals(magic)) return undefined;
  const envelope = body.subarray(magic.length);
  const { typeMeta } = decode(envelope, unknown);
  const raw = fieldsOf(envelope).find(([field]) => field === 2)?.[1] ?? Buffer.alloc(0);
  const { apiVersion, kind } = typeof typeMeta === 'object' && typeMeta !== null ? (typeMeta as Json) : {};
  const message = typeof kind === 'string' ? kinds[kind] : undefined;
  return message && { apiVersion, kind, metadata: {}, ...decode(raw, message) };
}

function decode(bytes: Buffer, message: Message): Json {
  const object: Json = {};
  for (const [field, content] of fieldsOf(bytes)) {
    const target = message[field];
    if (target === undefined) continue;
    if (typeof target !== 'string') object[target[0]] = decode(content, target[1]);
    else if (target.endsWith('[]')) {
      const name = target.slice(0, -2);
      const before = object[name];
      object[name] = [...(Array.isArray(before) ? before : []), content.toString()];
    } else if (content.length > 0) object[target] = content.toString();
  }
  return object;
}

/** The length-delimited fields of a message in order; numbers are skipped: nothing here needs them. */
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
