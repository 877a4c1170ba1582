/** Rows about network policies: a healthy cluster, these objects in it, one check. */
import type { KubernetesObject } from '../../../../sandbox/google/kubernetes/server.ts';
import type { JsonObject } from '../../../../sandbox/google/world.ts';
import type { Expected, State } from '../../state.ts';
import { healthy, workload } from '../../worlds.ts';

const CHECK = 'wi-netpol-egress';

type Row = Omit<State, 'world' | 'arguments' | 'expect'> & {
  readonly fields?: JsonObject;
  readonly objects: KubernetesObject[];
  readonly expect: Omit<Expected, 'check'>;
};

/** @param usual the cluster's fields, where a row has none of its own */
export const rowsOf =
  (usual: JsonObject = {}) =>
  ({ fields = usual, objects, expect, ...rest }: Row): State => ({
    ...rest,
    world: () => healthy({ fields, objects }),
    arguments: workload(CHECK),
    expect: [{ check: CHECK, ...expect }],
  });
