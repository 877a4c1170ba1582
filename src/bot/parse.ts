/** The text after `/gke-auth` → tokens of the grammar. Undoes what phones, editors and Slack do to it. Pure. */
import { type Parsed, parseVerb } from '../grammar/parse.ts';

const unescaped = (text: string) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Slack's `<url|label>`, `<mailto:a|a>`, `<#C1|name>` → what was typed. A person (`<@U1|name>`) stays `<@U1>`. */
function unlink(text: string): string {
  return text
    .replace(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g, '<@$1>')
    .replace(/<#[A-Z0-9]+\|([^<>]*)>/g, '$1')
    .replace(/<mailto:[^<>|]*\|([^<>]*)>/g, '$1')
    .replace(/<(?:https?:\/\/|tel:)[^<>|]*\|([^<>]*)>/g, '$1')
    .replace(/<(https?:\/\/[^<>|]*)>/g, '$1');
}

const BLANK = /[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/;
const QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '“': '”',
  '”': '”',
  '„': '”',
  '‘': '’',
  '’': '’',
  '«': '»',
  '「': '」',
};

/** A message's or command's text as it was typed: without Slack's links and entities. */
export const typedText = (text: string): string => unescaped(unlink(text)).trim();

/** Splits at blanks, keeps quoted runs whole, and takes an em or en dash before a word for `--`. */
export function tokenize(text: string): string[] {
  const tokens: string[] = [];
  let token: string | undefined;
  let closing: string | undefined;
  for (const char of text) {
    if (closing !== undefined) {
      if (char === closing) closing = undefined;
      else token += char;
    } else if (QUOTES[char] !== undefined && (token === undefined || token.endsWith('='))) {
      closing = QUOTES[char];
      token ??= '';
    } else if (BLANK.test(char)) {
      if (token !== undefined) tokens.push(token);
      token = undefined;
    } else token = (token ?? '') + char;
  }
  if (token !== undefined) tokens.push(token);
  return tokens.map(one => one.replace(/^[—–―](?=[A-Za-z])/, '--'));
}

/** A slash command's text → a command of the grammar, or what is wrong with it. */
export function parseCommand(text: string): Parsed {
  const plain = typedText(text);
  // An error text is taken as it is: its quotes and blanks belong to it.
  const [, explain, rest = ''] = /^(explain)(?:\s([\s\S]*))?$/i.exec(plain) ?? [];
  if (explain) {
    const pasted = rest.trim().replace(/^```\n?|\n?```$/g, '');
    return parseVerb(pasted === '' ? ['explain'] : ['explain', '--', pasted], 'slack');
  }
  return parseVerb(plain === '' ? ['help'] : tokenize(plain), 'slack');
}
