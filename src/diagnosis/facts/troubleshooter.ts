/** What Policy Troubleshooter says where our own evaluation can't decide, and of principal access boundaries. */
import type { Troubleshooting as Explained } from '../../google/answers.ts';
import { identify, mayHaveBoundaries } from '../iam/members.ts';
import type { Answer, Question, Troubleshot } from '../iam/model.ts';
import { type Fact, known } from './fact.ts';
import { asFact } from './read.ts';
import type { Session } from './session.ts';

/**
 * Asks about what the engine left open, and about the access boundaries of a principal that holds the permission.
 *
 * @param answer the engine's, from what was read
 * @returns undefined where it isn't asked: it knows Google Accounts and service accounts only
 */
export async function askTroubleshooter(
  session: Session,
  question: Question,
  answer: Answer,
): Promise<Fact<Troubleshot> | undefined> {
  const { principal, resource } = question;
  if (!/^(user|serviceAccount):[^[]+$/.test(principal.member) || principal.state === 'disabled') return undefined;
  const undecided = answer.state === 'unknown' || (answer.state === 'conditional' && answer.deny !== undefined);
  if (undecided) {
    const said = await troubleshoot(session, question);
    return seesAll(answer, resource) ? said : boundaryOf(said);
  }
  if (answer.state === 'missing' || !mayHaveBoundaries(identify(principal))) return undefined;
  // Boundaries are bound to the principal: where none is, that holds for every permission.
  const first = await session.once(`boundaries ${principal.member} ${resource}`, () => troubleshoot(session, question));
  return first.known && first.value.bounded ? troubleshoot(session, question) : boundaryOf(first);
}

/**
 * Policy Troubleshooter doesn't look at policies of Pub/Sub resources, nor at access control lists of buckets
 * (https://cloud.google.com/policy-intelligence/docs/troubleshoot-access).
 */
function seesAll(answer: Answer, resource: string): boolean {
  const listed = answer.state === 'unknown' && answer.doubts.some(({ kind }) => kind === 'acl');
  return !listed && !resource.startsWith('//pubsub.');
}

/** What an answer to another permission tells: of the boundaries, and nothing of the access. */
function boundaryOf(said: Fact<Troubleshot>): Fact<Troubleshot> {
  return said.known ? known({ ...said.value, access: 'unknown' }, said.source) : said;
}

interface Troubleshooting extends Troubleshot {
  /** Whether any boundary policy is bound to the principal, in force or not. */
  readonly bounded: boolean;
}

const ACCESS: Readonly<Record<string, Troubleshot['access']>> = {
  CAN_ACCESS: 'granted',
  CANNOT_ACCESS: 'missing',
  UNKNOWN_CONDITIONAL: 'conditional',
};

/** A boundary that is not enforced, for whatever reason, blocks nothing (Policy Troubleshooter v3beta, PABAccessState). */
const BOUNDARY: Readonly<Record<string, Troubleshot['boundary']>> = {
  PAB_ACCESS_STATE_ALLOWED: 'allowed',
  PAB_ACCESS_STATE_NOT_ENFORCED: 'allowed',
  PAB_ACCESS_STATE_NOT_ALLOWED: 'blocked',
};

/**
 * v3beta leaves the whole open where only the boundaries could not be read. Allow and deny policies then decide, and the answer
 * says that the boundaries are unread.
 */
function isGrantedButForBoundaries({ allowPolicyExplanation: allow, denyPolicyExplanation: deny }: Explained): boolean {
  return (
    allow?.allowAccessState === 'ALLOW_ACCESS_STATE_GRANTED' && deny?.denyAccessState === 'DENY_ACCESS_STATE_NOT_DENIED'
  );
}

/** The service in a resource's full name; the first prefix that fits. */
const FULL_NAME: readonly (readonly [prefix: RegExp, service: string])[] = [
  [/^projects\/[^/]+\/serviceAccounts\//, 'iam.googleapis.com'],
  [/^projects\/[^/]+\/regions\/[^/]+\/subnetworks\//, 'compute.googleapis.com'],
  [/^/, 'cloudresourcemanager.googleapis.com'],
];

/** What Policy Troubleshooter wants of whoever asks it (Policy Intelligence, "Troubleshoot IAM permissions", Required roles). */
const READER = 'roles/iam.securityReviewer';

function troubleshoot(session: Session, { principal, permission, resource }: Question): Promise<Fact<Troubleshooting>> {
  const email = principal.member.replace(/^\w+:/, '');
  const service = FULL_NAME.find(([prefix]) => prefix.test(resource))?.[1];
  const fullName = resource.startsWith('//') ? resource : `//${service}/${resource}`;
  return session.once(`troubleshoot ${email} ${permission} ${resource}`, () =>
    asFact(
      { source: 'policytroubleshooter iam.troubleshoot', role: READER, resource, self: session.self },
      async () => {
        const said = await session.google.troubleshoot(email, fullName, permission);
        const boundaries = said.pabPolicyExplanation;
        const policies = boundaries?.explainedBindingsAndPolicies ?? [];
        return {
          access: ACCESS[said.overallAccessState ?? ''] ?? (isGrantedButForBoundaries(said) ? 'granted' : 'unknown'),
          boundary: BOUNDARY[boundaries?.principalAccessBoundaryAccessState ?? ''] ?? 'unread',
          bounded: policies.length > 0,
          blockedBy: policies
            .filter(({ bindingAndPolicyAccessState: state }) => BOUNDARY[state ?? ''] === 'blocked')
            .flatMap(({ explainedPolicy }) => explainedPolicy?.policy?.name ?? []),
        };
      },
    ),
  );
}
