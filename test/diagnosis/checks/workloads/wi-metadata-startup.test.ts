/** wi-metadata-startup (docs/domain/workloads.md#wi-metadata-startup): when a workload's errors were, and what helps. */
import { describe, expect, test } from 'vitest';
import { wiMetadataStartup } from '../../../../src/diagnosis/checks/workloads/wi-metadata-startup.ts';
import type { Fact } from '../../../../src/diagnosis/facts/fact.ts';
import type { CredentialLine, WorkloadLogs } from '../../../../src/diagnosis/facts/workload/logs.ts';
import type { Workload } from '../../../../src/diagnosis/facts/workload/workload.ts';
import { cluster, findingOf, unknown } from '../facts.ts';
import { known, network, networkPolicy, pod, REQUESTED, SUBJECT, workload, workloadOf } from './workload.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const ago = (minutes: number) => new Date(NOW - minutes * 60_000);
const started = (minutes: number) => ({ startedAt: ago(minutes).toISOString() });
/** An error so many ms after what was so many minutes ago. */
const error = (minutes: number, ms = 2_000, more: Partial<CredentialLine> = {}): CredentialLine => ({
  at: new Date(ago(minutes).getTime() + ms),
  pod: 'app-1',
  container: 'app',
  text: 'Could not load the default credentials.',
  about: 'credentials',
  ...more,
});
const logs = (lines: CredentialLine[], isComplete = true): Fact<WorkloadLogs> => known({ lines, isComplete });

const ask = (
  workloadFact: Fact<Workload>,
  workloadLogs: Fact<WorkloadLogs>,
  more: Partial<Parameters<typeof network>[0]> = {},
  symptom?: string,
) =>
  findingOf(
    wiMetadataStartup,
    { cluster: cluster({ dataplaneV2: true }), workload: workloadFact, workloadNetwork: network(more), workloadLogs },
    {
      request: {
        ...REQUESTED,
        ...(symptom ? { symptom: { problem: symptom, entities: {}, at: ago(0).toISOString() } } : {}),
      },
    },
  );
const running = { running: started(30) };
const before = { terminated: { ...started(40), reason: 'Error' } };
const podIn = (state: object, lastState: object = {}, spec: object = {}) =>
  pod('app-1', { spec, status: { containerStatuses: [{ name: 'app', state, lastState }] } });

test.each<[string, object, object, CredentialLine[], string]>([
  ['at the run before this one, then none', running, before, [error(40)], 'warn'],
  ['at this run’s start, then none', running, {}, [error(30)], 'warn'],
  ['at the start of a run that has ended', { terminated: started(30) }, {}, [error(30)], 'not-applicable'],
  ['at runs that are forgotten by now, too', running, before, [error(300), error(40)], 'warn'],
  ['only at runs that are forgotten by now', running, before, [error(300)], 'pass'],
  ['long after the start as well', running, before, [error(40), error(10)], 'not-applicable'],
  [
    'at each start of what never stays up',
    { waiting: { reason: 'CrashLoopBackOff' } },
    before,
    [error(40)],
    'not-applicable',
  ],
  ['just before the start, by another clock', running, {}, [error(30, -1_000)], 'warn'],
  ['before the start', running, {}, [error(30, -1_001)], 'pass'],
  ['in the last moment of the start', running, {}, [error(30, 29_999)], 'warn'],
  ['after half a minute', running, {}, [error(30, 30_000)], 'not-applicable'],
  ['after two minutes', running, {}, [error(30, 120_000)], 'not-applicable'],
  ['about something else', running, {}, [error(30, 2_000, { about: 'dns' })], 'pass'],
  ['of another Pod', running, {}, [error(30, 2_000, { pod: 'app-2' })], 'pass'],
  ['none', running, {}, [], 'pass'],
])('errors %s', (_, state, lastState, lines, status) => {
  expect(ask(workload(podIn(state, lastState)), logs(lines)).status).toBe(status);
});

test.each<[string, CredentialLine[], string]>([
  ['found nothing', [], 'unknown'],
  ['found only what is forgotten by now', [error(300)], 'unknown'],
  ['found a failed start', [error(30)], 'warn'],
  ['found errors that go on', [error(10)], 'not-applicable'],
])('a search that ended too early and %s', (_, lines, status) => {
  expect(ask(workload(podIn(running)), logs(lines, false)).status).toBe(status);
});

describe('the init container that waits', () => {
  const proxy = { name: 'istio-proxy' };
  test.each<[string, object, boolean]>([
    ['no sidecar', {}, true],
    ['a sidecar that starts after it', { containers: [{ name: 'app' }, proxy] }, false],
    ['a native sidecar', { initContainers: [{ ...proxy, restartPolicy: 'Always' }] }, true],
  ])('%s', (_, spec, isOffered) => {
    const finding = ask(workload(podIn(running, {}, spec)), logs([error(30)]));
    expect(finding.status).toBe('warn');
    expect(JSON.stringify(finding.remedies).includes('initContainers')).toBe(isOffered);
    expect(finding.detail.en.includes('can’t wait here')).toBe(!isOffered);
  });
});

test('a pasted error that the logs don’t show is warned about; one that they do show is judged by them', () => {
  const asked = workload(podIn(running));
  expect(ask(asked, logs([]), {}, 'wi-metadata-startup')).toMatchObject({ status: 'warn' });
  expect(ask(asked, logs([]), {}, 'wi-metadata-dns')).toMatchObject({ status: 'pass' });
  expect(ask(asked, logs([error(300)]), {}, 'wi-metadata-startup')).toMatchObject({ status: 'pass' });
});

test.each<[string, Fact<Workload>]>([
  [
    'a credentials file',
    workload(
      podIn(
        running,
        {},
        { containers: [{ name: 'app', env: [{ name: 'GOOGLE_APPLICATION_CREDENTIALS', value: '/key.json' }] }] },
      ),
    ),
  ],
  ['no Pod', workload()],
])('%s: not applicable', (_, asked) => {
  expect(ask(asked, logs([error(30)])).status).toBe('not-applicable');
});

test('a blocked metadata server is another check’s', () => {
  const finding = ask(workload(podIn(running)), logs([error(30)]), { policies: known([networkPolicy('deny')]) });
  expect(finding.status).toBe('not-applicable');
  expect(finding.headline.en).toContain('wi-netpol-egress');
});

test.each(['workload', 'logs'])('%s that can’t be read: unknown', what => {
  const unread = unknown('denied', { command: 'gcloud grant' });
  const finding = ask(what === 'workload' ? unread : workload(podIn(running)), what === 'logs' ? unread : logs([]));
  expect(finding).toMatchObject({ status: 'unknown', subject: SUBJECT });
  expect(finding.detail.en).toContain('gcloud grant');
});

test('Pods that have ended are no Pods that are missing', () => {
  const asked = workloadOf([], { endedPods: [podIn(running)] });
  expect(ask(asked, logs([])).status).toBe('pass');
});
