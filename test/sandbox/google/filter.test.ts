import { expect, test } from 'vitest';
import { parseFilter } from '../../../sandbox/google/filter.ts';

const entry = {
  timestamp: '2026-03-04T05:06:07Z',
  severity: 'ERROR',
  resource: { type: 'k8s_container', labels: { cluster_name: 'cluster-x', namespace_name: 'shop' } },
  labels: { 'k8s-pod/app': 'checkout' },
  jsonPayload: { message: 'getaddrinfo ENOTFOUND metadata.google.internal', attempts: [1, 3] },
  state: 'ENABLED',
};

const table: [string, boolean][] = [
  ['', true],
  ['state:ENABLED', true],
  ['state = ENABLED AND resource.type = k8s_container', true],
  ['resource.type="k8s_container" resource.labels.cluster_name="cluster-x"\n"metadata.google.internal"', true],
  ['resource.type="k8s_container" AND resource.labels.cluster_name="cluster-y"', false],
  ['resource.labels.cluster_name=("a" OR "cluster-x")', true],
  ['NOT state:ENABLED', false],
  ['-state:ENABLED', false],
  ['state:DISABLED OR severity>=WARNING', true],
  ['severity<ERROR', false],
  ['timestamp>="2026-03-04T00:00:00Z" timestamp<"2026-03-05T00:00:00Z"', true],
  ['timestamp>="2026-03-05T00:00:00Z"', false],
  ['jsonPayload.message=~"ENOTFOUND|EAI_AGAIN"', true],
  ['jsonPayload.message!~"ENOTFOUND"', false],
  ['labels."k8s-pod/app"="checkout"', true],
  ['(state:X OR state:ENABLED) AND (severity=ERROR)', true],
  ['jsonPayload:*', true],
  ['nothing:*', false],
  ['jsonPayload.attempts=3', true],
  ['timed out', false],
];

test.each(table)('%j: %s', (filter, expected) => {
  expect(parseFilter(filter)(entry)).toBe(expected);
});

test.each(['(a:b', 'a = b )', 'a AND', '!'])('%j is refused', filter => {
  expect(() => parseFilter(filter)).toThrow(SyntaxError);
});
