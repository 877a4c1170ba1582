/** A workload's identity: pool, annotation, binding, node pool's mode, and the token of the API server (docs/domain/workloads.md). */
import type { Recognizer } from '../recognizer.ts';
import { DENIED, METADATA_SERVER, METADATA_TOKEN } from './answers.ts';

const WORKLOAD_IDENTITY = ['workload identity', 'workload identity federation for gke'];
const ANNOTATION = '*iam.gke.io/gcp-service-account*';
const TOKEN_OF_ACCOUNT = ['iam.serviceaccounts.getaccesstoken', 'iam.serviceaccounts.getopenidtoken'];
/** An identity of a pool of GKE, in each of the forms in which IAM names it. */
const POOL_IDENTITY = ['*.svc.id.goog*', 'primary /namespaces/*', '*workloadidentitypools/*.svc.id.goog/*'];

/** Paths that Compute Engine's metadata server has and GKE's does not. */
const NOT_SERVED = [
  '*instance/machine-type*',
  '*instance/image*',
  '*instance/disks*',
  '*instance/network-interfaces*',
  '*instance/cpu-platform*',
  '*instance/tags*',
  '*instance/licenses*',
  '*instance/scheduling*',
  '*instance/maintenance-event*',
  '*instance/preempted*',
  '*instance/guest-attributes*',
  '*instance/virtual-clock*',
  '*instance/description*',
  '*instance/legacy-endpoint-access*',
];

