/** What can go wrong between us and a cluster's API server, told apart by what a user has to do about it. */
import { z } from 'zod';
import { excerpt, parseJson, textOfPage } from '../http/answer-text.ts';
import type { Answer, BrokenConnectionError } from '../http/http.ts';
import { type Classified, isTransientStatus, retryAfterMs } from '../http/transient.ts';

/**
 * `refused`: nothing listens. `timeout`: nothing answered in time, which on a public endpoint means authorized networks.
 * `tls`: the certificate is not of the CA we know. `unreachable`: any other broken connection. `html`: a page instead of an
 * answer (the DNS endpoint's 403). `malformed`: an answer of no known form. `credentials`: we could not get a token.
 */
export type KubernetesErrorKind =
  | 'http'
  | 'html'
  | 'refused'
  | 'timeout'
  | 'tls'
  | 'unreachable'
  | 'malformed'
  | 'credentials';

/** A call to an API server that gave no usable answer. `status` is the HTTP status where there was one. */
export class KubernetesApiError extends Error {
  readonly kind: KubernetesErrorKind;
  readonly status: number | undefined;
  /** `metav1.Status.reason`: Forbidden, NotFound, AlreadyExists … */
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** False where no connection came to stand: no other call will do better. */
  readonly connected: boolean;

  constructor(
    message: string,
    init: {
      kind: KubernetesErrorKind;
      status?: number;
      reason?: string;
      retryAfterMs?: number;
      connected?: boolean;
      cause?: unknown;
    },
  ) {
    super(message, { cause: init.cause });
    this.name = 'KubernetesApiError';
    this.kind = init.kind;
    this.status = init.status;
    this.reason = init.reason;
    this.retryAfterMs = init.retryAfterMs;
    this.connected = init.connected ?? true;
  }

  /** The IAM permission that GKE names in a 403: `requires one of ["container.pods.list"] permission(s)` (docs/domain/kubernetes-access.md). */
  get permission(): string | undefined {
    if (this.status !== 403) return undefined;
    if (this.kind === 'html') return 'container.clusters.connect';
    return this.message.match(/(?:one of \[|Required )\\?"(container\.[\w.]+)/i)?.[1];
  }

  /** As it is; anything else is a bug and is thrown on. */
  static from(error: unknown): KubernetesApiError {
    if (error instanceof KubernetesApiError) return error;
    throw error;
  }
}

/** metav1.Status, what the API server sends with every error but a 401 of some versions. */
const Status = z.object({
  message: z.string().optional(),
  reason: z.string().optional(),
  details: z.object({ retryAfterSeconds: z.number().optional() }).optional(),
});

export function errorFromAnswer({ status, headers, body }: Answer): KubernetesApiError {
  if (/^\s*<(?:!doctype|html)/i.test(body)) {
    return new KubernetesApiError(excerpt(textOfPage(body)), { kind: 'html', status });
  }
  const parsed = Status.safeParse(parseJson(body));
  const { message, reason, details } = parsed.success ? parsed.data : {};
  const seconds = details?.retryAfterSeconds;
  return new KubernetesApiError(excerpt(message ?? body), {
    kind: 'http',
    status,
    reason,
    retryAfterMs: retryAfterMs(headers['retry-after']) ?? (seconds === undefined ? undefined : seconds * 1000),
  });
}

/** For `retry`. A connection that could not be made in time, or a wrong certificate, does not pass by itself. @throws what is no failed call */
export function classify(error: unknown): Classified {
  const { kind, status, retryAfterMs } = KubernetesApiError.from(error);
  return { isTransient: kind === 'refused' || kind === 'unreachable' || isTransientStatus(status), retryAfterMs };
}

/** Names of Node's and OpenSSL's errors for a certificate or a handshake that failed. */
const TLS_ERROR = /CERT|SSL|TLS|LEAF_SIGNATURE|^EPROTO$/;

/** What broke a connection. */
export function connectionError({ cause, timedOut, connected }: BrokenConnectionError): KubernetesApiError {
  // Where a name has several addresses, each that failed has its own error.
  const errors: readonly unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  const codes = errors.map(error => (error instanceof Error && 'code' in error ? String(error.code) : ''));
  const message = cause instanceof Error && cause.message !== '' ? cause.message : codes.join(', ');
  const init = { cause, connected };
  if (timedOut) return new KubernetesApiError('no answer within the deadline', { kind: 'timeout', ...init });
  if (codes.includes('ECONNREFUSED')) return new KubernetesApiError(message, { kind: 'refused', ...init });
  if (codes.some(code => TLS_ERROR.test(code))) return new KubernetesApiError(message, { kind: 'tls', ...init });
  return new KubernetesApiError(message, { kind: 'unreachable', ...init });
}
