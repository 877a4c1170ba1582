/**
 * What a workload's containers wrote about their credentials, and the metadata server about the control plane, in the last day:
 * one call of Cloud Logging, at most 100 entries, newest first (logging entries.list, 60 calls a minute per project:
 * docs/domain/iam.md#quotas).
 */
import { z } from 'zod';
import type { Fact } from '../fact.ts';
import type { Cluster } from '../google/cluster.ts';
import { asFact } from '../read.ts';
import type { Session } from '../session.ts';

export interface LogLine {
  readonly at: Date;
  readonly pod: string;
  readonly container: string;
  readonly text: string;
  /** The metadata server's name did not resolve; no credentials could be had; the API server refused the metadata server. */
  readonly about: 'dns' | 'credentials' | 'control-plane';
}

const DAY_MS = 86_400_000;
const ENTRIES = 100;

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

const Entry = z.object({
  timestamp: z.coerce.date(),
  textPayload: z.string().nullish(),
  jsonPayload: z.looseObject({}).nullish(),
  resource: z.object({ labels: z.record(z.string(), z.string()) }),
});

const REFUSED = /dial tcp (?!169\.254\.)[\d.]+:443: connect: connection refused/i;

export function readWorkloadLogs(
  session: Session,
  { project, location, name }: Cluster,
  namespace: string,
): Promise<Fact<readonly LogLine[]>> {
  const since = new Date(session.now.getTime() - DAY_MS).toISOString();
  const own = `(resource.labels.namespace_name=${JSON.stringify(namespace)} AND (${PHRASES.map(phrase => JSON.stringify(phrase)).join(' OR ')}))`;
  const server =
    '(resource.labels.namespace_name="kube-system" AND resource.labels.pod_name:"gke-metadata-server" AND "connection refused")';
  const filter = [
    'resource.type="k8s_container"',
    `resource.labels.cluster_name=${JSON.stringify(name)}`,
    `resource.labels.location=${JSON.stringify(location)}`,
    `timestamp>="${since}"`,
    `(${own} OR ${server})`,
  ].join('\n');
  return session.once(`logs ${project} ${filter}`, () =>
    asFact(
      {
        source: 'logging entries.list',
        permission: 'logging.logEntries.list',
        resource: `projects/${project}`,
        self: session.self,
      },
      async () => (await session.google.listLogEntries(project, filter, ENTRIES)).flatMap(toLine),
    ),
  );
}

function toLine(raw: unknown): LogLine[] {
  const parsed = Entry.safeParse(raw);
  if (!parsed.success) return [];
  const { timestamp: at, textPayload, jsonPayload, resource } = parsed.data;
  const text = textPayload ?? JSON.stringify(jsonPayload ?? '');
  const { pod_name: pod = '', container_name: container = '', namespace_name: namespace } = resource.labels;
  const about = aboutOf(text, namespace === 'kube-system' && pod.startsWith('gke-metadata-server'));
  return about ? [{ at, pod, container, text, about }] : [];
}

function aboutOf(text: string, byServer: boolean): LogLine['about'] | undefined {
  if (byServer) return REFUSED.test(text) ? 'control-plane' : undefined;
  if (DNS.test(text)) return 'dns';
  return CREDENTIALS.test(text) ? 'credentials' : undefined;
}
