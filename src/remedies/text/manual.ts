/** Grants as people make them themselves, with gcloud or Terraform: for good, or for a time (docs/domain/resources.md#time-bound-grants). */

export interface ManualSteps {
  readonly command: string;
  readonly undo: string;
  readonly terraform: string;
}

/** gcloud wants it said where a grant has no condition, or it asks (docs/domain/remedies.md#grant-project-role). */
export function conditionFlag(endsAt: Date | undefined): string {
  if (!endsAt) return '--condition=None';
  const { title, expression } = ending(endsAt);
  return `--condition=expression=${expression},title=${title}`;
}

/** The `condition` block of Google's IAM resources. */
export function conditionBlock(endsAt: Date | undefined): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return endsAt ? { condition: ending(endsAt) } : {};
}

/** No commas: gcloud parts the flag's fields at them. */
function ending(endsAt: Date) {
  const end = endsAt.toISOString().replace(/\.\d+Z$/, 'Z');
  return { title: `gke-auth until ${end}`, expression: `request.time < timestamp("${end}")` };
}
