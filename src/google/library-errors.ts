/** What Google's client libraries throw, as our own error. */
import { gaxios } from 'google-auth-library';
import { BrokenConnectionError } from '../http/http.ts';
import { connectionError, errorFromAnswer, GoogleApiError, malformedError, timeoutError } from './errors.ts';

/** `DEADLINE_EXCEEDED` of https://grpc.github.io/grpc/core/md_doc_statuscodes.html. */
const DEADLINE_EXCEEDED = 4;

/**
 * Undefined for what is no failed call: a bug. googleapis throws gaxios' errors; @google-cloud/container wraps them in errors of
 * its own, which it also throws for answers that it can't decode.
 */
export function fromLibrary(service: string, error: unknown): GoogleApiError | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if (current instanceof GoogleApiError) return current;
    if (current instanceof BrokenConnectionError) return connectionError(service, current);
    if (!(current instanceof gaxios.GaxiosError)) continue;
    const { response } = current;
    if (response) {
      const { status, headers, data } = response;
      const body = typeof data === 'string' ? data : JSON.stringify(data ?? '');
      return errorFromAnswer(service, { status, headers: Object.fromEntries(headers), body });
    }
    if (current.code === 'TimeoutError') return timeoutError(service, current);
  }
  const code = grpcCode(error);
  if (code === DEADLINE_EXCEEDED) return timeoutError(service, error);
  return code === undefined ? undefined : malformedError(service, 'the answer had an unexpected form', error);
}

function grpcCode(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}
