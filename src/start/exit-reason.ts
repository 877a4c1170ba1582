/** Why a process ended, from the end of its log: JSON lines as `src/log.ts` writes them, or plain text. */

/** @param lines oldest first. @returns one sentence without a line break. */
export function exitReason(lines: readonly string[]): string {
  const entries = lines.map(line => line.trim()).filter(Boolean);
  const errors = entries.map(entry => errorOf(entry)).filter(error => error !== undefined);
  const words = errors.at(-1) ?? entries.at(-1) ?? 'it said nothing.';
  const sentence = words.replaceAll(/\s+/g, ' ').slice(0, 500);
  return /[.!?。！？]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** Pino's levels: 50 is error, 60 fatal. */
function errorOf(line: string): string | undefined {
  if (!line.startsWith('{')) return /^(?:\w*Error|Uncaught .*?): .+/.test(line) ? line : undefined;
  try {
    const entry: unknown = JSON.parse(line);
    if (entry === null || typeof entry !== 'object' || !('level' in entry && Number(entry.level) >= 50))
      return undefined;
    const message = 'msg' in entry ? String(entry.msg) : '';
    const detail = 'err' in entry ? detailOf(entry.err) : '';
    return [message, detail].filter(Boolean).join(': ');
  } catch {
    return undefined;
  }
}

function detailOf(error: unknown): string {
  return error !== null && typeof error === 'object' && 'message' in error ? String(error.message) : '';
}
