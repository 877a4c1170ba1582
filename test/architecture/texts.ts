/** Texts in the sources: objects with a key for each language. The compiler sees a missing one, not an empty one. */
import { isNode, type Node, type Source } from './sources.ts';

const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;
const WORDS = /\p{Script=Latin}{2,}(\s+\p{Script=Latin}{2,}){2}/u;

/** What is wrong with the texts of a file, with the text. */
export function textProblems(source: Source): string[] {
  return source.nodes.flatMap(node => (node.type === 'ObjectExpression' ? problemsOf(node) : []));
}

function problemsOf(node: Node): string[] {
  const [en, ja] = [valueAt(node, 'en'), valueAt(node, 'ja')];
  if (en === undefined || ja === undefined) return [];
  const [english, japanese] = [written(en), written(ja)];
  const found: string[] = [];
  if (english === undefined || japanese === undefined) return [];
  // Both may be empty: a text that has nothing to add.
  if ((english.trim() === '') !== (japanese.trim() === '')) return [`one language is empty: ${english}${japanese}`];
  if (JAPANESE.test(english)) found.push(`Japanese in the English text: ${english}`);
  if (WORDS.test(english) && !isCode(english) && !JAPANESE.test(japanese)) found.push(`not in Japanese: ${japanese}`);
  return found;
}

/** Commands read the same in both languages. */
const isCode = (text: string) => /^(gcloud|kubectl|curl|npm|npx|gke-auth|terraform) /.test(text.trim());

function valueAt(node: Node, key: string): unknown {
  if (!Array.isArray(node.properties)) return undefined;
  const property = node.properties.find(
    one => isNode(one) && isNode(one.key) && (one.key.name === key || one.key.value === key),
  );
  return isNode(property) ? property.value : undefined;
}

/** The text as far as it is written out; undefined where it is computed. */
function written(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === 'Literal') return typeof value.value === 'string' ? value.value : undefined;
  if (value.type !== 'TemplateLiteral' || !Array.isArray(value.quasis)) return undefined;
  const parts = value.quasis.map(part => (isNode(part) ? cooked(part.value) : ''));
  // A text that is nothing but values can't be judged.
  return parts.join('').trim() === '' ? undefined : parts.join('…');
}

function cooked(value: unknown): string {
  return value !== null && typeof value === 'object' && 'cooked' in value ? String(value.cooked) : '';
}
