/**
 * What never gets a button, whoever approves, and what needs a second approver: by what the plan says and the configuration
 * allows. Pure; asked when a plan is offered, at the click, and again by the worker. What the target could do with it by what can
 * be read of Google Cloud is `jobs/steps/target-power.ts`. Source: docs/security.md#what-a-button-can-give.
 */
import { planProjects, planRules } from '../config/config.ts';
import type { Settings } from '../config/settings.ts';
import type { Plan } from '../contracts/plan.ts';
import { bindingProblem } from './kubernetes-limits.ts';
import { grantOf, planRoleAllowed, type Verdict } from './roles.ts';

/** What of the configuration decides about buttons. */
export type Limits = Pick<Settings, 'approvals' | 'projects' | 'google'>;

/** Whether this plan may be carried out by a button at all. */
export function planAllowed(plan: Plan, config: Limits): Verdict {
  for (const { allowedRoles } of planRules(config, plan)) {
    const verdict = planRoleAllowed(plan, allowedRoles);
    if (!verdict.allowed) return verdict;
  }
  return (
    strangeCharacter(plan) ??
    outsideProjects(plan, config) ??
    ownIdentity(plan, config) ??
    bindingProblem(plan, config.approvals.kubernetes) ??
    outsideDomains(plan, config) ?? { allowed: true }
  );
}

const refuse = (en: string, ja: string): Verdict => ({ allowed: false, reason: { en, ja } });

/** Names in Google Cloud and Kubernetes that a plan may write are ASCII; another character only looks like one. */
function strangeCharacter({ remedy: { params } }: Plan): Verdict | undefined {
  for (const text of textsIn(params)) {
    const [strange] = text.match(/[^\x20-\x7e]/u) ?? [];
    if (strange === undefined) continue;
    const name = characterName(strange);
    return refuse(
      `"${text}" contains ${name}, which can be taken for another character. Change this by hand, if it is meant.`,
      `「${text}」に ${name} が含まれています。別の文字と見間違えるおそれがあるため、意図した名前であれば手動で変更してください。`,
    );
  }
  return undefined;
}

const SCRIPTS = [
  'Cyrillic',
  'Greek',
  'Latin',
  'Armenian',
  'Cherokee',
  'Hebrew',
  'Arabic',
  'Han',
  'Hiragana',
  'Katakana',
];

/** `U+0430 (Cyrillic)` */
function characterName(character: string): string {
  const number = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const script = SCRIPTS.find(one => new RegExp(`\\p{Script=${one}}`, 'u').test(character));
  if (/\s/u.test(character)) return `${number} (a space)`;
  return script ? `${number} (${script})` : number;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];
}

function outsideProjects(plan: Plan, { projects }: Limits): Verdict | undefined {
  // Without configured projects there is nothing to be outside of.
  const outside = projects.length === 0 ? undefined : planProjects(plan).find(project => !projects.includes(project));
  if (outside === undefined) return undefined;
  return refuse(
    `${outside} is not among the configured projects (projects), so nothing is changed there by a button.`,
    `${outside} は設定されたプロジェクト（projects）に含まれないため、ボタンでは変更しません。`,
  );
}

/** Whoever may act as our identities can read or write all that gke-auth can. */
function ownIdentity(plan: Plan, { google }: Limits): Verdict | undefined {
  const { serviceAccount } = plan.remedy.params;
  const own = [google.diagnoser, google.remediator].find(
    email =>
      email !== undefined && typeof serviceAccount === 'string' && accountOf(serviceAccount) === email.toLowerCase(),
  );
  if (own === undefined) return undefined;
  return refuse(
    `${own} is an identity of gke-auth itself. What it can do is never given to anybody by a button.`,
    `${own} は gke-auth 自身が使用するサービス アカウントです。その権限をボタンで付与することはありません。`,
  );
}

function outsideDomains(plan: Plan, { approvals: { memberDomains } }: Limits): Verdict | undefined {
  if (memberDomains.length === 0) return undefined;
  const members = [grantOf(plan)?.member, subjectOf(plan)].filter(member => member !== undefined);
  const outside = members.find(member => {
    const domain = /^(?:user|group|domain):(?:.*@)?([^@]+)$/.exec(member)?.[1]?.toLowerCase();
    return domain !== undefined && !memberDomains.includes(domain);
  });
  if (outside === undefined) return undefined;
  return refuse(
    `${outside} is not in a domain that may be given anything here (approvals.memberDomains).`,
    `${outside} は、ここで権限を付与できるドメイン（approvals.memberDomains）に属していません。`,
  );
}

function subjectOf({ remedy: { params } }: Plan): string | undefined {
  const { subject } = params;
  if (typeof subject !== 'object' || subject === null || !('kind' in subject) || !('name' in subject)) return undefined;
  return subject.kind === 'ServiceAccount'
    ? undefined
    : `${String(subject.kind).toLowerCase()}:${String(subject.name)}`;
}

/** The email in `projects/P/serviceAccounts/EMAIL`. */
export const accountOf = (resource: string): string => (resource.split('/').at(-1) ?? '').toLowerCase();
