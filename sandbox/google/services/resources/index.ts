import type { Route } from '../../route.ts';
import { accessContextManagerRoutes } from './access-context-manager.ts';
import { artifactRegistryRoutes } from './artifact-registry.ts';
import { bigQueryRoutes } from './bigquery.ts';
import { computeRoutes } from './compute.ts';
import { dnsRoutes } from './dns.ts';
import { kmsRoutes } from './kms.ts';
import { pubsubRoutes } from './pubsub.ts';
import { secretManagerRoutes } from './secret-manager.ts';
import { spannerRoutes } from './spanner.ts';
import { storageRoutes } from './storage.ts';
import { tokenExchangeRoutes } from './token-exchange.ts';
import { workloadIdentityRoutes } from './workload-identity.ts';

/** Services whose resources have policies of their own, and what federation and perimeters need. */
export const resourceRoutes: Route[] = [
  ...accessContextManagerRoutes,
  ...artifactRegistryRoutes,
  ...bigQueryRoutes,
  ...computeRoutes,
  ...dnsRoutes,
  ...kmsRoutes,
  ...pubsubRoutes,
  ...secretManagerRoutes,
  ...spannerRoutes,
  ...storageRoutes,
  ...tokenExchangeRoutes,
  ...workloadIdentityRoutes,
];
