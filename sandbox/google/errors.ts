import type { Json, JsonObject } from './world.ts';

/** google.rpc.Code names with their HTTP status (google/rpc/code.proto). */
const httpStatus = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  ALREADY_EXISTS: 409,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

export type Status = keyof typeof httpStatus;

/** An error in the form of Google's REST APIs (google.rpc.Status in JSON, AIP-193). */
export class GoogleError extends Error {
  readonly status: Status;
  readonly details: JsonObject[];

  constructor(status: Status, message: string, details: JsonObject[] = []) {
    super(message);
    this.status = status;
    this.details = details;
  }

  get code(): number {
    return httpStatus[this.status];
  }

  body(): JsonObject {
    const error: JsonObject = { code: this.code, message: this.message, status: this.status };
    if (this.details.length > 0) error.details = this.details;
    return { error };
  }
}

/** An error outside Google's common format: OAuth endpoints have their own (RFC 6749, section 5.2). */
export class PlainError extends Error {
  readonly code: number;
  readonly content: JsonObject;

  constructor(code: number, content: JsonObject) {
    super(String(content.error));
    this.code = code;
    this.content = content;
  }

  body(): JsonObject {
    return this.content;
  }
}

/**
 * An error in the older form of Cloud Storage, BigQuery, Cloud DNS and Compute Engine: code, message, and a list of
 * errors with a `reason`.
 */
export function reasonError(code: number, reason: string, message: string, more: JsonObject = {}): PlainError {
  const { status, ...details } = more;
  const error = { code, message, errors: [{ message, domain: 'global', reason, ...details }] };
  return new PlainError(code, { error: status ? { ...error, status } : error });
}

/** google.rpc.ErrorInfo; without metadata where none is given, as the container API sends it. */
export function errorInfo(reason: string, domain: string, metadata?: { [key: string]: string }): JsonObject {
  const info: { [key: string]: Json } = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain };
  if (metadata) info.metadata = metadata;
  return info;
}

export function invalid(message: string): GoogleError {
  return new GoogleError('INVALID_ARGUMENT', message);
}

/** The error for a request without credentials, or with an unknown or expired token. */
export function unauthenticated(service: string, method: string): GoogleError {
  return new GoogleError(
    'UNAUTHENTICATED',
    'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid ' +
      'authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.',
    [errorInfo('ACCESS_TOKEN_TYPE_UNSUPPORTED', 'googleapis.com', { service, method })],
  );
}

/** The error for an API that is disabled in the consumer project. */
export function serviceDisabled(service: string, title: string, projectNumber: string): GoogleError {
  const activation = `https://console.developers.google.com/apis/api/${service}/overview?project=${projectNumber}`;
  return new GoogleError(
    'PERMISSION_DENIED',
    `${title} has not been used in project ${projectNumber} before or it is disabled. Enable it by visiting ` +
      `${activation} then retry. If you enabled this API recently, wait a few minutes for the action to propagate ` +
      'to our systems and retry.',
    [
      {
        '@type': 'type.googleapis.com/google.rpc.Help',
        links: [{ description: 'Google developers console API activation', url: activation }],
      },
      errorInfo('SERVICE_DISABLED', 'googleapis.com', {
        service,
        consumer: `projects/${projectNumber}`,
        serviceTitle: title,
        activationUrl: activation,
        containerInfo: projectNumber,
      }),
    ],
  );
}

/** The error for a caller who may not use the quota project that the request names. */
export function userProjectDenied(service: string, project: string): GoogleError {
  return new GoogleError(
    'PERMISSION_DENIED',
    'Caller does not have required permission to use project ' +
      `${project}. Grant the caller the roles/serviceusage.serviceUsageConsumer role, or a custom role with the ` +
      'serviceusage.services.use permission, by visiting ' +
      `https://console.developers.google.com/iam-admin/iam/project?project=${project} and then retry. Propagation of ` +
      'the new permission may take a few minutes.',
    [errorInfo('USER_PROJECT_DENIED', 'googleapis.com', { service, consumer: `projects/${project}` })],
  );
}
