import type { Json } from './manifest.ts';

/** An error that is answered with a `Status` and its HTTP code (Kubernetes API conventions, "Response Status Kind"). */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: Json;

  constructor(code: number, reason: string, message: string, details: Json = {}) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

/** The name of a resource in error texts: `pods`, or `roles.rbac.authorization.k8s.io`. */
export function qualified(group: string, resource: string): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** The resource in the `details` of a failure. */
export interface Subject {
  group: string;
  resource: string;
  name?: string;
}

function detailsOf({ group, resource, name }: Subject): Json {
  return { ...(name ? { name } : {}), ...(group ? { group } : {}), kind: resource };
}

const quoted = ({ group, resource, name }: Subject) => `${qualified(group, resource)}${name ? ` "${name}"` : ''}`;

export const unauthorized = () => new StatusError(401, 'Unauthorized', 'Unauthorized');

export const forbidden = (subject: Subject, why: string) =>
  new StatusError(403, 'Forbidden', `${quoted(subject)} is forbidden: ${why}`, detailsOf(subject));

export const notFound = (subject: Subject) =>
  new StatusError(404, 'NotFound', `${quoted(subject)} not found`, detailsOf(subject));

export const noSuchPath = () => new StatusError(404, 'NotFound', 'the server could not find the requested resource');

export const alreadyExists = (subject: Subject) =>
  new StatusError(409, 'AlreadyExists', `${quoted(subject)} already exists`, detailsOf(subject));

export const conflict = (subject: Subject) =>
  new StatusError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${quoted(subject)}: the object has been modified; please apply your changes to the latest version and try again`,
    detailsOf(subject),
  );

export const badRequest = (message: string) => new StatusError(400, 'BadRequest', message);

/** The 422 of a validation error. `field` is the path of the invalid value. */
export const invalid = (group: string, kind: string, name: string, field: string, problem: string) =>
  new StatusError(422, 'Invalid', `${qualified(group, kind)} "${name}" is invalid: ${field}: ${problem}`, {
    name,
    ...(group ? { group } : {}),
    kind,
    causes: [{ reason: 'FieldValueInvalid', message: problem, field }],
  });

export const methodNotAllowed = () =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');

export const unsupportedMediaType = () =>
  new StatusError(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
  );

/** The body of a failure. */
export function failureStatus(error: StatusError): Json {
  const hasDetails = Object.keys(error.details).length > 0 || error.code === 403 || error.code === 404;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: error.message,
    reason: error.reason,
    ...(hasDetails ? { details: error.details } : {}),
    code: error.code,
  };
}
