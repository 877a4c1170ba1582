/** APIs that are off in a project, and projects that a call can't be charged to (docs/domain/projects.md, docs/domain/workloads.md). */
import type { Evidence, Recognizer } from '../recognizer.ts';
import { DENIED } from './answers.ts';

/** The forms of Google's front end, gcloud's question, Service Usage, the container API, and the console in Japanese. */
const OFF = [
  'has not been used in (project|プロジェクト)',
  'used in project * before or it is disabled',
  'api (<name> )?is not enabled (for|on|in) (this )?project',
  'api <name> (is )?not enabled (on|for|in)',
  '(service|api) *googleapis.com (has not been|is not|isnt|was not|not) (enabled|activated)',
  '*googleapis.com (is|was) (disabled|not enabled)',
  'is not enabled for consumer',
  'accessnotconfigured',
  'should enable service*',
  'api not enabled',
  'api … 有効になっていません',
  'api … 有効化されていません',
  'api … 無効になっています',
  'api … 使用されたことがない',
  'api … 無効です',
] as const;

/** Not the API: the caller's own quota project, billing, or an API key. */
const UNLESS = [
  'requires a quota project',
  'requires billing to be enabled',
  'billing_disabled',
  'api key not valid',
  'user_project_denied',
];

const CREDENTIALS_API = [
  'iam service account credentials',
  'iamcredentials.googleapis.com',
  'iamcredentials api',
  'iam credentials api',
];

const off = (who?: Evidence['who']): Evidence[] => [
  { ...(who && { who }), answered: OFF },
  { who: who ?? '*.googleapis.com', answered: 'service_disabled' },
];

export const APIS: readonly Recognizer[] = [
  {
    problem: 'quota-project-denied',
    confidence: 0.93,
    evidence: [
      { answered: 'user_project_denied' },
      { asked: 'serviceusage.services.use', answered: DENIED },
      { answered: 'caller does not have required permission to use project' },
      { asked: 'roles/serviceusage.serviceusageconsumer', answered: ['grant the caller', ...DENIED] },
    ],
  },
  {
    problem: 'wi-iamcredentials-api',
    confidence: 0.97,
    evidence: [
      ...off(CREDENTIALS_API),
      // IAM says nothing else of this API, so that the rest may be cut off.
      { answered: 'iam returned 403 forbidden iam service account credentials api' },
      { who: CREDENTIALS_API, answered: ['has not been', 'before or it is disabled'] },
    ],
    unless: UNLESS,
  },
  { problem: 'api-enabled', confidence: 0.95, evidence: off(), unless: UNLESS },
];
