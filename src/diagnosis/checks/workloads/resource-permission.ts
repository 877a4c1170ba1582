/** Does a workload or an account hold a permission on a bucket, a secret, a topic …? (docs/domain/resources.md#resource-permission) */
import { policyHolder } from '../../../contracts/resource-name.ts';
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Access } from '../../facts/access.ts';
import type { Fact, Unknown } from '../../facts/fact.ts';
import type { Needed } from '../../facts/resources/needed.ts';
import { describeAnswer } from '../../iam/describe.ts';
import { foldAnswer } from '../../iam/fold.ts';
import type { Answer, Question } from '../../iam/model.ts';
import { nameOfResource } from '../../iam/resources/names.ts';
import type { Check, CheckRequest, FindingDraft } from '../check.ts';
import { isWithoutAccount, remediesOf } from '../denial.ts';
import {
  BESIDE_CONDITION,
  commandsOf,
  evidenceOf,
  isHarmlessDoubt,
  leftOpen,
  MAY_BE_REDUNDANT,
  unreadable,
} from '../evidence.ts';
import { grantsFor } from './resource/grants.ts';
import { type Acting, actingPrincipal } from './resource/principal.ts';
import { subjectOf, undecided, waits } from './workload/subject.ts';

type Names = 'needed' | 'grantableRoles' | 'workload' | 'workloadIdentity' | 'caller';

export const resourcePermission: Check<Names> = {
  id: 'resource-permission',
  title: {
    en: 'The workload or account holds the permission on the resource',
    ja: 'ワークロードまたはアカウントに、リソースに対する権限がある',
  },
  description: {
    en: 'A workload that authenticates may still lack a permission on the bucket, secret, topic, dataset, key or other resource that it uses. With --needs PERMISSION --on RESOURCE this check reads the policy of the resource, of what it is part of, and of its project, folders and organization, and evaluates them for the workload (its IAM service account, or itself) or for the account of --for. It never decides by the name of a role: it looks whether a role contains the permission. A bucket without uniform bucket-level access may also grant by access control lists, so there nothing is called missing. A resource that does not exist is a failure of its own: no grant would help. The role that is offered is the smallest one of the resource’s own service.',
    ja: '認証に成功するワークロードでも、使用するバケット、シークレット、トピック、データセット、鍵などに対する権限がないことがあります。--needs 権限 --on リソース を指定すると、リソース、その親、プロジェクト、フォルダ、組織のポリシーを読み取り、ワークロード（IAM サービス アカウント、または自身）か --for のアカウントについて評価します。ロール名では判定せず、ロールに権限が含まれるかどうかを調べます。均一なバケットレベルのアクセスが有効でないバケットは、アクセス制御リストでも許可されることがあるため、権限がないとは判定しません。存在しないリソースは別の問題で、付与では解決しません。提案するロールは、そのリソースのサービスのうち余分な権限が最も少ないものです。',
  },
  docs: 'https://cloud.google.com/iam/docs/permission-error-messages',
  needs: [
    'storage.buckets.get',
    'storage.buckets.getIamPolicy',
    'secretmanager.secrets.getIamPolicy',
    'pubsub.topics.getIamPolicy',
    'pubsub.subscriptions.getIamPolicy',
    'bigquery.datasets.get',
    'bigquery.tables.getIamPolicy',
    'cloudkms.keyRings.getIamPolicy',
    'cloudkms.cryptoKeys.getIamPolicy',
    'artifactregistry.repositories.getIamPolicy',
    'spanner.instances.getIamPolicy',
    'spanner.databases.getIamPolicy',
    'dns.managedZones.getIamPolicy',
    'compute.disks.getIamPolicy',
    'compute.instances.getIamPolicy',
    'compute.subnetworks.getIamPolicy',
    'storage.managedFolders.getIamPolicy',
    'resourcemanager.projects.getIamPolicy',
    'iam.roles.get',
  ],
  facts: ['needed', 'grantableRoles', 'workload', 'workloadIdentity', 'caller'],
  appliesTo: ({ needs, symptom }, named) => named || needs !== undefined || symptom?.problem === 'resource-permission',

  offersFor: ({ grantableRoles }) => (grantableRoles?.known ? grantableRoles.value : []),

  questions({ needed, workloadIdentity, caller }, request) {
    const acting = actingPrincipal(request, workloadIdentity, caller);
    return needed && 'principal' in acting ? [questionOf(needed, acting)] : [];
  },

  run({ needed, grantableRoles, workload, workloadIdentity, caller }, access, request) {
    const subject = request.workload ? subjectOf(request, workload) : request.cluster;
    if (!needed) return [nothingNamed(subject, request)];
    const acting = actingPrincipal(request, workloadIdentity, caller);
    if ('unread' in acting) return [undecided(subject, acting.unread, CANT_TELL)];
    if ('why' in acting) return [nobody(subject, acting)];
    const own = needed.resource && policyHolder(needed.resource);
    const policy = own && access.policy(own.fullName);
    if (policy && !policy.known && policy.code === 'absent') return [{ subject, ...noSuchResource(needed, policy) }];
    return [{ subject, ...judge({ needed, acting, access, roles: grantableRoles }) }];
  },
};

