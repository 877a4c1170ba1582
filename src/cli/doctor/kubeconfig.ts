/** The kubeconfig: which entry is the cluster's, what it says. Reads it as kubectl does, and prints no secret of it. */
import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Env } from './machine.ts';

const File = z.object({
  clusters: named(
    'cluster',
    z.object({
      server: z.string().default(''),
      'certificate-authority-data': z.string().optional(),
      'certificate-authority': z.string().optional(),
      'insecure-skip-tls-verify': z.boolean().optional(),
    }),
  ),
  contexts: named('context', z.object({ cluster: z.string().default(''), user: z.string().default('') })),
  users: named(
    'user',
    z.looseObject({
      exec: z
        .object({
          command: z.string().default(''),
          apiVersion: z.string().nullish(),
          args: z.array(z.string()).nullish(),
        })
        .nullish(),
      'auth-provider': z.object({ name: z.string().default('') }).nullish(),
    }),
  ),
  'current-context': z.string().nullish(),
});

function named<Key extends string, T extends z.ZodType>(key: Key, value: T) {
  return z
    .array(z.object({ name: z.string(), [key]: value }))
    .nullish()
    .transform(items => (items ?? []).map(item => ({ name: String(item.name), value: item[key] as z.infer<T> })));
}

/** A credential plugin as a kubeconfig names it. */
export interface ExecPlugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly apiVersion?: string;
  /** The kubeconfig's folder: a relative path counts from it. */
  readonly folder: string;
}

export interface Entry {
  readonly context: string;
  readonly current: boolean;
  readonly server: string;
  /** PEM. */
  readonly ca?: string;
  readonly insecure: boolean;
  /** How it logs in. */
  readonly login:
    | ({ readonly kind: 'exec' } & ExecPlugin)
    | { readonly kind: 'provider'; readonly name: string }
    | { readonly kind: 'other' };
}

export interface Kubeconfig {
  readonly paths: readonly string[];
  readonly entries: readonly Entry[];
  /** Files that are there and are no kubeconfig. */
  readonly broken: readonly string[];
}

export async function readKubeconfig(env: Env): Promise<Kubeconfig> {
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter(Boolean);
  const paths = listed.length > 0 ? listed : [join(env.HOME ?? '', '.kube', 'config')];
  const read = await Promise.all(paths.map(readOne));
  const files = read.flatMap(file => (file === undefined || file === 'broken' ? [] : [file]));
  const folders = read.flatMap((file, index) =>
    file === undefined || file === 'broken' ? [] : [dirname(resolve(paths[index] ?? ''))],
  );
  // The first file that sets a value wins, as in kubectl.
  const current = files.map(file => file['current-context']).find(Boolean);
  const clusters = new Map(
    files
      .flatMap(file => file.clusters)
      .reverse()
      .map(({ name, value }) => [name, value]),
  );
  const users = new Map(
    files
      .flatMap((file, index) => file.users.map(user => ({ ...user, folder: folders[index] ?? '' })))
      .reverse()
      .map(({ name, value, folder }) => [name, { value, folder }]),
  );
  const contexts = new Map(
    files
      .flatMap(file => file.contexts)
      .reverse()
      .map(({ name, value }) => [name, value]),
  );
  const entries = await Promise.all(
    [...contexts].map(async ([context, { cluster, user }]) => {
      const there = clusters.get(cluster);
      const ca = there && (await caOf(there['certificate-authority-data'], there['certificate-authority']));
      return {
        context,
        current: context === current,
        server: there?.server ?? '',
        ...(ca ? { ca } : {}),
        insecure: there?.['insecure-skip-tls-verify'] ?? false,
        login: loginOf(users.get(user)),
      };
    }),
  );
  return { paths, entries, broken: paths.filter((_, index) => read[index] === 'broken') };
}

async function readOne(path: string): Promise<z.infer<typeof File> | 'broken' | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return File.parse(parse(text, { logLevel: 'error' }) ?? {});
  } catch {
    return 'broken';
  }
}

async function caOf(data: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  return file ? readFile(file, 'utf8').catch(() => undefined) : undefined;
}

type User = z.infer<typeof File>['users'][number]['value'];

function loginOf(user: { readonly value: User; readonly folder: string } | undefined): Entry['login'] {
  const { exec, 'auth-provider': provider } = user?.value ?? {};
  if (user && exec) {
    const { command, apiVersion, args } = exec;
    return {
      kind: 'exec',
      command,
      args: args ?? [],
      ...(apiVersion ? { apiVersion } : {}),
      folder: user.folder,
    };
  }
  return provider ? { kind: 'provider', name: provider.name } : { kind: 'other' };
}

/**
 * The cluster's entry: by gcloud's name for it (`gke_P_L_C`), else by its address. Where Google did not show the cluster, the
 * current entry if it ends with its name, else any that does.
 */
export function entryOf(
  { entries }: Kubeconfig,
  wanted: { readonly cluster: string; readonly resource?: string; readonly addresses: readonly string[] },
): Entry | undefined {
  const [, project, , location, , name] = wanted.resource?.split('/') ?? [];
  const usual = wanted.resource
    ? entries.find(({ context }) => context === `gke_${project}_${location}_${name}`)
    : undefined;
  const byAddress = entries.filter(({ server }) => wanted.addresses.includes(server));
  const byName = entries.filter(({ context }) => context.endsWith(`_${wanted.cluster}`));
  const candidates = byAddress.length > 0 ? byAddress : wanted.resource ? [] : byName;
  return usual ?? candidates.find(({ current }) => current) ?? candidates[0];
}
