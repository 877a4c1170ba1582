import { forbiddenPage, type Reply } from './handler.ts';
import { failureStatus, StatusError } from './status.ts';

/** What goes wrong with a call, and for how many calls. */
export interface FaultSpec {
  /**
   * `status`: a Status with `code`; `html`: the DNS endpoint's HTML page of a 403; `malformed`: half a JSON document;
   * `empty`: 200 without a body; `hang`: no answer; `reset`: the connection is dropped.
   */
  kind: 'status' | 'html' | 'malformed' | 'empty' | 'hang' | 'reset';
  /** HTTP code of a `status` fault; 500 where absent. */
  code?: number;
  message?: string;
  /** Only calls with this method. */
  method?: string;
  /** Only calls whose path, query included, starts so. */
  path?: string;
  /** How many calls it meets; without it, all. */
  times?: number;
}

export interface Faults {
  add(fault: FaultSpec): void;
  clear(): void;
  /** The fault that this call meets, counted. */
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

/** The answer to a call that a fault meets; `hang` and `reset` have none, the server acts on them itself. */
export function faultReply(fault: FaultSpec): Reply {
  if (fault.kind === 'html') return forbiddenPage;
  if (fault.kind === 'malformed') return { code: 200, body: '{"kind":"List","apiVersion":"v1","items":[{"met' };
  if (fault.kind === 'empty') return { code: 200, body: '' };
  const code = fault.code ?? 500;
  const message = fault.message ?? 'etcdserver: request timed out';
  return { code, body: failureStatus(new StatusError(code, reasons[code] ?? 'InternalError', message)) };
}
