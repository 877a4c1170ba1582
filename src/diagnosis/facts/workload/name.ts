/** How a workload is named (src/grammar/verbs.ts): `NS/KSA`, `NS/pod/NAME` or `NS/deploy/NAME`. */

export interface WorkloadName {
  readonly namespace: string;
  readonly kind: 'serviceaccount' | 'pod' | 'deployment';
  readonly name: string;
}

const KINDS: Readonly<Record<string, WorkloadName['kind']>> = { pod: 'pod', deploy: 'deployment' };

/** Undefined where the text has none of the forms; the grammar has said so before, where a person typed it. */
export function parseWorkloadName(text: string): WorkloadName | undefined {
  const [namespace = '', second = '', third, ...rest] = text.split('/');
  const kind = third === undefined ? 'serviceaccount' : KINDS[second];
  const name = third ?? second;
  return kind && namespace !== '' && name !== '' && rest.length === 0 ? { namespace, kind, name } : undefined;
}
