/** Whose account a caller may use: act as it, take its token, or come from a pipeline (docs/domain/callers.md, docs/domain/federation.md). */
import type { Recognizer } from '../recognizer.ts';
import { DENIED } from './answers.ts';

const TOKEN_OF_ACCOUNT = ['iam.serviceaccounts.getaccesstoken', 'iam.serviceaccounts.getopenidtoken'];
const SIGN_AS_ACCOUNT = [
  'iam.serviceaccounts.signblob',
  'iam.serviceaccounts.signjwt',
  'iam.serviceaccounts.implicitdelegation',
];
/** Pools of pipelines and other clouds. Those of GKE end in svc.id.goog. */
const FEDERATION = [
  '*workloadidentitypools/*/providers/*',
  'workload identity (federation|pool|pool provider|provider)',
  'federated token',
  '*sts.googleapis.com*',
  'security token service',
  'id token',
  'google-github-actions/auth*',
  'subject token',
];

export const ACT_AS: readonly Recognizer[] = [
  {
    problem: 'caller-act-as',
    confidence: 0.95,
    evidence: [
      { answered: '(does not|do not|doesnt) have access to service account' },
      { answered: 'grant you the iam.serviceaccountuser role' },
      { answered: '(does not|do not|doesnt) have permission to act as' },
      { asked: ['iam.serviceaccounts.actas', 'iam.serviceaccount.actas'], answered: DENIED },
      { answered: 'service_account_access_denied' },
      {
        asked: 'roles/iam.serviceaccountuser',
        answered: ['required', 'missing', 'must have', 'grant', 'needs', 'lacks', 'does not have'],
      },
      {
        who: 'サービス アカウント',
        answered: [
          'アクセスする権限がありません',
          '機能する権限がありません',
          'として機能する権限',
          'として実行する権限',
          'として動作する権限',
        ],
      },
    ],
  },
];

export const FEDERATION_DENIED: readonly Recognizer[] = [
  {
    problem: 'federation-denied',
    confidence: 0.96,
    evidence: [
      { answered: '(rejected|denied) by the attribute condition', variant: 'condition' },
      { answered: 'audience in (the )?id token … does not match', variant: 'audience' },
      { asked: ['issuer in (the )?id token', 'issuer of the id token'], answered: ['does not match', 'doesnt match'] },
      { answered: 'error connecting to the given credentials issuer', variant: 'issuer' },
      {
        asked: 'google.subject',
        answered: ['exceeds the 127 bytes limit', 'exceeds the', 'must not be empty', 'is not set'],
        variant: 'mapping',
      },
      { answered: 'mapped attribute … (must|exceeds|is empty)', variant: 'mapping' },
      {
        who: ['actions_id_token_request_token', 'actions_id_token_request_url'],
        answered: ['did not inject', 'missing', 'not set', 'unable to get', 'undefined', 'unset'],
        variant: 'id-token',
      },
      {
        asked: 'id-token write',
        answered: ['missing', 'requires', 'required', 'not have', 'did not inject', 'forgot'],
        variant: 'id-token',
      },
      { answered: 'did not inject actions_id_token_request_token', variant: 'id-token' },
      {
        who: 'failed to (generate|retrieve|get|exchange) … federated token',
        answered: ['invalid_*', 'unauthorized_client', 'error', 'denied', 'permission_denied'],
      },
      {
        who: FEDERATION,
        answered: ['unauthorized_client', 'invalid_target', 'invalid_client', 'invalid_request', 'invalid_grant'],
      },
      {
        who: ['error code invalid_grant', 'invalid_grant'],
        asked: ['id token', 'subject token', 'subject_token', 'given credential'],
        answered: ['invalid_grant'],
      },
      { who: '*sts.googleapis.com*', answered: ['quota_exceeded', '429'] },
      {
        asked: 'subject token',
        answered: [
          'unable to retrieve',
          'failed to retrieve',
          'unable to parse',
          'error retrieving',
          'could not retrieve',
          'not found',
          'no such file',
        ],
      },
      { answered: 'the target service indicated by the audience parameters is invalid' },
      {
        asked: ['oidc token', 'gitlab_oidc_token', 'id_token'],
        answered: [
          'is not a valid jwt',
          'no id token',
          'could not fetch an id token',
          'unable to get id token',
          'failed to get id token',
        ],
      },
    ],
    unless: ['*.svc.id.goog*', 'identitybindingtoken*', 'keycloak', 'okta*', 'aadsts*', 'auth0*'],
  },
];

export const IMPERSONATION: readonly Recognizer[] = [
  {
    problem: 'impersonation-denied',
    confidence: 0.94,
    evidence: [
      { answered: '(failed|unable) to (impersonate|acquire impersonated)' },
      { asked: 'impersonate (the )?service account', answered: ['denied', '403', 'not authorized', 'permission'] },
      { asked: SIGN_AS_ACCOUNT, answered: DENIED },
      { who: 'サービス アカウント', answered: '権限を借用' },
    ],
    where: { otherCluster: false },
    unless: ['iam returned <number>', '*computemetadata/v1*'],
  },
  {
    problem: 'impersonation-denied',
    confidence: 0.9,
    evidence: [
      { asked: TOKEN_OF_ACCOUNT, answered: DENIED },
      { answered: 'failed to generate google cloud (oauth 2.0 )?(access|id) token' },
      { asked: ['*generateaccesstoken', '*generateidtoken'], answered: ['403', 'permission_denied', 'denied'] },
      {
        who: ['google_service_account_access_token', 'google_service_account_id_token', 'google_service_account_jwt'],
        answered: 'the caller does not have permission',
      },
      { asked: 'roles/iam.serviceaccounttokencreator', answered: DENIED },
    ],
    where: { hands: true, pod: false },
    unless: ['insufficient authentication scopes', 'access_token_scope_insufficient'],
  },
];
