/** The checks that an explanation asks for, as far as Google can be asked at all. */
import { randomUUID } from 'node:crypto';
import { loadConfig } from '../config/config.ts';
import type { Report } from '../contracts/report.ts';
import type { Language, Text } from '../contracts/text.ts';
import { UserFacingError } from '../contracts/user-facing-error.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import { findCluster, parseTarget } from '../diagnosis/target.ts';
import type { Proof as Asked } from '../explain/target.ts';
import { EndpointError } from '../google/endpoints.ts';
import { failureOf } from './failure.ts';
import { NO_ANSWER } from './output/explanation.ts';
import { projectsOf } from './verbs/diagnose.ts';

/** How long (ms) Google may take for its first answer; for one call after that; and for all of it. */
const FIRST_MS = 2_500;
const CALL_MS = 4_000;
const ALL_MS = 20_000;

export interface Proof {
  readonly report?: Report;
  /** Why there is none, where a target was named; and what to do, where that is known. */
  readonly why?: Text;
  readonly next?: Text;
  /** How a diagnosis that began and could not run ends, as `diagnose` would. */
  readonly exit?: number;
  /** Something still waits for Google, and can't be stopped. */
  readonly unfinished?: boolean;
}

/** Without a target, or without a way to ask Google, an explanation is all that was asked for (exit 0). */
const NOTHING_TO_ASK: ReadonlySet<string> = new Set([
  'no-project',
  'bad-cluster-name',
  'no-credentials',
  'token-file-missing',
]);

/** @throws {ConfigError} */
export async function prove(request: Asked['request'], given: readonly string[], language: Language): Promise<Proof> {
  const { cluster } = request;
  if (!cluster) return {};
  const projects = projectsOf(given.length > 0 ? given : request.projects, loadConfig());
  const stop = new AbortController();
  const first = setTimeout(() => stop.abort(), FIRST_MS);
  const all = setTimeout(() => stop.abort(), ALL_MS);
  const aborted = new Promise<Proof>(resolve => {
    stop.signal.addEventListener('abort', () => resolve({ why: NO_ANSWER, unfinished: true }));
  });
  const proven = async (): Promise<Proof> => {
    const target = parseTarget(cluster, projects);
    const { openSession } = await import('../diagnosis/open.ts');
    const session = await openSession({ env: process.env, attemptMs: CALL_MS, signal: stop.signal });
    // The diagnosis reads the same, from the session: this only tells whether anybody answers.
    const { cluster: found } = await findCluster(session, target.name, target.projects);
    clearTimeout(first);
    if (!found.known && (found.code === 'unreachable' || found.code === 'timeout')) return { why: found.reason };
    const report = await diagnose({
      id: randomUUID(),
      request: { ...request, cluster, projects },
      session,
      language,
    });
    return { report };
  };
  try {
    return await Promise.race([proven(), aborted]);
  } catch (error) {
    if (error instanceof UserFacingError && !(error instanceof EndpointError)) {
      const { text: why, next, exit } = failureOf(error);
      return NOTHING_TO_ASK.has(error.code) ? { why } : { why, next, exit };
    }
    throw error;
  } finally {
    clearTimeout(first);
    clearTimeout(all);
  }
}
