/** Entries of a kubeconfig on the user's machine. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Google } from '../../../sandbox/google/main.ts';
import type { State } from '../state.ts';
import { CLUSTER, healthy } from '../worlds.ts';

const PLUGINS = 'https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins';
const FULL_PATH = 'kubenav/kubenav#562';

interface Exec {
  readonly command: string;
  readonly apiVersion?: string;
  readonly args?: readonly string[];
}

/** The kubeconfig that `gcloud container clusters get-credentials` writes, with another plugin. */
function kubeconfig(
  google: Google,
  { command, apiVersion = 'client.authentication.k8s.io/v1beta1', args }: Exec,
): string {
  const server = google.cloud.apiServers.all.find(({ cluster }) => cluster === CLUSTER);
  if (!server) throw new Error('the cluster has no API server');
  const name = 'gke_sandbox-1_asia-northeast1_cluster-x';
  const exec = { apiVersion, command, ...(args && { args }), provideClusterInfo: true, interactiveMode: 'IfAvailable' };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: server.url, 'certificate-authority-data': server.caCertificate } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [{ name, user: { exec } }],
  });
}

/** The plugin in a folder that is not on the PATH; it may be executed or not. */
async function plugin(folder: string, mode: number): Promise<string> {
  await mkdir(join(folder, 'sdk'));
  const file = join(folder, 'sdk', 'gke-gcloud-auth-plugin');
  await writeFile(file, '#!/bin/sh\nexit 0\n');
  await chmod(file, mode);
  return file;
}

const row = (state: Omit<State, 'world' | 'arguments'>): State => ({
  ...state,
  world: () => healthy(),
  arguments: ['doctor', 'cluster-x'],
});

export const doctor: readonly State[] = [
  row({
    id: 'exec-path-missing',
    says: 'exec.command is a full path at which there is nothing.',
    source: FULL_PATH,
    kubeconfig: google => kubeconfig(google, { command: '/opt/sdk/bin/gke-gcloud-auth-plugin' }),
    expect: [{ check: 'doctor:kubeconfig', status: 'fail', says: [/\/opt\/sdk\/bin\/gke-gcloud-auth-plugin/] }],
  }),
  row({
    id: 'exec-path-not-executable',
    says: 'exec.command is the full path of a file that may not be executed.',
    source: 'lensapp/lens#3289',
    kubeconfig: async (google, folder) => kubeconfig(google, { command: await plugin(folder, 0o644) }),
    expect: [
      { check: 'doctor:kubeconfig', status: 'fail', says: [/sdk\/gke-gcloud-auth-plugin/, /execut|permission/i] },
    ],
  }),
  row({
    id: 'exec-path-fine',
    says: 'exec.command is the full path of a plugin that is there.',
    source: FULL_PATH,
    opposite: true,
    kubeconfig: async (google, folder) => kubeconfig(google, { command: await plugin(folder, 0o755) }),
    expect: [{ check: 'doctor:kubeconfig', status: 'pass' }],
  }),
  row({
    id: 'exec-path-relative',
    says: 'A relative path counts from the kubeconfig’s folder.',
    source: PLUGINS,
    opposite: true,
    kubeconfig: async (google, folder) => {
      await plugin(folder, 0o755);
      return kubeconfig(google, { command: './sdk/gke-gcloud-auth-plugin' });
    },
    expect: [{ check: 'doctor:kubeconfig', status: 'pass' }],
  }),
  row({
    id: 'exec-relative-path-missing',
    says: 'A relative path at which there is nothing.',
    source: PLUGINS,
    kubeconfig: google => kubeconfig(google, { command: './bin/gke-gcloud-auth-plugin' }),
    expect: [{ check: 'doctor:kubeconfig', status: 'fail', says: [/bin\/gke-gcloud-auth-plugin/] }],
  }),
  row({
    id: 'exec-config-helper',
    says: 'gcloud’s config-helper, which was for the removed auth provider, is the plugin.',
    source: 'fabric8io/kubernetes-client#1348',
    kubeconfig: google => kubeconfig(google, { command: 'gcloud', args: ['config', 'config-helper', '--format=json'] }),
    expect: [
      { check: 'doctor:kubeconfig', status: ['fail', 'warn'], says: [/config-helper/, /gke-gcloud-auth-plugin/] },
    ],
  }),
  row({
    id: 'exec-config-helper-turned-into-a-credential',
    says: 'The helper’s output is turned into an ExecCredential by a shell: unusual, and it works.',
    source: 'fabric8io/kubernetes-client#1348',
    opposite: true,
    kubeconfig: google =>
      kubeconfig(google, {
        command: 'sh',
        args: [
          '-c',
          `gcloud config config-helper --format=json | jq '{apiVersion: "client.authentication.k8s.io/v1beta1", kind: "ExecCredential", status: {token: .credential.access_token}}'`,
        ],
      }),
    expect: [{ check: 'doctor:kubeconfig', status: ['pass', 'warn'] }],
  }),
  row({
    id: 'exec-api-version',
    says: 'The entry asks for v1alpha1, which clients no longer know and the plugin does not answer.',
    source: 'kodermax/kubectl-aws-eks#6',
    kubeconfig: google =>
      kubeconfig(google, {
        command: 'gke-gcloud-auth-plugin',
        apiVersion: 'client.authentication.k8s.io/v1alpha1',
      }),
    expect: [{ check: 'doctor:kubeconfig', status: 'fail', says: [/v1alpha1/, /v1beta1/] }],
  }),
  row({
    id: 'exec-as-gcloud-writes-it',
    says: 'The entry that gcloud writes.',
    source: PLUGINS,
    opposite: true,
    kubeconfig: google => kubeconfig(google, { command: 'gke-gcloud-auth-plugin' }),
    expect: [{ check: 'doctor:kubeconfig', status: 'pass' }],
  }),
];
