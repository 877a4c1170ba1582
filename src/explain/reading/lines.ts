/** A paste as lines without what terminals, log collectors, CI systems and chat put before each of them. */

/** Signs before a line that was told from JSON, and before a message that stands for itself. No paste can hold them. */
export const MARKS = { error: '\u0001', configuration: '\u0002', output: '\u0003', break: '\u0004' } as const;

/** Whether the line was told from JSON: what it is, is known. */
export const isMarked = (text: string): boolean => text !== '' && text.charAt(0) < MARKS.break;

export interface Line {
  readonly text: string;
  /** Begins another message: a log record of its own. */
  readonly begins: boolean;
  /** An empty line of a box, which separates nothing. */
  readonly isBoxed: boolean;
  /** A blank stands between the line before and this one, besides the line break. */
  readonly isSpaced: boolean;
  /** When it was written, in seconds, where it says so: since 1970, or since midnight where it gives no day. */
  readonly at?: number;
}

const TIME = String.raw`\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`;

/** What stands before lines. The groups `time` and `box` tell what was there. */
const PREFIXES: readonly string[] = [
  `(?<box>[ ]{0,40}[│╷╵┃╎║▌][│╷╵┃╎║▌ ]{0,40}|[ ]{0,40}[╭╰┌└├]─{0,200}[ ]?)`,
  `[ ]{0,8}[>|]+[ ]?`,
  '```\\w{0,12}',
  String.raw`\[?(?<time>\d{4}-\d\d-\d\d[T ]${TIME})(?:[ ]?(?:Z|UTC|[+-]\d\d:?\d\d))?\]?:?[ ]?`,
  String.raw`(?<slashed>\d{4}/\d\d/\d\d ${TIME})[ ]?`,
  String.raw`\[?(?<clock>${TIME})\]?[ ]`,
  String.raw`[A-Z][a-z]{2} [ \d]\d (?<syslog>\d\d:\d\d:\d\d) [\w.-]{1,64}(?: [\w./-]{1,64}(?:\[\d{1,8}\])?:)?[ ]`,
  String.raw`(?<klog>[IWEF]\d{4} ${TIME} {1,8}\d{1,8} (?=[\w.-]{1,80}:\d{1,6}\]))`,
  String.raw`Step #\d{1,3}(?: - "[^"]{0,80}")?:[ ]?`,
  String.raw`##\[(?:error|warning|debug|group|endgroup|command|section)\]`,
  String.raw`::(?:error|warning|debug|notice)[^:\n]{0,200}::`,
  String.raw`\[(?:info|warn|warning|error|fatal|debug|trace|main|stderr|stdout|pod\/[\w./-]{1,80})\]:? `,
  String.raw`[\w.-]{1,60}[ ]{1,20}\| `,
];
const PREFIX = new RegExp(`^(?:${PREFIXES.join('|')})`, 'i');
/** Nothing else can begin one of them. */
const MAY_BEGIN = /^[\s│╷╵┃╎║▌╭╰┌└├>|`[\d#:\w]/;

export function linesOf(text: string): Line[] {
  let before = '';
  return text.split('\n').map(written => {
    const line = withoutPrefixes(written);
    const isSpaced = /\s$/.test(before) || /^\s/.test(line.text);
    before = line.text;
    return { ...line, isSpaced };
  });
}

function withoutPrefixes(line: string): Omit<Line, 'isSpaced'> {
  let rest = line;
  let at: number | undefined;
  let begins = line === MARKS.break;
  let isBoxed = false;
  if (begins) return { text: '', begins, isBoxed };
  for (let round = 0; round < 5 && MAY_BEGIN.test(rest); round += 1) {
    const found = PREFIX.exec(rest);
    if (found === null || found[0] === '') break;
    const { time, slashed, clock, syslog, klog, box } = found.groups ?? {};
    const written = time ?? slashed ?? clock ?? syslog;
    at ??= written === undefined ? undefined : seconds(written);
    begins ||= klog !== undefined;
    isBoxed ||= box !== undefined;
    rest = rest.slice(found[0].length);
  }
  const text = withoutEnd(rest);
  return { text, begins, isBoxed: isBoxed && text.trim() === '', ...(at !== undefined && { at }) };
}

/** Without the right side of a box, or the end of a code fence. */
function withoutEnd(line: string): string {
  const bare = line.trimEnd();
  if (/[│┃║]$/.test(bare)) return bare.slice(0, -1);
  return bare.endsWith('```') ? bare.slice(0, -3) : line;
}

function seconds(written: string): number {
  const [, day = '', hours = '', minutes = '', rest = ''] =
    /^(?:(\d{4}[-/]\d\d[-/]\d\d)[T ])?(\d\d):(\d\d):(\d\d)/.exec(written) ?? [];
  const midnight = day === '' ? 0 : Date.parse(`${day.replaceAll('/', '-')}T00:00:00Z`) / 1000;
  return midnight + Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
}
