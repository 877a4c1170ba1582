/** Organization policies: one that blocks an operation, and one that keeps default service accounts without roles (check 6a). */
import { type Recognizer, sign, signs } from '../recognizer.ts';

const entities = [
  'project',
  'projectNumber',
  'location',
  'cluster',
  'constraint',
  'resource',
  'principal',
  'iamServiceAccount',
  'statusCode',
] as const;

/** Said before or after a constraint's name. */
const BLOCKED = `(?:violat|denied|not allowed|disallowed|prohibit|blocked|not permitted|failed precondition|failed_precondition|conditionnotmet|org policy|organization policy|organizational policy|制約に違反|組織のポリシー|組織ポリシー)`;
/** Constraints of services that a GKE cluster is made of. */
const OURS = String.raw`(?:iam|container|gke|gkehub|serviceuser|resourcemanager)\.`;
const AROUND = String.raw`(?:compute|gcp|custom|meshconfig)\.`;

export const POLICY: readonly Recognizer[] = [
  {
    problem: 'default-sa-orgpolicy',
    confidence: 0.9,
    signs: signs('automaticiamgrantsfordefaultserviceaccounts'),
    unless: signs('automaticiamgrantsfordefaultserviceaccounts violated', 'violates? .{0,40}automaticiamgrants'),
    entities,
  },
  {
    problem: 'org-policy-blocked',
    confidence: 0.95,
    signs: [
      sign(`constraints/${OURS}[\\w.]{1,120}.{0,160}?${BLOCKED}`),
      sign(`${BLOCKED}.{0,240}?constraints/${OURS}`),
      sign(`customconstraints/custom\\..{0,200}`),
      sign(`${BLOCKED}.{0,200}?customconstraints/`),
      ...signs(
        'do(?:es)? not belong to a permitted customer',
        'is not in permitted organization',
        'key creation is not allowed on this service account',
        'iam\\.(?:managed\\.)?(?:disableserviceaccountkeycreation|allowedpolicymemberdomains|disableserviceaccountcreation|disablecrossprojectserviceaccountusage|preventprivilegedbasicrolesfordefaultserviceaccounts)',
      ),
    ],
    covers: ['caller-clusters-get', 'agent-gke-service-agent'],
    entities,
  },
  {
    problem: 'org-policy-blocked',
    confidence: 0.85,
    signs: [
      sign(`constraints/${AROUND}[\\w.]{1,120}.{0,200}?${BLOCKED}`),
      sign(`${BLOCKED}.{0,240}?constraints/${AROUND}`),
      ...signs(
        'denied by (?:custom )?org(?:anization|anisation)?s? polic(?:y|ies)',
        'blocked by (?:an )?org(?:anization)? policy',
        '組織のポリシー.{0,80}(?:ブロック|拒否|違反|許可されていません)',
      ),
    ],
    when: context => context.gke || context.nodes,
    entities,
  },
  {
    problem: 'org-policy-blocked',
    confidence: 0.6,
    signs: [sign(`constraints/${AROUND}[\\w.]{1,120}.{0,80}?violat`), sign(`violat.{0,120}?constraints/${AROUND}`)],
    entities,
  },
];
