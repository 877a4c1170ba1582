/**
 * What node service accounts lack, and what that means. The four permissions are those of
 * roles/container.defaultNodeServiceAccount (GKE docs, "Configure GKE node service accounts").
 */
import type { Family } from '../state.ts';
import { nodeAccount, only, V134 } from '../worlds.ts';

const DOCS = 'https://docs.cloud.google.com/kubernetes-engine/security/configure-node-service-accounts';
const TROUBLESHOOT = 'https://docs.cloud.google.com/kubernetes-engine/docs/troubleshooting/service-accounts';
const AGENT_ROLE = 'https://docs.cloud.google.com/iam/docs/roles-permissions/container';
const CIS =
  'https://tenable.com/audits/items/CIS_Google_Kubernetes_Engine_GKE_v1.7.0_L1.audit:c14f95fbd8eba75e8940dc99bc4b295c';

const check = 'node-sa-permissions';
const subject = 'nodePools/pool-a';
const grant = { kind: 'grant-project-role', params: { role: 'roles/container.defaultNodeServiceAccount' } };

const trio = ['roles/logging.logWriter', 'roles/monitoring.metricWriter', 'roles/monitoring.viewer'];
const LOGS = 'logging.logEntries.create';
const METRICS = ['monitoring.metricDescriptors.create', 'monitoring.timeSeries.create'];
const LISTS = ['monitoring.metricDescriptors.list', 'monitoring.timeSeries.list'];
const HPA = 'autoscaling.sites.writeMetrics';

/** Sentences that are false where logs, or metrics other than the autoscaler's, arrive. */
const logsAreLost = /(can.?t|cannot|unable to|not able to)\s+(write|send|export|store)\b[^.\n]*\blogs?\b/i;
const metricsAreLost =
  /(can.?t|cannot|unable to|not able to)\s+(write|send|export|store)\b(?:(?!HPA|autoscal|performance)[^.\n])*\bmetrics\b(?! (?:for|of|to) (?:the )?(?:HPA|horizontal|autoscal))/i;
const nothingArrives =
  /no logs (?:and|or) (?:no )?metrics|nothing (?:is|gets) written|logs and metrics (?:are|stay|go) (?:missing|lost)/i;

