import type { ProjectBuilder } from '../google/build/project.ts';
import type { WorldBuilder } from '../google/build/world.ts';
import type { KubernetesObject } from '../google/kubernetes/server.ts';
import { nodeRole } from './base.ts';
import {
  accountWithCustomRole,
  accountWithRoles,
  addVariantCluster,
  bySubject,
  lacks,
  optionalPermissions,
  passes,
  requiredPermissions,
  type Variant,
  type Variants,
  type VariantWorld,
} from './node-account-variants-table.ts';

/** Every combination of the four permissions, each in a custom role. The digits of the pool's name tell which it has. */
const combinations: Variants = Object.fromEntries(
  Array.from({ length: 2 ** requiredPermissions.length }, (_, bits) => {
    const has = (index: number) => (bits & (1 << index)) !== 0;
    const held = requiredPermissions.filter((_, index) => has(index));
    const missing = requiredPermissions.filter((_, index) => !has(index));
    const name = `has-${requiredPermissions.map((_, index) => (has(index) ? '1' : '0')).join('')}`;
    const variant: Variant = {
      // With all four, nodes can write. Missing optional permissions are a warning only.
      ...(missing.length > 0 ? lacks(...missing) : { ...lacks(...optionalPermissions), verdict: 'warn' }),
      account: accountWithCustomRole(name, held),
    };
    return [name, variant] as const;
  }),
);

/** Accounts of nodes that get them from Autopilot or auto-provisioning, not from a node pool. */
const provisioned = {
  autopilot: { ...passes, account: accountWithRoles('autopilot', nodeRole) },
  'autopilot-without': { ...lacks(...requiredPermissions), account: accountWithRoles('autopilot-without') },
  'autopilot-default': { ...passes, account: () => 'default' },
  provisioning: { ...passes, account: accountWithRoles('provisioning', nodeRole) },
  'provisioning-without': { ...lacks(...requiredPermissions), account: accountWithRoles('provisioning-without') },
  'provisioning-default': { ...passes, account: () => 'default' },
} satisfies Variants;

/** A node pool with another account, whose findings must stay independent. */
const beside: Variants = { 'pool-a': { ...passes, account: () => 'default' } };

const batch: Variant = {
  ...lacks(...requiredPermissions),
  inScan: {
    verdict: 'nothing',
    because: 'compute classes are objects in the cluster, and a scan reads no API server',
  },
  account: accountWithRoles('batch'),
};

/** Nodes of a cluster without logging don't need the permission to write logs. The matrix shows permissions all the same. */
const withoutLogging: Variants = {
  metrics: {
    ...passes,
    row: { 'logging.logEntries.create': 'missing' },
    account: accountWithRoles(
      'metrics',
      'roles/monitoring.metricWriter',
      'roles/monitoring.viewer',
      'roles/autoscaling.metricsWriter',
    ),
  },
  'metrics-without': {
    ...lacks('monitoring.timeSeries.create', 'monitoring.metricDescriptors.create', 'autoscaling.sites.writeMetrics'),
    row: { 'logging.logEntries.create': 'granted' },
    account: accountWithRoles('metrics-without', 'roles/logging.logWriter'),
  },
};

export const furtherClusters: VariantWorld['clusters'] = {
  combinations: bySubject(combinations),
  'without-logging': bySubject(withoutLogging),
  ...Object.fromEntries(
    Object.entries(provisioned).map(([name, variant]) => [
      name,
      { '': variant, ...(name.startsWith('autopilot') ? {} : bySubject(beside)) },
    ]),
  ),
  autopilot: { '': provisioned.autopilot, 'k8s/computeclasses/batch': batch },
};

/** Adds the clusters of the table to a project. */
export function addFurtherClusters(world: WorldBuilder, project: ProjectBuilder): void {
  addVariantCluster(world, project, combinations, { name: 'combinations' });
  addVariantCluster(world, project, withoutLogging, { name: 'without-logging', fields: { loggingService: 'none' } });
  for (const [name, { account }] of Object.entries(provisioned)) {
    const autopilot = name.startsWith('autopilot');
    const objects = name === 'autopilot' ? [computeClass('batch', batch.account(world, project))] : [];
    const options = { name, autopilot, autoprovisioningAccount: account(world, project), objects };
    addVariantCluster(world, project, autopilot ? {} : beside, options);
  }
}

function computeClass(name: string, serviceAccount: string): KubernetesObject {
  return {
    apiVersion: 'cloud.google.com/v1',
    kind: 'ComputeClass',
    metadata: { name },
    spec: {
      nodePoolConfig: { serviceAccount },
      nodePoolAutoCreation: { enabled: true },
      priorities: [{ machineFamily: 'n4' }],
    },
  };
}
