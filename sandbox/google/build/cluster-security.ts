import type { JsonObject } from '../world.ts';

/** How a cluster is reached and guarded, in the API's own words (container v1, Cluster). */
export type SecurityOptions = {
  /** Merged over the defaults: IP and DNS endpoints, authorized networks. */
  controlPlaneEndpoints?: JsonObject;
  /** Encryption of Secrets with a Cloud KMS key `projects/P/locations/L/keyRings/R/cryptoKeys/K`. */
  databaseEncryption?: {
    key: string;
    /** CURRENT_STATE_ENCRYPTED by default; `…_ERROR` where it failed. */
    currentState?: string;
    /** Messages of `lastOperationErrors`. */
    errors?: string[];
  };
  /** LIMITED allows anonymous requests to health checks only. */
  anonymousAuthentication?: 'ENABLED' | 'LIMITED';
  /** Whether bindings to `system:anonymous`, `system:unauthenticated` and `system:authenticated` are allowed. */
  rbacBindings?: {
    enableInsecureBindingSystemUnauthenticated?: boolean;
    enableInsecureBindingSystemAuthenticated?: boolean;
  };
  /** StatusConditions, for example `{ code: 'CLOUD_KMS_KEY_ERROR', message: '…' }`. */
  conditions?: { code: string; canonicalCode?: string; message: string }[];
};

/** The fields of the API's Cluster that these options set. */
export function securityFields(options: SecurityOptions): JsonObject {
  const { databaseEncryption: encryption } = options;
  return {
    ...(options.controlPlaneEndpoints && { controlPlaneEndpointsConfig: options.controlPlaneEndpoints }),
    ...(encryption && {
      databaseEncryption: {
        state: 'ENCRYPTED',
        keyName: encryption.key,
        currentState: encryption.currentState ?? 'CURRENT_STATE_ENCRYPTED',
        ...(encryption.errors && {
          lastOperationErrors: encryption.errors.map(errorMessage => ({
            keyName: encryption.key,
            errorMessage,
            timestamp: '2025-11-01T09:00:00Z',
          })),
        }),
      },
    }),
    ...(options.anonymousAuthentication && {
      anonymousAuthenticationConfig: { mode: options.anonymousAuthentication },
    }),
    ...(options.rbacBindings && { rbacBindingConfig: options.rbacBindings }),
    ...(options.conditions && { conditions: options.conditions }),
  };
}
