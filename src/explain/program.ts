/** Which program met the error: what helps differs from one to the other. */
import type { Words } from './reading/reading.ts';
import { holdsAny, phrasesOf } from './recognizer.ts';

/** The first whose signs stand beside the error; the more telling come first. */
const SIGNS = {
  'github-actions': [
    'google-github-actions*',
    'github actions',
    'actions_id_token*',
    'github.com/*/actions*',
    '*token.actions.githubusercontent.com*',
    'subject/repo:*',
  ],
  gitlab: ['gitlab*', 'ci_job_*', 'gitlab_oidc_token'],
  jenkins: ['jenkins*', 'pipeline sh'],
  'cloud-build': ['cloud build', 'cloudbuild*', 'build step <number>'],
  argocd: ['argocd*', 'argo cd', '*argoproj*', 'failed to load target state'],
  flux: ['flux*', '*fluxcd*', '*toolkit.fluxcd.io*'],
  pulumi: ['pulumi*', 'pulumi:*'],
  terraform: [
    'terraform*',
    'opentofu',
    'tofu',
    'on *.tf line',
    'with module.*',
    'with google_*',
    'with kubernetes_*',
    'with helm_release*',
    'with data.*',
    'google_container_*',
    'helm_release*',
    'kubernetes_*',
    'error when reading or editing',
  ],
  helm: ['helm', 'helm.go*', 'kubernetes cluster unreachable', 'upgrade failed', 'installation failed'],
  ide: ['lens', 'openlens', 'k9s', 'vs code', 'vscode', 'intellij', 'octant', 'headlamp'],
  ansible: ['ansible*', 'kubernetes.core*'],
  crossplane: ['crossplane*'],
  java: ['java.*', 'io.kubernetes.client*', 'io.fabric8*', 'com.google.*', 'kubernetesclientexception*', 'spring*'],
  python: [
    'google.auth*',
    'google.api_core*',
    'traceback',
    'kubernetes.client*',
    'kubernetes.config*',
    '*site-packages*',
    'urllib3*',
    'airflow*',
  ],
  node: ['*node_modules*', 'gaxios*', '*kubernetes/client-node*', 'googleauth*', 'node:*'],
  dotnet: ['system.*', 'grpc.core*', 'k8s.autorest*', 'google.apis*'],
  kubectl: [
    'kubectl*',
    'memcache.go*',
    'unable to connect to the server',
    'error from server*',
    'connection to the server',
  ],
  gcloud: ['gcloud*', 'gsutil*', 'bq'],
} as const;

export type Program = keyof typeof SIGNS;

const PROGRAMS = Object.entries(SIGNS).map(([program, signs]) => ({
  program: program as Program,
  signs: phrasesOf(signs),
}));

/** `beside`: the words of the error and of what stands beside it. */
export function programOf(beside: Words): Program | undefined {
  return PROGRAMS.find(({ signs }) => holdsAny(signs, beside))?.program;
}
