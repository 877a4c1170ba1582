/** All steps, those side by side that don't need each other. Nothing leaves the machine but the token, to Google. */
import { printable } from '../../contracts/cluster-name.ts';
import { lookAtAccount } from './account.ts';
import { lookAtApiServer } from './api-server.ts';
import { lookAtCluster } from './cluster.ts';
import { findExecProgram, isGooglePlugin } from './exec-plugin.ts';
import { entryOf, type Kubeconfig, readKubeconfig } from './kubeconfig.ts';
import { addressesOf, judgeEntry } from './kubeconfig-entry.ts';
import { findKubectl, judgeKubectl } from './kubectl.ts';
import { callThroughKubectl } from './kubectl-call.ts';
import type { Env } from './machine.ts';
import { lookAtMetadataServer } from './metadata-server.ts';
import { lookAtPlugin } from './plugin.ts';
import type { Step } from './step.ts';
import { lookAtToken } from './token.ts';

export interface Examined {
  /** The cluster's full resource name; as the user called it where Google did not show it. */
  readonly cluster: string;
  readonly steps: readonly Step[];
}

/**
 * `projects`: where a bare name is looked for; gcloud's own and those of the kubeconfig's entries where it is empty.
 * @throws {TargetError} where the name names no single cluster.
 */
export async function examine(env: Env, name: string, projects: readonly string[], nowMs: number): Promise<Examined> {
  const metadata = lookAtMetadataServer(env);
  const [account, kubectl, kubeconfig] = await Promise.all([lookAtAccount(env), findKubectl(env), readKubeconfig(env)]);
  const { identity, token } = account;
  const [tokenStep, sight] = await Promise.all([
    lookAtToken(env, token, nowMs),
    lookAtCluster(identity, name, projectsFor(name, projects, account.project, kubeconfig)),
  ]);
  const { cluster } = sight;
  const short = name.split('/').at(-1) ?? name;
  const entry = entryOf(kubeconfig, {
    cluster: short,
    ...(cluster ? { resource: cluster.resource } : {}),
    addresses: cluster ? addressesOf(cluster) : [],
  });
  const known = entry ? { url: entry.server, ...(entry.ca ? { ca: entry.ca } : {}) } : undefined;
  const program = entry?.login.kind === 'exec' ? await findExecProgram(env, entry.login) : undefined;
  const [apiServer, call, plugin] = await Promise.all([
    lookAtApiServer(env, identity, cluster, known),
    callThroughKubectl(env, kubectl, entry),
    lookAtPlugin(env, entry?.login.kind === 'exec' && isGooglePlugin(entry.login) ? program?.path : undefined),
  ]);
  const steps = [
    account.step,
    tokenStep,
    sight.step,
    apiServer,
    plugin,
    judgeKubectl(kubectl, cluster?.version),
    judgeEntry({ kubeconfig, entry, program, cluster, name: short, env }),
    call,
    await metadata,
  ];
  return { cluster: cluster?.resource ?? printable(name), steps };
}

/** gcloud names its entries `gke_PROJECT_LOCATION_CLUSTER`. */
function projectsFor(
  name: string,
  given: readonly string[],
  active: string | undefined,
  { entries }: Kubeconfig,
): readonly string[] {
  if (given.length > 0) return given;
  if (active) return [active];
  const short = name.split('/').at(-1);
  const found = entries.flatMap(({ context }) => {
    const [prefix, project, , cluster] = context.split('_');
    return prefix === 'gke' && cluster === short && project ? [project] : [];
  });
  return [...new Set(found)];
}
