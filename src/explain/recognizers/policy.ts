/** Rules of an organization that no role lifts: perimeters and organization policies (docs/domain/vpc-sc.md, docs/domain/projects.md). */
import type { Recognizer } from '../recognizer.ts';

/** Said of a constraint, before or after its name. */
const BLOCKED = [
  'violat*',
  'denied',
  'not allowed',
  'disallowed',
  'prohibit*',
  'blocked',
  'not permitted',
  'failed precondition',
  'failed_precondition',
  'failedprecondition',
  'conditionnotmet',
  'does not satisfy',
  'must not',
  '制約に違反',
  '違反',
] as const;
/** Constraints of services that a cluster is made of, and of those around them. */
const OWN_CONSTRAINT = 'constraints/(iam|container|gke|gkehub|serviceuser|resourcemanager).*';
const NEAR_CONSTRAINT = 'constraints/(compute|gcp|custom|meshconfig).*';

export const POLICY: readonly Recognizer[] = [
  {
    problem: 'vpc-sc-denied',
    confidence: 0.97,
    evidence: [
      { answered: 'request is prohibited by organizations policy' },
      { answered: 'vpcservicecontrolsuniqueidentifier*' },
      {
        who: 'vpc service controls',
        answered: ['prohibited', 'denied', 'blocked', 'violation', 'violates', '拒否', 'ブロック'],
      },
      {
        who: ['vpc_service_controls', 'vpcservicecontrolsuniqueid', 'servicePerimeters/*'],
        answered: ['denied', 'prohibited', 'violation*', 'blocked'],
      },
      { who: 'googleapis.com', answered: 'security_policy_violated' },
      {
        who: 'service perimeter*',
        answered: [
          'no_matching_access_level',
          'resources_not_in_same_service_perimeter',
          'network_not_in_same_service_perimeter',
          'prohibited',
          'denied',
        ],
      },
    ],
  },
  {
    problem: 'default-sa-orgpolicy',
    confidence: 0.9,
    evidence: [
      {
        who: '*automaticiamgrantsfordefaultserviceaccounts',
        answered: [
          'no roles',
          'has no',
          'without',
          'gets no',
          'not granted',
          'lacks',
          'is enforced',
          'is active',
          '付与されていません',
          '適用されているため',
        ],
      },
    ],
    unless: ['*automaticiamgrantsfordefaultserviceaccounts violated', 'violates … *automaticiamgrants*'],
  },
  {
    problem: 'org-policy-blocked',
    confidence: 0.95,
    evidence: [
      { who: OWN_CONSTRAINT, answered: BLOCKED },
      { who: '*customconstraints/custom.*', answered: BLOCKED },
      { answered: '(do|does) not belong to a permitted customer' },
      { answered: 'is not in permitted organization' },
      { answered: 'key creation is not allowed on this service account' },
      {
        who: 'iam.(managed.)?(disableserviceaccount*|allowedpolicymember*|disablecross*|preventprivileged*)',
        answered: BLOCKED,
      },
    ],
    unless: ['vpcservicecontrols*'],
  },
  {
    problem: 'org-policy-blocked',
    confidence: 0.85,
    evidence: [
      { who: NEAR_CONSTRAINT, answered: BLOCKED },
      {
        answered:
          '(denied|blocked|rejected) by (an |a |the )?(custom )?(org|orgs|organization|organisation|organizations) (policy|policies)',
      },
      { who: ['組織のポリシー', '組織ポリシー'], answered: ['ブロック', '拒否', '違反', '許可されていません'] },
    ],
    where: [{ gke: true }, { nodes: true }],
    unless: ['vpcservicecontrols*'],
  },
  {
    problem: 'org-policy-blocked',
    confidence: 0.6,
    evidence: [{ who: NEAR_CONSTRAINT, answered: ['violat*', '違反'] }],
  },
];
