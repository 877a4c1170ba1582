/** What an error names. Only what the text says: of the error itself first, then of what stands around it. */
import type { Entities, EntityKey, ProblemId } from '../contracts/explanation.ts';
import { CLUSTER_NAMES, firstOf, KEYS, PROJECT_OF_RESOURCE, valueIn } from './entity-patterns.ts';
import { SERVICES } from './services.ts';

/** The texts around one error, each with blanks for line breaks. */
export interface Surroundings {
  /** The error's own message. */
  readonly message: string;
  /** What stands close to it. */
  readonly beside: string;
  /** Commands, and what programs answered, in all of the paste: what it says once for all its errors. */
  readonly anywhere: readonly string[];
  /** What somebody wrote for a program. */
  readonly configuration: readonly string[];
}

/** What a configuration beside an error tells of a workload. */
const OF_A_WORKLOAD = ['iamServiceAccount', 'namespace', 'kubernetesServiceAccount'] as const;
/** Errors about which a configuration of a workload tells something. */
const ABOUT_WORKLOADS = /^(?:wi-|metadata-not-served|no-api-token)/;
/** The cluster is told by `targetOf`. */
const TARGET: ReadonlySet<EntityKey> = new Set(['project', 'location', 'cluster']);

export function entitiesOf(problem: ProblemId, around: Surroundings): Entities {
  const entities: Entities = {};
  for (const key of KEYS) {
    if (TARGET.has(key)) continue;
    const value = valueIn(key, around.message) ?? valueIn(key, around.beside);
    if (value !== undefined) entities[key] = value;
  }
  entities.projectNumber ??= found('projectNumber', around.anywhere);
  entities.service ??= apiByTitle(around.message) ?? apiByTitle(around.beside);
  entities.repository ??= repositoryOf(entities.image);
  if (ABOUT_WORKLOADS.test(problem)) {
    const workload = around.configuration.find(text =>
      /iam\.gke\.io\/gcp-service-account|kind: ?ServiceAccount/i.test(text),
    );
    for (const key of OF_A_WORKLOAD) entities[key] ??= workload === undefined ? undefined : valueIn(key, workload);
  }
  return defined({ ...entities, ...targetOf(around) });
}

const defined = (entities: Entities): Entities =>
  Object.fromEntries(Object.entries(entities).filter(([, value]) => value !== undefined));

const found = (key: EntityKey, texts: readonly string[]) =>
  texts.map(text => valueIn(key, text)).find(value => value !== undefined);

interface Target {
  readonly project?: string | undefined;
  readonly location?: string | undefined;
  readonly cluster?: string | undefined;
}

/** The cluster, with a project and a location only where the text says that they are this cluster's, or the error's own. */
function targetOf({ message, beside, anywhere, configuration }: Surroundings): Target {
  const near = [message, beside];
  const places = [...near, ...anywhere, ...configuration];
  const place = places.find(text => clusterIn(text) !== undefined);
  const cluster = place === undefined ? undefined : clusterIn(place);
  const around = place === undefined ? [...near, ...anywhere] : [place, ...near, ...anywhere];
  const project = cluster?.project ?? found('project', around);
  return {
    cluster: cluster?.cluster,
    location: cluster?.location ?? found('location', around),
    // A resource's project says nothing of the cluster beside it.
    project: project ?? (cluster === undefined ? firstOf(PROJECT_OF_RESOURCE, message) : undefined),
  };
}

/** Services of Google whose resources are called clusters too, and other vendors'. */
const OTHER_CLUSTERS =
  /alloydb|memorystore|redis\.googleapis|\(gcloud\.(?:beta\.|alpha\.)?(?:redis|bigtable|dataproc)|bigtable|dataproc|valkey|\beks\b|\baks\b|managedClusters|managedkafka/i;

function clusterIn(text: string): Target | undefined {
  if (OTHER_CLUSTERS.test(text) && !/container\.googleapis|\bgke_|gcloud\.container/i.test(text)) return undefined;
  for (const pattern of CLUSTER_NAMES) {
    const { cluster, project, location } = pattern.exec(text)?.groups ?? {};
    if (cluster !== undefined) return { cluster, project, location };
  }
  return undefined;
}

/** An API that the text names by its title only. */
function apiByTitle(text: string): string | undefined {
  const title = /([A-Z][\w ()/-]{2,60} API)(?:"? (?:has not|is not|isn't|was not)| ?(?:は|が))/.exec(text)?.[1];
  return title === undefined ? undefined : SERVICES.find(([name]) => title.endsWith(name))?.[1];
}

/** The repository of Artifact Registry that an image lies in; `gcr.io` names one too (docs/domain/images.md). */
function repositoryOf(image: string | undefined): string | undefined {
  const [, location, project, name] = /^([\w-]+)-docker\.pkg\.dev\/([\w.:-]+)\/([\w.-]+)\//.exec(image ?? '') ?? [];
  if (location !== undefined) return `projects/${project}/locations/${location}/repositories/${name}`;
  const [, host = '', owner] = /^((?:[a-z]{2,4}\.)?gcr\.io)\/([\w.:-]+)\//.exec(image ?? '') ?? [];
  const place = GCR_LOCATIONS[host];
  return place === undefined ? undefined : `projects/${owner}/locations/${place}/repositories/${host}`;
}
const GCR_LOCATIONS: Readonly<Record<string, string>> = {
  'gcr.io': 'us',
  'us.gcr.io': 'us',
  'eu.gcr.io': 'europe',
  'asia.gcr.io': 'asia',
};
