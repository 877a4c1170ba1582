/** What a server's answer says, whatever it sent: JSON, or the page of a proxy on the way. */

/** Longest part of an answer that is kept for a message, in characters. */
const EXCERPT = 500;

/** Undefined where it is no JSON. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** What of a text goes into an error's message: one line, of bearable length. */
export function excerpt(text: string): string {
  const oneLine = text.replace(/\s+/g, ' ').trim();
  if (oneLine === '') return '(empty answer)';
  return oneLine.length > EXCERPT ? `${oneLine.slice(0, EXCERPT)}…` : oneLine;
}

/** The words of a page, without its markup; a text that is no page stays as it is, but for what looks like tags. */
export function textOfPage(html: string): string {
  return html.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>/gi, ' ');
}