type Known = Extract<Acting, { principal: unknown }>;
type Verdict = Omit<FindingDraft, 'subject'>;

function questionOf({ permission, on }: Needed, { principal }: Known): Question {
  return { principal, permission, resource: on };
}

function nobody(subject: string, { why, waits: earlier }: Extract<Acting, { why: unknown }>): FindingDraft {
  if (earlier) return waits(subject, earlier, why);
  return { subject, status: 'unknown', headline: CANT_TELL, detail: why, evidence: [] };
}

function nothingNamed(subject: string, { symptom }: CheckRequest): FindingDraft {
  const { permission, resource } = symptom?.entities ?? {};
  const said = [permission, resource].filter(part => part !== undefined).join(', ');
  return {
    subject,
    status: 'not-applicable',
    headline: { en: 'No permission on a resource is named', ja: 'リソースに対する権限が指定されていません' },
    detail: {
      en: `${said ? `The text names only ${said}. ` : ''}Name both: --needs PERMISSION --on RESOURCE.`,
      ja: `${said ? `エラー文にあるのは ${said} だけです。` : ''}--needs 権限 --on リソース の両方を指定してください。`,
    },
    evidence: [],
  };
}

function place({ resource, on }: Needed): Text {
  if (resource) return nameOfResource(resource);
  const project = on.split('/')[1] ?? on;
  return { en: `project ${project}`, ja: `プロジェクト ${project} ` };
}

function noSuchResource(needed: Needed, policy: Unknown): Verdict {
  const where = place(needed);
  return {
    status: 'fail',
    headline: { en: `There is no ${where.en}`, ja: `${where.ja}は存在しません` },
    detail: {
      en: `Google answers that ${needed.on} doesn't exist. Google's errors say “or it may not exist” for this case too. Check the name, the project and the location; a grant would not help.`,
      ja: `${needed.on} は存在しないと Google が応答しました（権限エラーの「or it may not exist」はこの場合にも表示されます）。名前、プロジェクト、ロケーションを確認してください。付与では解決しません。`,
    },
    evidence: [unreadable(policy)],
  };
}

interface Case {
  readonly needed: Needed;
  readonly acting: Known;
  readonly access: Access;
  readonly roles: Fact<readonly string[]> | undefined;
}

function judge(one: Case): Verdict {
  const { needed, acting, access } = one;
  const answer = access.answer(questionOf(needed, acting));
  const evidence = evidenceOf([answer], needed.on);
  const what = { ...textsOf(one), evidence };
  return foldAnswer<Verdict>(answer, {
    granted: granted => ({ ...what, ...holds(one, granted) }),
    conditional: conditional => ({ ...what, ...underCondition(one, conditional) }),
    missing: missing => ({ ...what, ...lacks(one, missing) }),
    unknown: unknown => ({ ...what, ...cannotTell(one, unknown.doubts, unknown) }),
  });
}

