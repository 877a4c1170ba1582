import type { ProjectBuilder } from '../google/build/project.ts';
import type { WorldBuilder } from '../google/build/world.ts';
import type { KubernetesObject } from '../google/kubernetes/server.ts';
import { nodeRole } from './base.ts';
import {
  byPool,
  clusterOf,
  holding,
  holdingCustom,
  lacks,
  needed,
  passes,
  useful,
  type Variant,
  type Variants,
  type VariantWorld,
} from './node-account-variants-table.ts';

/** Every combination of the four permissions, each by a role of its own; the pool's name says which of them it has. */
const combinations: Variants = Object.fromEntries(
  Array.from({ length: 2 ** needed.length }, (_, bits) => {
    const has = (index: number) => (bits & (1 << index)) !== 0;
    const held = needed.filter((_, index) => has(index));
    const missing = needed.filter((_, index) => !has(index));
    const name = `has-${needed.map((_, index) => (has(index) ? '1' : '0')).join('')}`;
    const variant: Variant = {
      // With all four nodes write; what the recommended role has besides is worth a warning only.
      ...(missing.length > 0 ? lacks(...missing) : { ...lacks(...useful), verdict: 'warn' }),
      account: holdingCustom(name, held),
    };
    return [name, variant] as const;
  }),
);

/** Accounts that nodes get where no node pool says so. */
const provisioned = {
  autopilot: { ...passes, account: holding('autopilot', nodeRole) },
  'autopilot-without': { ...lacks(...needed), account: holding('autopilot-without') },
  'autopilot-default': { ...passes, account: () => 'default' },
  provisioning: { ...passes, account: holding('provisioning', nodeRole) },
  'provisioning-without': { ...lacks(...needed), account: holding('provisioning-without') },
  'provisioning-default': { ...passes, account: () => 'default' },
} satisfies Variants;

/** A pool beside them, of which another account's state says nothing. */
const beside: Variants = { 'pool-a': { ...passes, account: () => 'default' } };

const batch: Variant = {
  ...lacks(...needed),
  inScan: {
    verdict: 'nothing',
    because: 'compute classes are in the cluster, and a scan reads no API server (PRODUCT, Verbs)',
  },
  account: holding('batch'),
};

/** A cluster that sends no logs needs no permission for it; the matrix is about accounts, whatever their clusters need. */
const withoutLogging: Variants = {
  metrics: {
    ...passes,
    row: { 'logging.logEntries.create': 'missing' },
    account: holding(
      'metrics',
      'roles/monitoring.metricWriter',
      'roles/monitoring.viewer',
      'roles/autoscaling.metricsWriter',
    ),
  },
  'metrics-without': {
    ...lacks('monitoring.timeSeries.create', 'monitoring.metricDescriptors.create', 'autoscaling.sites.writeMetrics'),
    row: { 'logging.logEntries.create': 'granted' },
    account: holding('metrics-without', 'roles/logging.logWriter'),
  },
};

export const furtherClusters: VariantWorld['clusters'] = {
  combinations: byPool(combinations),
  'without-logging': byPool(withoutLogging),
  ...Object.fromEntries(
    Object.entries(provisioned).map(([name, variant]) => [
      name,
      { '': variant, ...(name.startsWith('autopilot') ? {} : byPool(beside)) },
    ]),
  ),
  autopilot: { '': provisioned.autopilot, 'k8s/computeclasses/batch': batch },
};

/** Adds the clusters of the table to a project. */
export function addFurtherClusters(world: WorldBuilder, project: ProjectBuilder): void {
  clusterOf(world, project, combinations, { name: 'combinations' });
  clusterOf(world, project, withoutLogging, { name: 'without-logging', fields: { loggingService: 'none' } });
  for (const [name, { account }] of Object.entries(provisioned)) {
    const autopilot = name.startsWith('autopilot');
    const objects = name === 'autopilot' ? [computeClass('batch', batch.account(world, project))] : [];
    const options = { name, autopilot, autoprovisioningAccount: account(world, project), objects };
    clusterOf(world, project, autopilot ? {} : beside, options);
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
