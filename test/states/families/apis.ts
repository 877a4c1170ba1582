/** APIs that the cluster needs by its own settings, and those that it doesn't. */
import type { Family } from '../state.ts';
import { healthy, nodeAccount, only, workload } from '../worlds.ts';

const ENABLE = 'https://docs.cloud.google.com/kubernetes-engine/docs/troubleshooting/troubleshoot-dashboards';
const USAGE = 'https://docs.cloud.google.com/service-usage/docs/enable-disable';
const TERRAFORM =
  'https://registry.terraform.io/providers/hashicorp/google/latest/docs/resources/google_project_service';

const check = 'api-enabled';
const off = (...services: string[]) => healthy({}, ({ project }) => project.disable(...services));
const enable = (service: string) => ({ kind: 'enable-service', params: { service } });

export const apis: Family = {
  name: 'apis',
  states: [
    {
      id: 'logging-off',
      says: 'logging.googleapis.com is off in the project while the cluster’s logging is on.',
      source: ENABLE,
      world: () => off('logging.googleapis.com'),
      arguments: only(check),
      expect: [
        { check, status: 'fail', says: [/logging\.googleapis\.com/], offers: [enable('logging.googleapis.com')] },
      ],
    },
    {
      id: 'monitoring-off',
      says: 'monitoring.googleapis.com is off in the project while the cluster’s monitoring is on.',
      source: ENABLE,
      world: () => off('monitoring.googleapis.com'),
      arguments: only(check),
      expect: [
        { check, status: 'fail', says: [/monitoring\.googleapis\.com/], offers: [enable('monitoring.googleapis.com')] },
      ],
    },
    {
      id: 'both-off',
      says: 'Both APIs are off: both are named, and both are offered.',
      source: ENABLE,
      world: () => off('logging.googleapis.com', 'monitoring.googleapis.com'),
      arguments: only(check),
      expect: [
        {
          check,
          status: 'fail',
          says: [/logging\.googleapis\.com/, /monitoring\.googleapis\.com/],
          offers: [enable('logging.googleapis.com'), enable('monitoring.googleapis.com')],
        },
      ],
    },
    {
      id: 'logging-off-role-held',
      says: 'The API for logs is off and the node account holds its role: no grant cures that.',
      source: ENABLE,
      world: () => off('logging.googleapis.com'),
      arguments: only(check, 'node-sa-permissions'),
      expect: [
        { check, status: 'fail' },
        { check: 'node-sa-permissions', status: ['pass', 'warn'], refuses: [{ kind: 'grant-project-role' }] },
      ],
    },
    {
      id: 'logging-off-and-none',
      says: 'logging.googleapis.com is off and the cluster’s loggingService is none.',
      source: 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/config-logging-monitoring',
      opposite: true,
      world: () =>
        healthy({ fields: { loggingService: 'none', loggingConfig: { componentConfig: {} } } }, ({ project }) =>
          project.disable('logging.googleapis.com'),
        ),
      arguments: only(check),
      expect: [{ check, status: 'pass', refuses: [{ kind: 'enable-service' }] }],
    },
    {
      id: 'monitoring-off-and-none',
      says: 'monitoring.googleapis.com is off and the cluster’s monitoringService is none.',
      source: 'https://docs.cloud.google.com/kubernetes-engine/docs/how-to/config-logging-monitoring',
      opposite: true,
      world: () =>
        healthy({ fields: { monitoringService: 'none', monitoringConfig: { componentConfig: {} } } }, ({ project }) =>
          project.disable('monitoring.googleapis.com'),
        ),
      arguments: only(check),
      expect: [{ check, status: 'pass', refuses: [{ kind: 'enable-service' }] }],
    },
    {
      id: 'unneeded-api-off',
      says: 'pubsub.googleapis.com and storage.googleapis.com are off: GKE does not need them.',
      source: USAGE,
      opposite: true,
      world: () => off('pubsub.googleapis.com', 'storage.googleapis.com'),
      arguments: only(check),
      expect: [{ check, status: 'pass', never: [/pubsub/i] }],
    },
    {
      id: 'own-api-off',
      says: 'recommender.googleapis.com, which only the diagnosis uses, is off: the cluster lacks nothing.',
      source: USAGE,
      opposite: true,
      world: () => off('recommender.googleapis.com'),
      arguments: only(check, 'node-sa-recommender'),
      expect: [
        { check, status: ['pass', 'warn', 'unknown'] },
        { check: 'node-sa-recommender', status: 'unknown', says: [/recommender\.googleapis\.com/] },
      ],
    },
    {
      id: 'iamcredentials-off-annotated',
      says: 'iamcredentials.googleapis.com is off, and the workload acts as an IAM service account by annotation.',
      source: 'google/kctf#194',
      world: () => off('iamcredentials.googleapis.com'),
      arguments: workload('wi-iamcredentials-api'),
      expect: [{ check: 'wi-iamcredentials-api', status: 'fail', offers: [enable('iamcredentials.googleapis.com')] }],
    },
    {
      id: 'enable-service-terraform',
      says: 'The Terraform of an API that is enabled must not turn it off again when the resource is destroyed.',
      source: TERRAFORM,
      world: () => off('iamcredentials.googleapis.com', 'monitoring.googleapis.com'),
      arguments: workload('wi-iamcredentials-api', check),
      expect: [
        {
          check: 'wi-iamcredentials-api',
          offers: [{ kind: 'enable-service', text: /disable_on_destroy\s*=\s*false/ }],
        },
        { check, offers: [{ kind: 'enable-service', text: /disable_on_destroy\s*=\s*false/ }] },
      ],
    },
    {
      id: 'all-on-without-monitoring-role',
      says: 'Every API is on and the node account lacks its permissions: that is the account’s check, not the APIs’.',
      source: USAGE,
      opposite: true,
      world: () => nodeAccount({}),
      arguments: only(check, 'node-sa-permissions'),
      expect: [
        { check, status: 'pass' },
        { check: 'node-sa-permissions', status: 'fail' },
      ],
    },
  ],
};
