/** Errors of Google's APIs in one shape, whatever client library the call went through. */
import { z } from 'zod';
import { excerpt, parseJson, textOfPage } from '../http/answer-text.ts';
import type { Answer, BrokenConnectionError } from '../http/http.ts';
import { type Classified, isTransientStatus, retryAfterMs } from '../http/transient.ts';

/**
 * `http`: an error answer. `timeout`: no answer within the deadline. `unreachable`: the connection broke or was never made.
 * `malformed`: an answer without the form that the API documents. `credentials`: no access token, so nothing was asked.
 */
export type GoogleErrorKind = 'http' | 'timeout' | 'unreachable' | 'malformed' | 'credentials';

/** A call to Google that gave no usable answer. */
export class GoogleApiError extends Error {
  readonly kind: GoogleErrorKind;
  /** `container`, `iam` … */
  readonly service: string;
  /** The HTTP status where there was one. */
  readonly status: number | undefined;
  /** `google.rpc.Code` (PERMISSION_DENIED, NOT_FOUND …), or Node's code of a broken connection (ECONNREFUSED …). */
  readonly code: string | undefined;
  /** `google.rpc.ErrorInfo.reason`: SERVICE_DISABLED, IAM_PERMISSION_DENIED … */
  readonly reason: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    init: {
      kind: GoogleErrorKind;
      service: string;
      status?: number;
      code?: string;
      reason?: string;
      metadata?: Record<string, string>;
      retryAfterMs?: number;
      cause?: unknown;
    },
  ) {
    super(message, { cause: init.cause });
    this.name = 'GoogleApiError';
    this.kind = init.kind;
    this.service = init.service;
    this.status = init.status;
    this.code = init.code;
    this.reason = init.reason;
    this.metadata = init.metadata ?? {};
    this.retryAfterMs = init.retryAfterMs;
  }

  /** The error itself, or the one that it wraps. */
  static find(error: unknown): GoogleApiError | undefined {
    for (let current = error; current instanceof Error; current = current.cause) {
      if (current instanceof GoogleApiError) return current;
    }
    return undefined;
  }

  /** As `find`; anything else is a bug and is thrown on. */
  static from(error: unknown): GoogleApiError {
    const found = GoogleApiError.find(error);
    if (found) return found;
    throw error;
  }
}

const ErrorBody = z.object({
  error: z.object({
    code: z.number().optional(),
    message: z.string().optional(),
    status: z.string().optional(),
    details: z
      .array(
        z.looseObject({
          reason: z.string().optional(),
          metadata: z.record(z.string(), z.string()).optional(),
        }),
      )
      .optional(),
  }),
});

/**
 * Reads an error answer: the JSON form of https://google.aip.dev/193, or whatever a proxy or a broken server sent instead.
 */
export function errorFromAnswer(service: string, { status, headers, body }: Answer): GoogleApiError {
  const init = { kind: 'http' as const, service, status, retryAfterMs: retryAfterMs(headers['retry-after']) };
  const parsed = ErrorBody.safeParse(parseJson(body));
  if (!parsed.success) return new GoogleApiError(excerpt(textOfPage(body)), init);
  const { error } = parsed.data;
  const info = error.details?.find(detail => detail.reason !== undefined);
  return new GoogleApiError(excerpt(error.message ?? `HTTP ${status}`), {
    ...init,
    code: error.status,
    reason: info?.reason,
    metadata: info?.metadata,
  });
}

export function connectionError(service: string, broken: BrokenConnectionError): GoogleApiError {
  const { root, timedOut } = broken;
  if (timedOut) return timeoutError(service, broken);
  return new GoogleApiError(root.message || root.code || 'the connection broke', {
    kind: 'unreachable',
    service,
    code: root.code,
    cause: broken,
  });
}

export function timeoutError(service: string, cause: unknown): GoogleApiError {
  return new GoogleApiError('no answer within the deadline', { kind: 'timeout', service, cause });
}

export function malformedError(service: string, what: string, cause?: unknown): GoogleApiError {
  return new GoogleApiError(what, { kind: 'malformed', service, cause });
}

/** No server answers there: a second attempt may meet one that was just restarting; more only keep people waiting. */
const NOBODY_THERE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);

/** For `retry`. @throws what is no failed call */
export function classify(error: unknown): Classified {
  const { kind, status, code, retryAfterMs } = GoogleApiError.from(error);
  return {
    isTransient: kind === 'unreachable' || isTransientStatus(status),
    retryAfterMs,
    ...(NOBODY_THERE.has(code ?? '') ? { attempts: 2 } : {}),
  };
}