export const WORKLOADS: readonly Recognizer[] = [
  {
    problem: 'wi-workload-pool',
    confidence: 0.95,
    evidence: [
      { answered: 'identity (pool|namespace) does not exist' },
      {
        who: WORKLOAD_IDENTITY,
        answered: [
          'not enabled',
          'disabled',
          'must be enabled',
          'needs to be enabled',
          'isnt enabled',
          'has to be enabled',
          'not configured',
          '有効になっていません',
          '無効です',
          '有効にする必要',
        ],
      },
      {
        asked: ['requires workload identity', 'without workload identity'],
        answered: '(on|for|in) (the|this) cluster',
      },
      {
        who: ['gke_metadata', 'workload_metadata*', 'workloadmetadata*'],
        asked: ['workload identity', 'workloadidentity*', 'workload pool', 'workload_pool'],
        answered: ['requires', 'without', 'unless', 'cannot', 'only', 'not'],
      },
      { who: 'workloadidentityconfig*', answered: ['is empty', 'not set', 'missing', 'must be'] },
      { who: ['*.svc.id.goog*', 'identitybindingtoken*', 'identitynamespace*'], answered: 'invalid_target' },
      { asked: ['identitybindingtoken', 'idbindtoken'], answered: '404' },
      { answered: 'id プールが存在しません' },
    ],
  },
  {
    problem: 'wi-ksa-annotation',
    confidence: 0.94,
    evidence: [
      { answered: 'iam returned 404' },
      { answered: 'iam returned 400' },
      { asked: 'unable to generate access token', answered: '404' },
      {
        asked: ANNOTATION,
        answered: [
          'invalid',
          'missing',
          'not (set|found|present)',
          'does not exist',
          'malformed',
          'no such',
          'not a valid',
          'must be',
          'could not find',
          'without',
          'lacks',
          'expected',
          'ありません',
          '無効',
        ],
      },
      { who: METADATA_SERVER, answered: 'gaia id not found' },
      { who: WORKLOAD_IDENTITY, answered: ['gaia id not found', 'unknown service account'] },
    ],
  },
  {
    problem: 'wi-gsa-binding',
    confidence: 0.95,
    evidence: [
      { answered: 'iam returned 403' },
      { answered: 'missing iam policy binding on the target iam service account' },
      {
        who: POOL_IDENTITY,
        answered: ['does not have', 'doesnt have', 'denied', 'lacks', 'is missing', 'not authorized', '権限'],
      },
      { answered: 'error code 403 trying to get security access token from compute engine metadata' },
      { answered: 'compute received 403' },
      { who: 'gcp-metadata*', answered: 'status code 403' },
      { answered: 'status code 403 trying to fetch http*' },
      {
        who: METADATA_TOKEN,
        answered: ['status 403', 'status code 403', '403 forbidden', 'http 403', 'error 403', '(status|code) 403'],
      },
      { who: METADATA_SERVER, answered: ['status 403', '403 forbidden', 'status code 403'] },
    ],
    unless: [
      'missing required header',
      'insufficient authentication scopes',
      'iam service account credentials',
      '*workloadidentitypools/*/providers/*',
    ],
  },
  {
    problem: 'wi-gsa-binding',
    confidence: 0.9,
    evidence: [{ asked: TOKEN_OF_ACCOUNT, answered: DENIED }],
    where: { pod: true },
    unless: [
      'failed to impersonate',
      'unable to acquire impersonated',
      'impersonated_credentials',
      'google-github-actions*',
    ],
  },
  {
    problem: 'wi-gsa-binding',
    confidence: 0.6,
    evidence: [{ asked: TOKEN_OF_ACCOUNT, answered: 'denied' }],
    where: { hands: false },
    // An audit log says who it was; without that part of it nobody can know.
    unless: ['protopayload*', 'methodname*'],
  },
  {
    problem: 'wi-nodepool-metadata-mode',
    confidence: 0.93,
    evidence: [
      { who: 'gce metadata', asked: ['*instance/service-accounts/*', '*identity?audience*'], answered: 'not defined' },
      {
        asked: 'error code 404 trying to get security access token from compute engine metadata',
        answered: ['may be because', 'possible that', 'permission scopes', 'not found'],
      },
      {
        asked: 'iam.gke.io/gke-metadata-server-enabled*',
        answered: ['didnt match', 'did not match', 'unschedulable', 'nodes are available', 'node are available'],
      },
      { answered: 'status code 404 trying to fetch http*' },
      { answered: 'fetching access token failed … 404' },
      { who: METADATA_TOKEN, answered: ['status 404', '404 not found', 'status code 404', 'http 404', 'code 404'] },
      {
        who: ['workload metadata', 'workloadmetadata*', 'ワークロード メタデータ'],
        answered: ['gce_metadata … (instead|not|must|should)', 'gce_metadata … ではありません'],
      },
    ],
    where: { virtualMachine: false, otherMetadata: false },
    unless: [
      'iam returned',
      'missing required header',
      '/namespaces/*',
      'response unable',
      'unable to generate access token',
      'gaia id not found',
    ],
  },
  {
    problem: 'metadata-not-served',
    confidence: 0.9,
    evidence: [
      { who: 'gce metadata', asked: NOT_SERVED, answered: 'not defined' },
      { who: METADATA_SERVER, asked: NOT_SERVED, answered: ['404', 'not found', 'not defined'] },
    ],
    where: { virtualMachine: false, otherMetadata: false },
  },
  {
    problem: 'metadata-not-served',
    confidence: 0.8,
    evidence: [{ who: 'gce metadata', asked: '*instance/attributes/*', answered: 'not defined' }],
    where: { kubernetes: true, virtualMachine: false },
  },
  {
    problem: 'no-api-token',
    confidence: 0.94,
    evidence: [
      {
        asked: ['*/serviceaccount/token', '*serviceaccount/token*', '*kubernetes.io/serviceaccount*'],
        answered: [
          'no such file',
          'does not exist',
          'not found',
          'cannot find',
          'filenotfound*',
          'nosuchfile*',
          'enoent',
          'cannot read',
          'failed to read',
          'permission denied',
        ],
      },
      { answered: 'service token file does not exist' },
      { answered: 'service certification file does not exist' },
    ],
    where: { otherCluster: false },
    unless: ['vault', 'mountvolume*'],
  },
];
