/** Kubernetes' objects, with the fields that are looked at; all others are dropped. Type and schema share a name. */
import { z } from 'zod';

const strings = z.record(z.string(), z.string());
/** The API server leaves out what is empty, and writes null for an empty list. */
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform(items => items ?? []);

export const Metadata = z.object({
  name: z.string().default(''),
  namespace: z.string().optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  creationTimestamp: z.string().nullish(),
  labels: strings.nullish().transform(labels => labels ?? {}),
  annotations: strings.nullish().transform(annotations => annotations ?? {}),
  ownerReferences: list(z.object({ kind: z.string(), name: z.string(), controller: z.boolean().optional() })),
});
export type Metadata = z.infer<typeof Metadata>;

export const Version = z.object({ gitVersion: z.string(), major: z.string().optional(), minor: z.string().optional() });
export type Version = z.infer<typeof Version>;

export const Namespace = z.object({ metadata: Metadata });
export type Namespace = z.infer<typeof Namespace>;

export const ServiceAccount = z.object({ metadata: Metadata });
export type ServiceAccount = z.infer<typeof ServiceAccount>;

export const ConfigMap = z.object({ metadata: Metadata, data: strings.nullish().transform(data => data ?? {}) });
export type ConfigMap = z.infer<typeof ConfigMap>;

export const Node = z.object({
  metadata: Metadata,
  status: z
    .object({ nodeInfo: z.object({ kubeletVersion: z.string(), operatingSystem: z.string() }).optional() })
    .optional(),
});
export type Node = z.infer<typeof Node>;

export const Container = z.object({
  name: z.string(),
  image: z.string().optional(),
  command: list(z.string()),
  args: list(z.string()),
  env: list(z.object({ name: z.string(), value: z.string().optional(), valueFrom: z.looseObject({}).optional() })),
  /** `Always` on an init container makes it a native sidecar. */
  restartPolicy: z.string().optional(),
});
export type Container = z.infer<typeof Container>;

const Volume = z.object({
  name: z.string(),
  csi: z
    .object({ driver: z.string(), volumeAttributes: strings.nullish().transform(attributes => attributes ?? {}) })
    .optional(),
  persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
});

export const PodSpec = z.object({
  serviceAccountName: z.string().optional(),
  nodeName: z.string().optional(),
  hostNetwork: z.boolean().optional(),
  nodeSelector: strings.nullish().transform(selector => selector ?? {}),
  containers: list(Container),
  initContainers: list(Container),
  volumes: list(Volume),
});
export type PodSpec = z.infer<typeof PodSpec>;

const ContainerState = z.object({
  running: z.object({ startedAt: z.string().optional() }).optional(),
  waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
  terminated: z
    .object({
      reason: z.string().optional(),
      exitCode: z.number().optional(),
      startedAt: z.string().optional(),
      finishedAt: z.string().optional(),
    })
    .optional(),
});

export const ContainerStatus = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  restartCount: z.number().default(0),
  state: ContainerState.default({}),
  lastState: ContainerState.default({}),
});
export type ContainerStatus = z.infer<typeof ContainerStatus>;

export const Pod = z.object({
  metadata: Metadata,
  spec: PodSpec,
  status: z
    .object({
      phase: z.string().optional(),
      podIP: z.string().optional(),
      startTime: z.string().optional(),
      conditions: list(z.object({ type: z.string(), status: z.string() })),
      containerStatuses: list(ContainerStatus),
      initContainerStatuses: list(ContainerStatus),
    })
    .default({ conditions: [], containerStatuses: [], initContainerStatuses: [] }),
});
export type Pod = z.infer<typeof Pod>;

export const LabelSelector = z.object({
  matchLabels: strings.nullish().transform(labels => labels ?? {}),
  matchExpressions: list(z.object({ key: z.string(), operator: z.string(), values: list(z.string()) })),
});
export type LabelSelector = z.infer<typeof LabelSelector>;

