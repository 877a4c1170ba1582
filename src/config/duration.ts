/** Durations as people write them: `30m`, `4h`, `7d`. */
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** In milliseconds; undefined where the text is no duration of at least one second. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  return amount && unit ? Number(amount) * (UNIT_MS[unit] ?? 0) : undefined;
}
