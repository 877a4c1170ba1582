/** gcloud and kubectl as they are installed, pointed at a simulated Google Cloud. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** ms: gcloud takes seconds to start, more where several start at once. */
export const SLOW_MS = 240_000;

export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RealClients<Who extends string> {
  /** A gcloud command line; quotes keep words together. `as`: the default identity where not given. */
  gcloud(line: string, as?: Who): Promise<Result>;
  kubectl(line: string): Promise<Result>;
  close(): Promise<void>;
}

export function installed(command: string): boolean {
  try {
    execFileSync('which', [command], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * @param services as in gcloud's `api_endpoint_overrides`, in capitals
 * @param tokens the access token of each identity
 */
export async function realClients<Who extends string>(options: {
  readonly url: string;
  readonly project: string;
  readonly services: readonly string[];
  readonly tokens: Readonly<Record<Who, string>>;
  readonly as: NoInfer<Who>;
}): Promise<RealClients<Who>> {
  const { url, project, services, tokens, as: usual } = options;
  const directory = await mkdtemp(join(tmpdir(), 'gcloud-'));
  for (const [name, token] of Object.entries<string>(tokens)) await writeFile(join(directory, name), token);
  const environment = {
    PATH: process.env.PATH,
    HOME: directory,
    CLOUDSDK_CONFIG: join(directory, 'config'),
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_PROJECT: project,
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: '1',
    // Nothing outside is asked, not even for the metadata server of a machine of Google's.
    CLOUDSDK_CORE_CHECK_GCE_METADATA: 'false',
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: '1',
    KUBECONFIG: join(directory, 'kubeconfig'),
    ...Object.fromEntries(services.map(service => [`CLOUDSDK_API_ENDPOINT_OVERRIDES_${service}`, url])),
  };
  const run = (command: string, args: readonly string[], as: Who = usual) =>
    new Promise<Result>(resolve => {
      const env = { ...environment, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: join(directory, as) };
      execFile(command, args, { env, timeout: SLOW_MS }, (error, out, err) => {
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 1, out, err });
      });
    });
  const clients: RealClients<Who> = {
    gcloud(line, as) {
      const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
      return run('gcloud', args, as);
    },
    kubectl: line => run('kubectl', line.split(' ')),
    close: () => rm(directory, { recursive: true }),
  };
  // The first run writes gcloud's own configuration: side by side they would write it twice.
  await clients.gcloud('config list');
  return clients;
}
