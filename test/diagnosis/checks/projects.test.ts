/** What is asked of a project: its APIs, its organization's policy (docs/domain/projects.md). */
import { describe, expect, test } from 'vitest';
import { apiEnabled } from '../../../src/diagnosis/checks/projects/api-enabled.ts';
import { defaultSaOrgpolicy } from '../../../src/diagnosis/checks/projects/default-sa-orgpolicy.ts';
import { known } from '../../../src/diagnosis/facts/fact.ts';
import { APIS } from '../../../src/diagnosis/facts/google/services.ts';
import { findingOf, unknown } from './facts.ts';

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

  test.each([
    ['all on', states([]), 'pass', []],
    ['the container API off', states([container]), 'fail', [container]],
    ['both off: both are offered', states([container, compute]), 'fail', [container, compute]],
    ['only one that we read with off', states(['logging.googleapis.com']), 'pass', []],
    ['nothing said of the container API', states([], [container]), 'unknown', []],
    ['one off, nothing said of the other', states([compute], [container]), 'fail', [compute]],
    ['not readable', unknown('api-disabled'), 'unknown', []],
  ])('%s', (_, services, status, offered) => {
    const finding = findingOf(apiEnabled, { services });
    expect(finding).toMatchObject({ status, subject: 'projects/p' });
    expect((finding.remedies ?? []).map(({ params }) => params.service)).toEqual(offered);
  });

  test('an API that only workloads use doesn’t limit what can be told', () => {
    expect(findingOf(apiEnabled, { services: states(['iamcredentials.googleapis.com']) }).detail.en).not.toContain(
      'limits',
    );
  });

  test('what limits us is named', () => {
    expect(findingOf(apiEnabled, { services: states(['orgpolicy.googleapis.com']) }).detail.en).toContain('orgpolicy');
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