export const Deployment = z.object({
  metadata: Metadata,
  spec: z.object({
    selector: LabelSelector,
    template: z.object({
      metadata: Metadata.default({ name: '', labels: {}, annotations: {}, ownerReferences: [] }),
      spec: PodSpec,
    }),
  }),
});
export type Deployment = z.infer<typeof Deployment>;

export const DaemonSet = z.object({
  metadata: Metadata,
  spec: z.object({ template: z.object({ spec: PodSpec }) }),
});
export type DaemonSet = z.infer<typeof DaemonSet>;

export const Service = z.object({ metadata: Metadata, spec: z.object({ clusterIP: z.string().optional() }) });
export type Service = z.infer<typeof Service>;

const NetworkPolicyPort = z.object({
  protocol: z.string().optional(),
  port: z.union([z.number(), z.string()]).optional(),
  endPort: z.number().optional(),
});
const NetworkPolicyPeer = z.object({
  ipBlock: z.object({ cidr: z.string(), except: list(z.string()) }).optional(),
  namespaceSelector: LabelSelector.optional(),
  podSelector: LabelSelector.optional(),
});

export const NetworkPolicy = z.object({
  metadata: Metadata,
  spec: z.object({
    podSelector: LabelSelector.default({ matchLabels: {}, matchExpressions: [] }),
    policyTypes: list(z.string()),
    /** Absent and empty differ: with the type Egress an absent list allows nothing. */
    egress: z.array(z.object({ to: list(NetworkPolicyPeer), ports: list(NetworkPolicyPort) })).nullish(),
  }),
});
export type NetworkPolicy = z.infer<typeof NetworkPolicy>;

/** cloud.google.com/v1. */
export const ComputeClass = z.object({
  metadata: Metadata,
  spec: z.object({ nodePoolConfig: z.object({ serviceAccount: z.string().optional() }).optional() }).default({}),
});
export type ComputeClass = z.infer<typeof ComputeClass>;

/** Any object: what it is called is all that is asked. */
export const Named = z.object({ metadata: Metadata });
export type Named = z.infer<typeof Named>;

/** An object of a custom resource, as it stands: who reads it knows its form. */
export const CustomObject = z.looseObject({ metadata: Metadata });
export type CustomObject = z.infer<typeof CustomObject>;

export const ApiResources = z.object({ resources: list(z.object({ name: z.string(), kind: z.string() })) });
export const ApiGroups = z.object({
  groups: list(z.object({ name: z.string(), versions: list(z.object({ groupVersion: z.string() })) })),
});

export const Review = z.object({
  status: z.object({
    allowed: z.boolean(),
    denied: z.boolean().default(false),
    reason: z.string().optional(),
    evaluationError: z.string().optional(),
  }),
});
export type Review = z.infer<typeof Review>;

export const PolicyRule = z.object({
  apiGroups: list(z.string()),
  resources: list(z.string()),
  verbs: list(z.string()),
  resourceNames: list(z.string()),
  nonResourceURLs: list(z.string()),
});
export type PolicyRule = z.infer<typeof PolicyRule>;

export const Role = z.object({ metadata: Metadata, rules: list(PolicyRule) });
export type Role = z.infer<typeof Role>;

export const RoleBinding = z.object({
  metadata: Metadata,
  subjects: list(
    z.object({
      kind: z.string(),
      name: z.string(),
      namespace: z.string().optional(),
      apiGroup: z.string().optional(),
    }),
  ),
  roleRef: z.object({ apiGroup: z.string().optional(), kind: z.string(), name: z.string() }),
});
export type RoleBinding = z.infer<typeof RoleBinding>;

export interface Page<T> {
  readonly items: T[];
  readonly metadata: { readonly continue?: string; readonly remainingItemCount?: number };
}

/** One page of a list. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({
    items: list(item),
    metadata: z.object({ continue: z.string().optional(), remainingItemCount: z.number().optional() }).default({}),
  });
}
