/** The evaluator and the slow, obvious one agree on policies made at random. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateEgress } from '../../../src/diagnosis/network-policy/egress.ts';
import type { Destination, Source } from '../../../src/diagnosis/network-policy/model.ts';
import { NetworkPolicy } from '../../../src/kubernetes/objects.ts';
import { slowlyAllowed } from './slow-evaluator.ts';

const label = fc.constantFrom('a', 'b', 'c');
const labels = fc.dictionary(fc.constantFrom('app', 'tier'), label);
const selector = fc.record({
  matchLabels: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, labels),
  matchExpressions: fc.array(
    fc.record({
      key: fc.constantFrom('app', 'tier', 'other'),
      operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
      values: fc.array(label, { minLength: 1, maxLength: 2 }),
    }),
    { maxLength: 1 },
  ),
});
const cidr = fc
  .tuple(
    fc.constantFrom('169.254.169.254', '169.254.169.252', '10.4.1.9', '0.0.0.0'),
    fc.constantFrom(0, 8, 16, 24, 31, 32),
  )
  .map(([network, length]) => `${network}/${length}`);
const peer = fc.oneof(
  fc.record({ ipBlock: fc.record({ cidr, except: fc.array(cidr, { maxLength: 2 }) }) }),
  fc.record({ podSelector: selector }),
  fc.record({ namespaceSelector: selector }),
  fc.record({ namespaceSelector: selector, podSelector: selector }),
);
const protocol = fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const);
const number = fc.constantFrom(53, 80, 900, 988, 1000);
const port = fc.oneof(
  fc.record({ protocol, port: number }, { requiredKeys: [] }),
  fc
    .record({ protocol, port: number, length: fc.integer({ min: 0, max: 100 }) })
    .map(({ port, length, protocol }) => ({ protocol, port, endPort: port + length })),
  fc.record({ protocol, port: fc.constantFrom('dns', 'dns-tcp') }),
);
const rule = fc.record(
  { to: fc.array(peer, { maxLength: 2 }), ports: fc.array(port, { maxLength: 2 }) },
  { requiredKeys: [] },
);
const policy = fc
  .record({
    namespace: fc.constantFrom('shop', 'shop', 'shop', 'bank'),
    podSelector: selector,
    policyTypes: fc.constantFrom(undefined, ['Egress'], ['Ingress'], ['Ingress', 'Egress']),
    egress: fc.option(fc.array(rule, { maxLength: 3 }), { nil: undefined }),
  })
  .map(({ namespace, ...spec }) => NetworkPolicy.parse({ metadata: { name: 'p', namespace }, spec }));
const source: fc.Arbitrary<Source> = fc.record({ namespace: fc.constant('shop'), labels });
const pod = fc.record({
  namespace: fc.constantFrom('shop', 'kube-system'),
  namespaceLabels: labels.map(all => ({ labels: all, isComplete: true })),
  labels,
  byAddress: fc.boolean(),
  ports: fc.constant({
    dns: { protocol: 'UDP' as const, port: 53 },
    'dns-tcp': { protocol: 'TCP' as const, port: 53 },
  }),
});
const destination: fc.Arbitrary<Destination> = fc.oneof(
  fc.record({ protocol, port: number, addresses: fc.constantFrom(['169.254.169.254'], ['169.254.169.252']) }),
  fc.record({ protocol, port: number, addresses: fc.constantFrom(['10.4.1.9'], ['10.4.1.9', '10.4.1.8']), pod }),
);

test('decides as one who writes down every packet that is allowed', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(policy, { maxLength: 4 }), source, destination, (policies, from, to) => {
      const { state } = evaluateEgress(policies, from, to);
      seen.set(state, (seen.get(state) ?? 0) + 1);
      expect(state).toBe(slowlyAllowed(policies, from, to));
    }),
    { numRuns: 2_000, seed: 20 },
  );
  // Random policies that never allow, or never deny, would prove nothing.
  for (const state of ['open', 'allowed', 'denied']) expect(seen.get(state) ?? 0).toBeGreaterThan(150);
});

test('a policy more never closes what another allows', () => {
  fc.assert(
    fc.property(fc.array(policy, { maxLength: 3 }), policy, source, destination, (policies, more, from, to) => {
      const before = evaluateEgress(policies, from, to).state;
      fc.pre(before === 'allowed');
      expect(evaluateEgress([...policies, more], from, to).state).toBe('allowed');
    }),
    { numRuns: 300, seed: 21 },
  );
});
