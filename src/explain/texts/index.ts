/** An explanation in the reader's language: what it means, why it happens, what to do. */
import type { Entities, Match, ProblemId } from '../../contracts/explanation.ts';
import type { Language, Text } from '../../contracts/text.ts';
import type { Circumstances, Recognized } from '../recognize.ts';
import { CALLER_TEXTS } from './callers.ts';
import { IDENTITY_TEXTS } from './identities.ts';
import { METADATA_TEXTS } from './metadata-server.ts';
import { NODE_TEXTS } from './nodes.ts';
import { POLICY_TEXTS } from './policy.ts';
import { PROJECT_TEXTS } from './projects.ts';
import { REACH_TEXTS } from './reach.ts';
import { RESOURCE_TEXTS } from './resources.ts';
import { names, type ProblemText, placeholdersIn } from './words.ts';
import { WORKLOAD_TEXTS } from './workloads.ts';

const TEXTS: Readonly<Record<ProblemId, ProblemText>> = {
  ...CALLER_TEXTS,
  ...REACH_TEXTS,
  ...IDENTITY_TEXTS,
  ...POLICY_TEXTS,
  ...PROJECT_TEXTS,
  ...NODE_TEXTS,
  ...RESOURCE_TEXTS,
  ...WORKLOAD_TEXTS,
  ...METADATA_TEXTS,
};

const spoken = (text: Text, language: Language) => (language === 'ja' ? spaced(text.ja) : text.en);

/**
 * A name from the error stands between blanks; the Japanese words that stand for one that it doesn't give don't. Blanks between
 * words in katakana stay (サービス アカウント).
 */
const spaced = (ja: string) => ja.replace(/(?<=[ぁ-んァ-ヶ一-龠ー]) (?=[ぁ-ん])|(?<=[ぁ-ん]) (?=[ァ-ヶ一-龠])/g, '');

interface Named {
  readonly problem: ProblemId;
  readonly entities: Entities;
  readonly circumstances?: Circumstances;
}

/** What the error means and why it happens: two short paragraphs. Values in it come from outside; the renderer escapes them. */
export function means({ problem, entities, circumstances }: Named, language: Language): string {
  const text = TEXTS[problem];
  const named = names(entities, circumstances);
  return [text.means(named), text.why(named)].map(part => spoken(part, language)).join('\n\n');
}

/** The first sentence of what it means: what the error claims. */
export function says({ problem, entities, circumstances }: Named): Text {
  const { en, ja } = TEXTS[problem].means(names(entities, circumstances));
  return { en: en.split(/(?<=\.) (?=[A-Z])/)[0] ?? en, ja: spaced(ja).split(/(?<=。)/)[0] ?? ja };
}

/** What to do, in order; each step is one sentence, with its command after a colon where there is one. */
export function next({ problem, entities, circumstances }: Named, language: Language): string[] {
  const steps = [...TEXTS[problem].next(names(entities, circumstances)), ...verdictOfGoogle(entities.errorInfoId)];
  return [...steps, ...placeholdersIn(steps)].map(step => spoken(step, language));
}

/** A match as it is told and stored: with its words, without what only these needed to know. */
export function explained(match: Recognized, language: Language): Match {
  const { problem, confidence, entities } = match;
  return { problem, confidence, entities, means: means(match, language), next: next(match, language) };
}

/** Policy Troubleshooter knows denials by their identifier (docs/domain/iam.md, "Policy Troubleshooter"). */
function verdictOfGoogle(errorInfoId: string | undefined): Text[] {
  if (errorInfoId === undefined || !/^[\w.:/+=-]+$/.test(errorInfoId)) return [];
  const command = `curl -H "Authorization: Bearer $(gcloud auth print-access-token)" -H "Content-Type: application/json" -d '{"errorInfoId":"${errorInfoId}"}' https://policytroubleshooter.googleapis.com/v3beta/iam:troubleshootError`;
  return [
    {
      en: `Ask Google which policy refused exactly this request; a new identifier may need some minutes: ${command}`,
      ja: `この拒否の原因になったポリシーを Google に問い合わせます。新しい ID は数分かかることがあります: ${command}`,
    },
  ];
}

/** For a text that is none of the problems: honest words, and where else to ask. */
export const UNKNOWN: Text = {
  en: "I don't know this one: it is none of the authentication and authorization problems of GKE that I know. Where to ask: Cloud Customer Care, Stack Overflow (tag google-kubernetes-engine), #kubernetes-engine in the community's Slack, the public issue tracker.",
  ja: 'このエラーは分かりません。私が知っている GKE の認証・認可の問題のどれにも当てはまりません。相談先: Cloud カスタマーケア、Stack Overflow（タグ google-kubernetes-engine）、コミュニティ Slack の #kubernetes-engine、公開バグトラッカー。',
};

/** Told to whoever pasted more than is read. */
export function leftUnread(characters: number): Text {
  return {
    en: `The text is too long to be read whole: I left out ${characters} characters in the middle. If the error stands there, paste only the lines around it.`,
    ja: `文面が長すぎるため、途中の ${characters} 文字は読んでいません。エラーがその部分にある場合は、前後の行だけを貼り付けてください。`,
  };
}

/** Told to whoever pasted a secret, or pointed at a message with one. */
export function secretsFound(redactions: number): Text {
  return redactions === 1
    ? {
        en: 'There was a secret in this text. I took it out and kept no copy; have it revoked all the same, others may have seen it.',
        ja: 'この文面に秘密情報が含まれていました。取り除いて保存していませんが、ほかの人の目に触れた可能性があるため、無効化してください。',
      }
    : {
        en: `There were ${redactions} secrets in this text. I took them out and kept no copy; have them revoked all the same, others may have seen them.`,
        ja: `この文面に秘密情報が ${redactions} 件含まれていました。取り除いて保存していませんが、ほかの人の目に触れた可能性があるため、無効化してください。`,
      };
}
