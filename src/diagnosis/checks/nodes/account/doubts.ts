/** What keeps the verdict about a node account open: what could not be seen, and what lets us see it (docs/domain/README.md#verdicts). */
import type { Text } from '../../../../contracts/text.ts';
import type { Unknown } from '../../../facts/fact.ts';
import { describeDoubt } from '../../../iam/describe.ts';
import type { Doubt } from '../../../iam/model.ts';
import { toLetUs } from '../../evidence.ts';

/** Something unread, or something unseeable. */
export type OpenPoint = Doubt | Unknown;

/** What Policy Troubleshooter can be asked instead of us. */
export interface Asked {
  readonly email: string;
  readonly permission: string;
  readonly project: string;
}

/** So many groups are named in a sentence; the evidence has them all. */
const NAMED = 3;

/**
 * Every reason once, then every command that lets us read, in one line; then, where members can't be seen, what shows them: whoever
 * may see them gets the answer by `asked`.
 */
export function doubtTexts(points: readonly OpenPoint[], asked?: Asked): Text[] {
  const facts = points.flatMap(point => factOf(point) ?? []);
  const members = distinct(points.flatMap(point => ('kind' in point && point.kind === 'group' ? [point.member] : [])));
  const denials = points.flatMap(point => ('kind' in point && point.kind === 'deny' ? [describeDoubt(point)] : []));
  const letting = toLetUs(facts.flatMap(({ command }) => command ?? []));
  const reasons = [
    ...new Map([...facts.map(({ reason }) => reason), ...denials].map(text => [text.en, text])).values(),
  ];
  const hidden = members.length > 0 || denials.length > 0;
  return [
    ...reasons,
    ...(members.length > 0 ? [unseen(members)] : []),
    ...(hidden ? [WHO_SEES_MEMBERS] : []),
    ...letting,
    ...(hidden && asked ? [whoMayAsk(asked, letting.length > 0)] : []),
  ];
}

function factOf(point: OpenPoint): Unknown | undefined {
  if (!('kind' in point)) return point;
  return 'fact' in point ? point.fact : undefined;
}

function unseen(members: readonly string[]): Text {
  const list = members.slice(0, NAMED).join(', ');
  const more = members.length - NAMED;
  return {
    en: `I can't see who is in ${list}${more > 0 ? ` and ${more} more` : ''}.`,
    ja: `${list}${more > 0 ? ` ほか ${more} 件` : ''} のメンバーを確認できません。`,
  };
}

/** Google Cloud, Policy Intelligence, "Troubleshoot IAM permissions", Required permissions: group members. */
const WHO_SEES_MEMBERS: Text = {
  en: 'A diagnosis asks Policy Troubleshooter (a scan does not), which tells me where a Google Workspace administrator gives me the Admin API privilege groups.read.',
  ja: '診断では Policy Troubleshooter に問い合わせます（スキャンでは問い合わせません）。Google Workspace の管理者が Admin API の権限 groups.read を付与すると、判定できます。',
};

/** The words of the command that asks Policy Troubleshooter (docs/domain/iam.md#how-iam-decides): none of them needs quoting. */
export function troubleshootCommand({ project, email, permission }: Asked): string[] {
  const resource = `//cloudresourcemanager.googleapis.com/projects/${project}`;
  return ['gcloud', 'policy-troubleshoot', 'iam', resource, `--principal-email=${email}`, `--permission=${permission}`];
}

/** Ends bare as well; where a command stands before it, Japanese needs a space to tell them apart. */
function whoMayAsk(asked: Asked, afterCommand: boolean): Text {
  const ask = troubleshootCommand(asked).join(' ');
  return {
    en: `Someone who can see the members can ask: ${ask}`,
    ja: `${afterCommand ? ' ' : ''}メンバーを確認できる人は次のコマンドで判定できます: ${ask}`,
  };
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
