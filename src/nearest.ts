/** Which known word was probably meant. */

/** Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment). */
export function distance(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [i, char] of left.entries()) {
    const next = [i + 1];
    for (const [j, other] of right.entries()) {
      const swapped =
        char === right[j - 1] && other === left[i - 1] ? (before[j - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      const replaced = (row[j] ?? 0) + (char === other ? 0 : 1);
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, replaced, swapped));
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
}

/** The candidate closest to a word, or undefined where none is close (more than a third of the word would change). */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .map(candidate => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  return best && best.far <= Math.max(2, Math.ceil(word.length / 3)) ? best.candidate : undefined;
}
