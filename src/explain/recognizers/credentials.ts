/** The caller's own login at Google: expired, revoked, of no account (docs/domain/callers.md). */
import type { Recognizer } from '../recognizer.ts';

/** Servers of other vendors that speak OAuth too. */
const OTHER_ISSUER = [
  'aadsts*',
  '*microsoftonline*',
  'keycloak',
  '*okta*',
  'auth0*',
  'salesforce',
  '*amazonaws*',
  'cognito*',
  'gitlab.com/oauth*',
  'bearer realm',
  'dex',
  '*github app*',
  'github app',
  'argocd',
  'docker*',
];
/** Messages whose first words sound like an expired token, but that say in the same breath what else it is. */
const OTHER_CAUSE = [
  '*computemetadata*',
  'failed to retrieve http*metadata*',
  'gce metadata',
  '*getaccesstoken',
  'unable to acquire impersonated',
  'failed to impersonate',
  'account has been disabled by admin',
  'id token',
  '*workloadidentitypools*',
  'subject token',
];

export const TOKEN: readonly Recognizer[] = [
  {
    problem: 'token-invalid',
    confidence: 0.93,
    evidence: [
      { answered: ['invalid_rapt', 'rapt_required'] },
      { answered: '(reauth|reauthentication) (related error|failed|is required|required|is needed|challenge)' },
      { answered: 'token has been expired or revoked' },
      { answered: 'had invalid authentication credentials' },
      { answered: ['access_token_expired', 'access_token_type_unsupported'] },
      { answered: 'does not have any valid credentials' },
      { answered: 'you do not currently have an active account selected' },
      { answered: 'refresh token (is invalid|has expired|has been revoked)' },
      { answered: '*authpermanentfail*' },
      { asked: 'invalid jwt', answered: ['invalid jwt signature', 'invalid jwt token must be'] },
      {
        asked: 'invalid_grant',
        answered: [
          'bad request',
          'account not found',
          'token',
          'not a valid email',
          'malformed',
          'stale',
          'account has been deleted',
        ],
      },
      { answered: ['再認証が必要', '認証情報の有効期限が切れ', 'トークンの有効期限が切れ', 'トークンが取り消され'] },
    ],
    unless: [...OTHER_ISSUER, ...OTHER_CAUSE],
  },
  {
    problem: 'token-invalid',
    confidence: 0.85,
    evidence: [
      { answered: 'invalid_grant' },
      { answered: 'oauth2 cannot fetch token (400|401)' },
      // What follows says why: the metadata server, impersonation, or the caller's own login.
      {
        answered:
          'there was a problem (refreshing|reauthenticating) … auth tokens … (reauth*|expired|revoked|bad request|invalid_*|gcloud auth login)',
      },
      { who: ['401', '403', 'googleapi error 401', 'autherror'], answered: 'invalid credentials' },
      { asked: 'invalid_token', answered: ['invalid value', 'error_description'] },
      { asked: 'tokeninfo*', answered: 'invalid_token' },
      { answered: 'failed to retrieve access token … failure while executing gcloud' },
      { answered: 'please run gcloud auth login' },
      { answered: ['no credentialed accounts', 'you are not currently authenticated', 'your credentials are invalid'] },
    ],
    unless: [...OTHER_ISSUER, ...OTHER_CAUSE],
    where: { pod: false },
  },
  {
    problem: 'token-invalid',
    confidence: 0.6,
    evidence: [
      { answered: 'attempted to load application default credentials since neither' },
      {
        asked: 'gcloud auth (application-default )?login',
        answered: [
          'unable to authenticate',
          'could not find default credentials',
          'credentials were not found',
          'not authenticated',
        ],
      },
    ],
    unless: [...OTHER_ISSUER, ...OTHER_CAUSE, 'quota project'],
    where: { pod: false, hands: true },
  },
];
