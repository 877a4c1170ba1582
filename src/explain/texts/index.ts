/** An explanation in the reader's language: what it means, why it happens, what to do (DOMAIN.md, G). */
import type { Match, ProblemId } from '../../contracts/explanation.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { CALLER_TEXTS } from './callers.ts';
import { NODE_TEXTS } from './nodes.ts';
import { PROJECT_TEXTS } from './projects.ts';
import { type ExplainContext, names } from './words.ts';
import { WORKLOAD_TEXTS } from './workloads.ts';

const TEXTS: Readonly<Record<ProblemId, ExplainContext>> = {
  ...CALLER_TEXTS,
  ...PROJECT_TEXTS,
  ...NODE_TEXTS,
  ...WORKLOAD_TEXTS,
};

const spoken = (text: Text, language: Language) => (language === 'ja' ? spaced(text.ja) : text.en);

/**
 * A name from the error stands between blanks; the Japanese words that stand for one that it doesn't give don't. Blanks between
 * words in katakana stay (サービス アカウント).
 */
const spaced = (ja: string) => ja.replace(/(?<=[ぁ-んァ-ヶ一-龠ー]) (?=[ぁ-ん])|(?<=[ぁ-ん]) (?=[ァ-ヶ一-龠])/g, '');

type Named = Pick<Match, 'problem' | 'entities'>;

/** What the error means and why it happens: two short paragraphs. Values in it come from outside; the renderer escapes them. */
export function means(match: Named, language: Language): string {
  const text = TEXTS[match.problem];
  const named = names(match.entities);
  return [text.means(named), text.why(named)].map(part => spoken(part, language)).join('\n\n');
}

/** The first sentence of what it means: what the error claims. */
export function says({ problem, entities }: Named): Text {
  const { en, ja } = TEXTS[problem].means(names(entities));
  return { en: en.split(/(?<=\.) (?=[A-Z])/)[0] ?? en, ja: spaced(ja).split(/(?<=。)/)[0] ?? ja };
}

/** What to do, in order; each step is one sentence, with its command after a colon where there is one. */
export function next(match: Named, language: Language): string[] {
  return TEXTS[match.problem].next(names(match.entities)).map(step => spoken(step, language));
}

/** For a text that is none of the problems: honest words, and where else to ask (DOMAIN.md, G). */
export const UNKNOWN: Text = {
  en: "I don't know this one: it is none of the authentication and authorization problems of GKE that I know. Where to ask: Cloud Customer Care, Stack Overflow (tag google-kubernetes-engine), #kubernetes-engine in the community's Slack, the public issue tracker.",
  ja: 'このエラーは分かりません。私が知っている GKE の認証・認可の問題のどれにも当てはまりません。相談先: Cloud カスタマーケア、Stack Overflow（タグ google-kubernetes-engine）、コミュニティ Slack の #kubernetes-engine、公開バグトラッカー。',
};

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
