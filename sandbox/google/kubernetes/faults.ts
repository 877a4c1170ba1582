import { forbiddenPage, type Reply } from './handler.ts';
import { failureStatus, StatusError } from './status.ts';

/** A fault: which calls it applies to, and how they fail. */
export interface FaultSpec {
  /**
   * `status`: a Status with `code`; `html`: the DNS endpoint's HTML page of a 403; `malformed`: half a JSON document;
   * `empty`: 200 without a body; `hang`: no answer; `reset`: the connection is dropped.
   */
  kind: 'status' | 'html' | 'malformed' | 'empty' | 'hang' | 'reset';
  /** HTTP code of a `status` fault; 500 by default. */
  code?: number;
  message?: string;
  /** Only calls with this method. */
  method?: string;
  /** Only calls whose path and query start with this. */
  path?: string;
  /** How many calls fail; all by default. */
  times?: number;
}

export interface Faults {
  add(fault: FaultSpec): void;
  clear(): void;
  /** Finds the fault that applies to a call, and counts the call against it. */
  take(method: string, path: string): FaultSpec | undefined;
}

export function createFaults(): Faults {
  let pending: { fault: FaultSpec; left: number }[] = [];
  return {
    add(fault) {
      pending.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clear() {
      pending = [];
    },
    take(method, path) {
      const met = pending.find(
        ({ fault, left }) =>
          left > 0 && (fault.method ?? method) === method && (fault.path === undefined || path.startsWith(fault.path)),
      );
      if (met === undefined) return undefined;
      met.left -= 1;
      return met.fault;
    },
  };
}

const reasons: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** The answer of a fault. `hang` and `reset` have none; the server handles them itself. */
export function faultReply(fault: FaultSpec): Reply {
  if (fault.kind === 'html') return forbiddenPage;
  if (fault.kind === 'malformed') return { code: 200, body: '{"kind":"List","apiVersion":"v1","items":[{"met' };
  if (fault.kind === 'empty') return { code: 200, body: '' };
  const code = fault.code ?? 500;
  const message = fault.message ?? 'etcdserver: request timed out';
  return { code, body: failureStatus(new StatusError(code, reasons[code] ?? 'InternalError', message)) };
}