export const nodeAccounts: Family = {
  name: 'node-accounts',
  states: [
    {
      id: 'recommended-trio-on-1.33',
      says: 'Nodes of 1.33 run as an account with the three roles that Google recommended before: only the HPA performance profile’s permission is missing.',
      source: CIS,
      world: () => nodeAccount({ roles: trio }),
      arguments: only(check),
      expect: [
        {
          check,
          subject,
          status: ['fail', 'warn'],
          missing: [HPA],
          says: [/autoscaling\.sites\.writeMetrics/, /HPA|Horizontal Pod Autoscal/i],
          never: [logsAreLost, metricsAreLost, nothingArrives],
          offers: [grant],
        },
      ],
    },
    {
      id: 'only-metrics',
      says: 'The account may write metrics and no logs.',
      source: DOCS,
      world: () => nodeAccount({ permissions: [...METRICS, ...LISTS, HPA] }),
      arguments: only(check),
      expect: [
        {
          check,
          subject,
          status: 'fail',
          missing: [LOGS],
          says: [/\blogs\b/i],
          never: [metricsAreLost, nothingArrives, /HPA/],
          offers: [grant],
        },
      ],
    },
    {
      id: 'only-logs',
      says: 'The account may write logs and no metrics.',
      source: DOCS,
      world: () => nodeAccount({ permissions: [LOGS, ...LISTS, HPA] }),
      arguments: only(check),
      expect: [
        {
          check,
          subject,
          status: 'fail',
          missing: METRICS,
          says: [/\bmetrics\b/i],
          never: [logsAreLost, nothingArrives, /HPA/],
          offers: [grant],
        },
      ],
    },
    {
      id: 'nothing-on-1.33',
      says: 'The account of nodes of 1.33 holds nothing.',
      source: TROUBLESHOOT,
      world: () => nodeAccount({}),
      arguments: only(check),
      expect: [
        {
          check,
          subject,
          status: 'fail',
          missing: [LOGS, ...METRICS, HPA],
          says: [/logs/i, /metrics/i],
          offers: [grant],
        },
      ],
    },
    {
      id: 'nothing-on-1.34-healthy-agent',
      says: 'The account of nodes of 1.34 holds nothing, but GKE’s node agent holds its role and writes logs and metrics.',
      source: TROUBLESHOOT,
      world: () => nodeAccount({}, { version: V134 }),
      arguments: only(check, 'agent-gke-node-agent'),
      expect: [
        {
          check,
          subject,
          status: ['warn', 'pass'],
          says: [/service-123456789012@gcp-sa-gkenode|node (?:service )?agent/i],
          never: [logsAreLost, metricsAreLost, nothingArrives],
        },
        { check: 'agent-gke-node-agent', status: 'pass' },
      ],
    },
    {
      id: 'trio-on-1.34-healthy-agent',
      says: 'The three older roles on nodes of 1.34 with a healthy node agent: logs and metrics arrive.',
      source: CIS,
      opposite: true,
      world: () => nodeAccount({ roles: trio }, { version: V134 }),
      arguments: only(check),
      expect: [{ check, subject, status: ['warn', 'pass'], never: [logsAreLost, metricsAreLost, nothingArrives] }],
    },
    {
      id: 'nothing-on-1.34-agent-without-role',
      says: 'Nodes of 1.34, and neither their account nor GKE’s node agent holds anything.',
      source: TROUBLESHOOT,
      world: () =>
        nodeAccount({}, { version: V134 }, ({ project }) => {
          project.unbind('roles/container.defaultNodeServiceAgent');
        }),
      arguments: only(check, 'agent-gke-node-agent'),
      expect: [
        { check, subject, status: 'fail', says: [/logs/i] },
        { check: 'agent-gke-node-agent', status: 'fail' },
      ],
    },
    {
      id: 'nodes-of-1.33-under-1.34',
      says: 'The control plane is 1.34 but the nodes are 1.33: their own account writes.',
      source: TROUBLESHOOT,
      world: () =>
        nodeAccount(
          {},
          {
            version: V134,
            nodePools: [
              {
                name: 'pool-a',
                serviceAccount: 'node@sandbox-1.iam.gserviceaccount.com',
                version: '1.33.5-gke.1201000',
              },
            ],
          },
        ),
      arguments: only(check),
      expect: [{ check, subject, status: 'fail' }],
    },
    {
      id: 'logging-none',
      says: 'Cloud Logging is off for the cluster; the account holds everything but the permission for logs.',
      source: DOCS,
      opposite: true,
      world: () => nodeAccount({ permissions: [...METRICS, ...LISTS, HPA] }, { fields: { loggingService: 'none' } }),
      arguments: only(check),
      expect: [{ check, subject, status: 'pass', never: [logsAreLost] }],
    },
    {
      id: 'monitoring-none',
      says: 'Cloud Monitoring is off for the cluster; the account may write logs, and the autoscaler’s metrics.',
      source: DOCS,
      opposite: true,
      world: () => nodeAccount({ permissions: [LOGS, HPA] }, { fields: { monitoringService: 'none' } }),
      arguments: only(check),
      expect: [{ check, subject, status: 'pass', never: [metricsAreLost] }],
    },
    {
      id: 'editor',
      says: 'The account holds Editor, which has all four permissions.',
      source: DOCS,
      opposite: true,
      world: () => nodeAccount({ roles: ['roles/editor'] }),
      arguments: only(check),
      expect: [{ check, subject, status: 'pass' }],
    },
    {
      id: 'node-agent-by-permission',
      says: 'GKE’s node agent holds roles/container.defaultNodeServiceAccount in place of its own role: all six permissions.',
      source: AGENT_ROLE,
      opposite: true,
      world: () =>
        nodeAccount({}, { version: V134 }, ({ project }) => {
          project
            .unbind('roles/container.defaultNodeServiceAgent')
            .bind('roles/container.defaultNodeServiceAccount', project.agents.node);
        }),
      arguments: only(check, 'agent-gke-node-agent'),
      expect: [
        { check: 'agent-gke-node-agent', status: ['pass', 'warn'] },
        { check, subject, status: ['warn', 'pass'], never: [logsAreLost, metricsAreLost] },
      ],
    },
    {
      id: 'node-agent-deprecated-role',
      says: 'GKE’s node agent holds the deprecated roles/container.nodeServiceAgent, which has the six permissions too.',
      source: AGENT_ROLE,
      opposite: true,
      world: () =>
        nodeAccount({}, { version: V134 }, ({ project }) => {
          project
            .unbind('roles/container.defaultNodeServiceAgent')
            .bind('roles/container.nodeServiceAgent', project.agents.node);
        }),
      arguments: only('agent-gke-node-agent', check),
      expect: [
        { check: 'agent-gke-node-agent', status: ['pass', 'warn'] },
        { check, subject, status: ['warn', 'pass'], never: [logsAreLost, metricsAreLost] },
      ],
    },
    {
      id: 'scopes-too-narrow-on-1.33',
      says: 'Nodes of 1.33 have access scopes without logging and monitoring: IAM can’t give what scopes take.',
      source: DOCS,
      world: () =>
        nodeAccount(
          { roles: ['roles/container.defaultNodeServiceAccount'] },
          {
            nodePools: [
              {
                name: 'pool-a',
                serviceAccount: 'node@sandbox-1.iam.gserviceaccount.com',
                scopes: ['https://www.googleapis.com/auth/devstorage.read_only'],
              },
            ],
          },
        ),
      arguments: only('node-oauth-scopes', check),
      expect: [
        { check: 'node-oauth-scopes', subject, status: 'fail', refuses: [{ kind: 'grant-project-role' }] },
        { check, subject, status: 'pass', refuses: [grant] },
      ],
    },
    {
      id: 'scopes-too-narrow-on-1.34',
      says: 'The same scopes on nodes of 1.34 with a healthy node agent: whether scopes bind the agent is not documented.',
      source: TROUBLESHOOT,
      world: () =>
        nodeAccount(
          { roles: ['roles/container.defaultNodeServiceAccount'] },
          {
            version: V134,
            nodePools: [
              {
                name: 'pool-a',
                serviceAccount: 'node@sandbox-1.iam.gserviceaccount.com',
                scopes: ['https://www.googleapis.com/auth/devstorage.read_only'],
              },
            ],
          },
        ),
      arguments: only('node-oauth-scopes'),
      expect: [{ check: 'node-oauth-scopes', subject, status: ['warn', 'unknown'] }],
    },
    {
      id: 'managed-constraint',
      says: 'The organization forbids Editor and Owner for default service accounts by the managed constraint.',
      source: 'https://docs.cloud.google.com/organization-policy/restrict-service-accounts',
      world: () =>
        nodeAccount({ roles: ['roles/container.defaultNodeServiceAccount'] }, {}, ({ project }) => {
          project.orgPolicy('iam.managed.preventPrivilegedBasicRolesForDefaultServiceAccounts', { enforce: true });
        }),
      arguments: only('default-sa-orgpolicy'),
      expect: [
        {
          check: 'default-sa-orgpolicy',
          status: ['pass', 'warn'],
          says: [/iam\.managed\.preventPrivilegedBasicRolesForDefaultServiceAccounts/],
        },
      ],
    },
  ],
};
