/** GKE's versions, `1.33.5-gke.1201000`: compared number by number. */

/** Whether a version is this one or newer; undefined where it is no version. */
export function isAtLeast(version: string, least: string): boolean | undefined {
  const numbers = numbersOf(version);
  if (numbers === undefined) return undefined;
  for (const [index, wanted] of (numbersOf(least) ?? []).entries()) {
    const found = numbers[index] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}

/** Major, minor, patch and GKE's own; kubelets have a `v` before it. */
function numbersOf(version: string): number[] | undefined {
  const match = version.match(/^v?(\d+)\.(\d+)(?:\.(\d+))?(?:-gke\.(\d+))?/);
  return match?.slice(1).map(part => Number(part ?? 0));
}
