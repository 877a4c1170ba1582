/** Errors of Google's APIs in one shape, whatever client the call went through. */
import { z } from 'zod';
import { excerpt, parseJson, textOfPage } from '../http/answer-text.ts';
import type { Answer } from '../http/http.ts';

export type GoogleErrorKind = 'http' | 'timeout' | 'unreachable' | 'malformed' | 'credentials';

/** A call to Google that gave no usable answer. `status` is the HTTP status where there was one. */
export class GoogleApiError extends Error {
  readonly kind: GoogleErrorKind;
  readonly service: string;
  readonly status: number | undefined;
  /** `google.rpc.Code`: PERMISSION_DENIED, NOT_FOUND … */
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

  /** Google's clients wrap what their transport throws; this finds our error again. */
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

/** Reads an error answer: Google's JSON form, or whatever a proxy or a broken server sent instead. */
export function errorFromAnswer(service: string, { status, headers, body }: Answer): GoogleApiError {
  const retryAfter = Number(headers['retry-after'] ?? Number.NaN);
  const init = {
    kind: 'http' as const,
    service,
    status,
    retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined,
  };
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
