/** A Google API that is switched off in the project (DOMAIN.md, checks 13 and 15). */
import { type Recognizer, sign, signs } from '../recognizer.ts';

const entities = ['project', 'projectNumber', 'service', 'statusCode', 'principal'] as const;

/** The forms of Google's front end, gcloud's question, Service Usage, the container API, and the console in Japanese. */
const OFF = [
  `has not been used in (?:project|プロジェクト)`,
  String.raw`api(?: \(?[\w.-]{0,60}\)?)? is not enabled (?:for|on|in) (?:this )?project`,
  String.raw`api \[[\w.-]{1,80}\] (?:is )?not enabled (?:on|for|in)`,
  String.raw`(?:service|api) [\w./\[\]-]{0,80}googleapis\.com\]? (?:has not been|is not|isnt|was not|not) (?:enabled|activated)`,
  String.raw`googleapis\.com\]? (?:is|was) (?:disabled|not enabled)`,
  `is not enabled for consumer`,
  // The service's name must be there too: which API it is decides which problem it is.
  String.raw`service_disabled.{0,400}[a-z]\.googleapis\.com`,
  String.raw`[a-z]\.googleapis\.com.{0,400}service_disabled`,
  `accessnotconfigured`,
  `should enable service: ?[a-z]`,
  `api not enabled`,
  String.raw`(?:used in|in) project [\w-]{1,40} before or it is disabled`,
  `api(?:は|が)?.{0,60}(?:有効になっていません|有効化されていません|無効になっています|無効です|使用されたことがない)`,
];

/** Not the API: the caller's own quota project, billing, or an API key. */
const UNLESS = signs(
  'requires a quota project',
  'requires billing to be enabled',
  'billing_disabled',
  'api key not valid',
  'user_project_denied',
);

const COVERED = [
  'wi-gsa-binding',
  'impersonation-denied',
  'token-invalid',
  'caller-clusters-get',
  'cluster-not-found',
  'wi-metadata-startup',
  'node-sa-recommender',
] as const;

const CREDENTIALS = String.raw`(?:iam service account credentials|iamcredentials\.googleapis\.com|iamcredentials api|iam credentials api)`;

export const APIS: readonly Recognizer[] = [
  {
    problem: 'wi-iamcredentials-api',
    confidence: 0.97,
    signs: [
      sign(`${CREDENTIALS}.{0,240}?(?:${OFF.join('|')})`),
      sign(`(?:${OFF.join('|')}).{0,400}?${CREDENTIALS}`),
      // Also across an empty line that something put into the middle of it.
      sign(String.raw`${CREDENTIALS}(?: api)?\s{0,4}has\s{0,4}not\s{0,4}been\s{0,4}used`),
      // All that IAM says of this API is that it is off, also where the rest was cut away.
      sign('iam returned 403 forbidden: iam service account credentials api'),
      sign(`service_disabled.{0,400}?${CREDENTIALS}`),
      sign(`${CREDENTIALS}.{0,400}?service_disabled`),
      sign(String.raw`(?:api|service) \[?iamcredentials\.googleapis\.com\]? (?:is )?(?:not enabled|disabled)`),
    ],
    unless: UNLESS,
    covers: ['api-enabled', ...COVERED],
    entities,
  },
  { problem: 'api-enabled', confidence: 0.95, signs: signs(...OFF), unless: UNLESS, covers: COVERED, entities },
];