/** What every verdict begins with. */
function textsOf({ needed, acting }: Case): Pick<FindingDraft, 'missing'> {
  return { missing: { principal: acting.principal.member, permissions: [needed.permission] } };
}

type Part = Pick<FindingDraft, 'status' | 'headline' | 'detail' | 'effect' | 'missing' | 'remedies'>;

function holds({ needed, acting }: Case, answer: Answer): Part {
  const where = place(needed);
  return {
    status: 'pass',
    headline: {
      en: `${acting.name} holds ${needed.permission} on ${where.en}`,
      ja: `${acting.name} に、${where.ja}に対する ${needed.permission} があります`,
    },
    detail: joinText([...describeAnswer(answer), IF_STILL_DENIED, ...leftOpen([answer])]),
    missing: undefined,
  };
}

function underCondition({ needed, acting }: Case, answer: Answer): Part {
  const where = place(needed);
  return {
    status: 'warn',
    headline: {
      en: `${acting.name} holds ${needed.permission} on ${where.en} only under a condition`,
      ja: `${acting.name} の、${where.ja}に対する ${needed.permission} は条件付きです`,
    },
    detail: joinText([...describeAnswer(answer), BESIDE_CONDITION]),
    remedies: remediesOf([answer], []),
  };
}

function lacks(one: Case, answer: Answer): Part {
  const { needed, acting } = one;
  const where = place(needed);
  const gone = isWithoutAccount(answer);
  const { remedies, notes } = grants(one);
  const offered = gone ? [] : remediesOf([answer], remedies);
  return {
    status: 'fail',
    headline: {
      en: `${acting.name} lacks ${needed.permission} on ${where.en}`,
      ja: `${acting.name} に、${where.ja}に対する ${needed.permission} がありません`,
    },
    detail: joinText([...describeAnswer(answer), ...(offered.length > 0 ? notes : [])]),
    effect: {
      en: 'The API answers 403 to calls that need the permission.',
      ja: 'この権限を必要とする呼び出しに、API が 403 を返します。',
    },
    remedies: offered,
  };
}

function cannotTell(one: Case, doubts: Extract<Answer, { state: 'unknown' }>['doubts'], answer: Answer): Part {
  const { needed, acting } = one;
  const where = place(needed);
  const on = needed.holder?.fullName ?? (needed.project.known ? `projects/${needed.project.value}` : needed.on);
  const harmless = doubts.every(doubt => doubt.kind === 'acl' || isHarmlessDoubt(doubt, on));
  const { remedies, notes } = grants(one);
  return {
    status: 'unknown',
    headline: {
      en: `Whether ${acting.name} holds ${needed.permission} on ${where.en} is unknown`,
      ja: `${acting.name} に、${where.ja}に対する ${needed.permission} があるか判定できません`,
    },
    detail: joinText([...describeAnswer(answer), ...(harmless ? notes : []), ...commandsOf([answer])]),
    remedies: harmless ? remedies.map(remedy => ({ ...remedy, doubt: MAY_BE_REDUNDANT })) : [],
  };
}

function grants({ needed, acting, access, roles }: Case) {
  if (!roles) return { remedies: [], notes: [] };
  return grantsFor(needed, acting.principal.member, roles, access);
}

const CANT_TELL: Text = {
  en: "Who holds the permission can't be told",
  ja: '権限の有無を判定できません',
};

const IF_STILL_DENIED: Text = {
  en: 'If calls are still refused, they come from another identity, or the grant is not in effect yet (it can take some minutes).',
  ja: 'それでも拒否される場合は、別の ID から呼び出されているか、付与がまだ反映されていません（数分かかることがあります）。',
};
