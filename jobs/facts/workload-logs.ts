/**
 * What containers wrote about credentials in the last day: one call of Cloud Logging for a workload, one for the metadata
 * server, at most 50 entries each, newest first (logging entries.list, 60 calls a minute per project; DOMAIN, 21 to 23, C
 * "Quotas").
 */
import { z } from 'zod';
import type { Cluster } from './cluster.ts';
import type { Fact } from './fact.ts';
import { asFact } from './read.ts';
import type { Session } from './session.ts';

export interface LogLine {
  readonly at: Date;
  readonly pod: string;
  readonly container: string;
  readonly text: string;
  /** The metadata server's name did not resolve; no credentials could be had; the API server refused the metadata server. */
  readonly about: 'dns' | 'credentials' | 'control-plane';
}

const DAY_MS = 86_400_000;
const ENTRIES = 50;

/** What is looked for; several words for one thing, because libraries have their own (DOMAIN, "Recognisers", 21 and 22). */
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

const Entry = z.object({
  timestamp: z.coerce.date(),
  textPayload: z.string().nullish(),
  jsonPayload: z.looseObject({}).nullish(),
  resource: z.object({ labels: z.record(z.string(), z.string()) }),
});

export function readWorkloadLogs(
  session: Session,
  cluster: Cluster,
  namespace: string,
): Promise<Fact<readonly LogLine[]>> {
  const about = (text: string) => (DNS.test(text) ? 'dns' : CREDENTIALS.test(text) ? 'credentials' : undefined);
  const phrases = `(${PHRASES.map(phrase => JSON.stringify(phrase)).join(' OR ')})`;
  return readLines(session, cluster, [`resource.labels.namespace_name=${JSON.stringify(namespace)}`, phrases], about);
}

const REFUSED = /dial tcp (?!169\.254\.)[\d.]+:443: connect: connection refused/i;

/** The metadata server's own words while the API server was away. */
export function readControlPlaneLogs(session: Session, cluster: Cluster): Promise<Fact<readonly LogLine[]>> {
  const about = (text: string) => (REFUSED.test(text) ? 'control-plane' : undefined);
  const server = ['resource.labels.namespace_name="kube-system"', 'resource.labels.pod_name:"gke-metadata-server"'];
  return readLines(session, cluster, [...server, '"connection refused"'], about);
}

function readLines(
  session: Session,
  { project, location, name }: Cluster,
  narrowed: readonly string[],
  aboutOf: (text: string) => LogLine['about'] | undefined,
): Promise<Fact<readonly LogLine[]>> {
  const since = new Date(session.now.getTime() - DAY_MS).toISOString();
  const filter = [
    'resource.type="k8s_container"',
    `resource.labels.cluster_name=${JSON.stringify(name)}`,
    `resource.labels.location=${JSON.stringify(location)}`,
    `timestamp>="${since}"`,
    ...narrowed,
  ].join('\n');
  return session.once(`logs ${project} ${filter}`, () =>
    asFact(
      {
        source: 'logging entries.list',
        permission: 'logging.logEntries.list',
        resource: `projects/${project}`,
        self: session.self,
      },
      async () =>
        (await session.google.listLogEntries(project, filter, ENTRIES)).flatMap(entry => toLine(entry, aboutOf)),
    ),
  );
}

function toLine(raw: unknown, aboutOf: (text: string) => LogLine['about'] | undefined): LogLine[] {
  const parsed = Entry.safeParse(raw);
  if (!parsed.success) return [];
  const { timestamp: at, textPayload, jsonPayload, resource } = parsed.data;
  const text = textPayload ?? JSON.stringify(jsonPayload ?? '');
  const about = aboutOf(text);
  const { pod_name: pod = '', container_name: container = '' } = resource.labels;
  return about ? [{ at, pod, container, text, about }] : [];
}
