/** What is asked of a project: its APIs, its organization's policy (docs/domain/projects.md). */
import { describe, expect, test } from 'vitest';
import { apiEnabled } from '../../../src/diagnosis/checks/projects/api-enabled.ts';
import { defaultSaOrgpolicy } from '../../../src/diagnosis/checks/projects/default-sa-orgpolicy.ts';
import { known, type Unknown } from '../../../src/diagnosis/facts/fact.ts';
import type { Cluster } from '../../../src/diagnosis/facts/google/cluster.ts';
import { APIS } from '../../../src/diagnosis/facts/google/services.ts';
import { cluster, findingOf, unknown } from './facts.ts';

describe('api-enabled', () => {
  const states = (off: readonly string[], untold: readonly string[] = []) =>
    known(
      new Map(
        APIS.filter(api => !untold.includes(api)).map(
          api => [api, off.includes(api) ? 'DISABLED' : 'ENABLED'] as const,
        ),
      ),
      'serviceusage services.batchGet',
    );
  const [container = '', compute = ''] = APIS;
  const LOGGING = 'logging.googleapis.com';
  const MONITORING = 'monitoring.googleapis.com';
  const clusters = (...list: Partial<Cluster>[]) =>
    known(
      list.map(one => {
        const fact = cluster(one);
        if (!fact.known) throw new Error('a cluster is known');
        return fact.value;
      }),
      'container clusters.list',
    );
  const NO_LOGS = { loggingService: 'none' };
  const NO_METRICS = { monitoringService: 'none' };

  test.each([
    ['all on', states([]), 'pass', []],
    ['the container API off', states([container]), 'fail', [container]],
    ['both off: both are offered', states([container, compute]), 'fail', [container, compute]],
    ['only one that we read with off', states(['recommender.googleapis.com']), 'pass', []],
    ['nothing said of the container API', states([], [container]), 'unknown', []],
    ['nothing said of an API that nodes write to', states([], [MONITORING]), 'unknown', []],
    ['one off, nothing said of the other', states([compute], [container]), 'fail', [compute]],
    ['not readable', unknown('api-disabled'), 'unknown', []],
  ])('%s', (_, services, status, offered) => {
    const finding = findingOf(apiEnabled, { services, clusters: clusters({}) });
    expect(finding).toMatchObject({ status, subject: 'projects/p' });
    expect((finding.remedies ?? []).map(({ params }) => params.service)).toEqual(offered);
  });

  // GKE, "Configure logging and monitoring for GKE": each can be turned off for a cluster.
  test.each<[string, string[], ReturnType<typeof clusters> | Unknown, string, string[]]>([
    ['logging off, a cluster logs', [LOGGING], clusters({}), 'fail', [LOGGING]],
    ['logging off, no cluster logs', [LOGGING], clusters(NO_LOGS, NO_LOGS), 'pass', []],
    ['logging off, one of two clusters logs', [LOGGING], clusters(NO_LOGS, {}), 'fail', [LOGGING]],
    ['logging off, a cluster only writes metrics', [LOGGING], clusters({ ...NO_LOGS }), 'pass', []],
    ['monitoring off, a cluster writes metrics', [MONITORING], clusters(NO_LOGS), 'fail', [MONITORING]],
    ['monitoring off, no cluster writes metrics', [MONITORING], clusters(NO_METRICS), 'pass', []],
    ['both off, only logs are written', [LOGGING, MONITORING], clusters(NO_METRICS), 'fail', [LOGGING]],
    ['both off, both are written', [LOGGING, MONITORING], clusters({}), 'fail', [LOGGING, MONITORING]],
    ['logging off, the older logging service', [LOGGING], clusters({ loggingService: LOGGING }), 'fail', [LOGGING]],
    ['logging off, no clusters', [LOGGING], clusters(), 'pass', []],
    ['logging off, clusters can’t be read', [LOGGING], unknown('denied'), 'unknown', []],
    ['all on, clusters can’t be read', [], unknown('denied'), 'pass', []],
    ['compute off, clusters can’t be read', [compute], unknown('denied'), 'fail', [compute]],
  ])('%s', (_, off, list, status, offered) => {
    const finding = findingOf(apiEnabled, { services: states(off), clusters: list });
    expect(finding.status).toBe(status);
    expect((finding.remedies ?? []).map(({ params }) => params.service)).toEqual(offered);
  });

  test.each([
    [LOGGING, /write logs/, /metrics|managed/],
    [MONITORING, /write metrics/, /logs|managed/],
    [compute, /managed/, /logs|metrics/],
  ])('the effect of %s off is its own', (api, says, never) => {
    const { effect } = findingOf(apiEnabled, { services: states([api]), clusters: clusters({}) });
    expect(effect?.en).toMatch(says);
    expect(effect?.en).not.toMatch(never);
  });

  test('an API that only workloads use doesn’t limit what can be diagnosed', () => {
    const services = states(['iamcredentials.googleapis.com']);
    expect(findingOf(apiEnabled, { services, clusters: clusters({}) }).detail.en).not.toContain('limits');
  });

  test('what limits us is named', () => {
    const services = states(['orgpolicy.googleapis.com']);
    expect(findingOf(apiEnabled, { services, clusters: clusters({}) }).detail.en).toMatch(/limits .*orgpolicy/);
  });
});

describe('default-sa-orgpolicy', () => {
  test.each([
    ['enforced: good practice, and a cause', known(true, 'orgpolicy policies.getEffectivePolicy'), 'pass', /Editor/],
    ['not enforced', known(false, 'orgpolicy policies.getEffectivePolicy'), 'pass', /Not enforced/],
    ['not readable', unknown('denied', { command: 'gcloud grant' }), 'unknown', /gcloud grant/],
    [
      'enforced where a tag matches',
      known('conditional' as const, 'orgpolicy policies.getEffectivePolicy'),
      'unknown',
      /tags.*gcloud org-policies describe .* --project=p --effective$/,
    ],
  ])('%s', (_, automaticGrantsDisabled, status, says) => {
    const finding = findingOf(defaultSaOrgpolicy, { automaticGrantsDisabled });
    expect(finding.status).toBe(status);
    expect(finding.detail.en).toMatch(says);
    expect(finding.remedies ?? []).toEqual([]);
  });
});
