/**
 * What a workload's containers wrote about their credentials in the last day, and the metadata server about the control plane
 * (logging entries.list, newest first; docs/domain/workloads.md#wi-metadata-dns).
 */
import { z } from 'zod';
import { type Fact, known } from '../fact.ts';
import type { Cluster } from '../google/cluster.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';
import { type PodNames, podNamesOf } from './controllers.ts';
import type { Workload } from './workload.ts';

export interface LogLine {
  readonly at: Date;
  readonly pod: string;
  readonly container: string;
  readonly text: string;
}

export interface CredentialLine extends LogLine {
  /** The metadata server's name did not resolve, or there were no credentials. */
  readonly about: 'dns' | 'credentials';
}

export interface WorkloadLogs {
  /** About the workload's own Pods, newest first. */
  readonly lines: readonly CredentialLine[];
  /** False if the search ended before all of the day was searched: that nothing was found is then no proof. */
  readonly isComplete: boolean;
}

const DAY_MS = 86_400_000;
/** The most that one page may have, and how many pages are read: a project has 60 calls a minute. */
const PAGE_SIZE = 1_000;
const PAGES = 5;
/** So many Pods are searched for by name; a filter has at most 20,000 characters. */
const NAMED_PODS = 100;

/** What is looked for; several words for one thing, because libraries have their own (docs/domain/error-texts.md#which-text-is-which-problem). */
const PHRASES = [
  'metadata.google.internal',
  'DefaultCredentialsError',
  'default credentials',
  'Metadata server unavailable',
  'Failed to wait for metadata server',
  'GOOGLE_APPLICATION_CREDENTIALS',
];

const DNS =
  /(?:ENOTFOUND|EAI_AGAIN|UnknownHost|lookup|resolve)[^\n]*metadata\.google\.internal|metadata\.google\.internal[^\n]*(?:no such host|Name or service not known|name resolution|not resolve)/i;
const CREDENTIALS =
  /DefaultCredentialsError|Could not (?:automatically determine|load the default) credentials|default credentials were not found|could not find default credentials|Metadata server unavailable|Failed to wait for metadata server|GOOGLE_APPLICATION_CREDENTIALS/i;
const REFUSED = /dial tcp (?!169\.254\.)[\d.]+:443: connect: connection refused/i;

const Entry = z.object({
  timestamp: z.coerce.date(),
  textPayload: z.string().nullish(),
  jsonPayload: z.looseObject({}).nullish(),
  resource: z.object({ labels: z.record(z.string(), z.string()) }),
});

export async function readWorkloadLogs(
  session: Session,
  cluster: Cluster,
  workload: Workload,
): Promise<Fact<WorkloadLogs>> {
  if (!workload.pods.known) return workload.pods;
  const names = podNamesOf(workload);
  // Nothing ran that could have written.
  if (names.exact.length === 0 && names.patterns.length === 0) {
    return known({ lines: [], isComplete: true }, 'kubernetes pods.list');
  }
  const conditions = [
    `resource.labels.namespace_name=${JSON.stringify(workload.namespace)}`,
    `(${podFilter(names)})`,
    `(${PHRASES.map(phrase => JSON.stringify(phrase)).join(' OR ')})`,
  ];
  return search(session, cluster, conditions, async page => {
    const lines: LogLine[] = [];
    let token: string | undefined;
    for (let count = 0; count < PAGES; count++) {
      const { entries, next } = await page(token, PAGE_SIZE);
      lines.push(...entries);
      token = next;
      if (!token) break;
    }
    return {
      lines: lines.flatMap(line => {
        const about = aboutOf(line.text);
        return about ? [{ ...line, about }] : [];
      }),
      isComplete: !token && names.exact.length <= NAMED_PODS,
    };
  });
}

/** Lines in which the cluster's metadata servers were refused by the API server: the newest few. */
export function readMetadataServerLogs(session: Session, cluster: Cluster): Promise<Fact<readonly LogLine[]>> {
  const conditions = [
    'resource.labels.namespace_name="kube-system"',
    'resource.labels.pod_name:"gke-metadata-server"',
    '"connection refused"',
  ];
  return search(session, cluster, conditions, async page => {
    const { entries } = await page(undefined, 20);
    return entries.filter(({ text }) => REFUSED.test(text));
  });
}

function podFilter({ exact, patterns }: PodNames): string {
  const field = 'resource.labels.pod_name';
  return [
    ...exact.slice(0, NAMED_PODS).map(name => `${field}=${JSON.stringify(name)}`),
    ...patterns.map(pattern => `${field}=~${JSON.stringify(pattern)}`),
  ].join(' OR ');
}

function aboutOf(text: string): CredentialLine['about'] | undefined {
  if (DNS.test(text)) return 'dns';
  return CREDENTIALS.test(text) ? 'credentials' : undefined;
}

type Page = (
  token: string | undefined,
  size: number,
) => Promise<{ readonly entries: LogLine[]; readonly next?: string }>;

/** Searches what containers of the cluster wrote in the last day. An answer may have a page token and no entries, and go on. */
function search<T>(
  session: Session,
  { project, location, name }: Cluster,
  conditions: readonly string[],
  read: (page: Page) => Promise<T>,
): Promise<Fact<T>> {
  const filter = [
    'resource.type="k8s_container"',
    `resource.labels.cluster_name=${JSON.stringify(name)}`,
    `resource.labels.location=${JSON.stringify(location)}`,
    `timestamp>="${new Date(session.now.getTime() - DAY_MS).toISOString()}"`,
    ...conditions,
  ].join('\n');
  const call = {
    source: 'logging entries.list',
    permission: 'logging.logEntries.list',
    resource: `projects/${project}`,
    self: session.self,
  };
  return session.once(`logs ${project} ${filter}`, () =>
    asFact(call, () =>
      read(async (pageToken, pageSize) => {
        const { entries, next } = await session.google.listLogEntries(project, filter, { pageSize, pageToken });
        return { entries: entries.flatMap(toLine), ...(next ? { next } : {}) };
      }),
    ),
  );
}

function toLine(raw: unknown): LogLine[] {
  const parsed = Entry.safeParse(raw);
  if (!parsed.success) return [];
  const { timestamp: at, textPayload, jsonPayload, resource } = parsed.data;
  const { pod_name: pod = '', container_name: container = '' } = resource.labels;
  return [{ at, pod, container, text: textPayload ?? JSON.stringify(jsonPayload ?? '') }];
}
