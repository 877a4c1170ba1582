import { describe, expect, it } from 'vitest';
import { PROBLEM_IDS } from '../../src/contracts/explanation.ts';
import { DiagnoseRequest } from '../../src/contracts/jobs.ts';
import { CHECK_IDS } from '../../src/contracts/report.ts';
import { explainText } from '../../src/explain/recognize.ts';
import { toRequest } from '../../src/explain/target.ts';

/** Proven by nothing in a cluster, or by a check that this version may not have. */
const OUTSIDE = ['vpc-sc-denied', 'quota-project-denied', 'federation-denied', 'no-api-token'];
const NOW = new Date('2026-11-22T10:00:00Z');

function proof(text: string) {
  const match = explainText(text).matches[0];
  if (match === undefined) throw new Error('not recognised');
  return toRequest(match, NOW);
}

describe('toRequest', () => {
  it('asks for nothing where the error names cluster and caller', () => {
    const { request, missing, checks } = proof(
      'User: kim@example.com Required "container.clusters.get" permission(s) for "projects/shop-prod-1/locations/us-east1/clusters/web".',
    );
    expect(missing).toEqual([]);
    expect(checks[0]).toBe('caller-clusters-get');
    expect(request).toMatchObject({
      cluster: 'shop-prod-1/us-east1/web',
      projects: ['shop-prod-1'],
      principal: 'kim@example.com',
      symptom: {
        problem: 'caller-clusters-get',
        at: '2026-11-22T10:00:00.000Z',
        entities: { permission: 'container.clusters.get' },
      },
    });
  });

  it('takes verb, resource and namespace of a refusal inside the cluster', () => {
    const { request, missing } = proof(
      'deployments.apps is forbidden: User "kim@example.com" cannot create resource "deployments" in API group "apps" in the namespace "shop": requires one of ["container.deployments.create"] permission(s).',
    );
    expect(request).toMatchObject({
      principal: 'kim@example.com',
      verb: 'create',
      resource: 'deployments.apps',
      namespace: 'shop',
    });
    expect(missing).toEqual(['cluster', 'project']);
  });

  it.each([
    'system:authenticated',
    'group:system:authenticated',
    'system:anonymous',
    'system:unauthenticated',
    'system:masters',
    'group:system:masters',
    'allUsers',
    'allAuthenticatedUsers',
  ])('makes no diagnosis for %s, which is nobody in particular', principal => {
    for (const problem of PROBLEM_IDS)
      expect(toRequest({ problem, entities: { principal, cluster: 'web' } }, NOW).request.principal).toBeUndefined();
  });

  it('takes a Kubernetes service account for a workload, not for a person', () => {
    const { request } = proof(
      'secrets is forbidden: User "system:serviceaccount:edge:ingress" cannot list resource "secrets" in API group "" in the namespace "shop"',
    );
    expect(request.principal).toBeUndefined();
    expect(request.workload).toBe('edge/ingress');
  });

  it('takes the workload out of a member of the pool', () => {
    const { request, missing } = proof(
      'serviceAccount:shop-prod-1.svc.id.goog[cart/runner] does not have storage.objects.get access',
    );
    expect(request).toMatchObject({ workload: 'cart/runner', projects: ['shop-prod-1'] });
    expect(missing).toEqual(['cluster']);
  });

  it('asks for cluster and workload where the error names nothing', () => {
    const { request, missing } = proof('Failed to wait for metadata server to be available');
    expect(request).toMatchObject({ projects: [], symptom: { problem: 'wi-metadata-startup', entities: {} } });
    expect(request.cluster).toBeUndefined();
    expect(missing).toEqual(['cluster', 'project', 'workload']);
  });

  it('does not take for a cluster what cannot be the name of one', () => {
    const entities = { cluster: 'a-name-of-more-than-forty-characters-is-none', project: 'shop-prod-1' };
    expect(toRequest({ problem: 'caller-clusters-get', entities }, NOW)).toMatchObject({
      request: { projects: ['shop-prod-1'] },
      missing: ['cluster', 'principal'],
    });
  });

  it.each(PROBLEM_IDS)('%s has checks that exist, its own first, and a request that the queue takes', problem => {
    const { checks, request } = toRequest(
      { problem, entities: { cluster: 'web', project: 'shop-prod-1', location: 'us-east1' } },
      NOW,
    );
    // What no cluster can prove has no checks: there is nothing to diagnose.
    if (checks.length === 0) expect(OUTSIDE).toContain(problem);
    expect(new Set(checks).size).toBe(checks.length);
    for (const check of checks) expect(CHECK_IDS).toContain(check);
    if ((CHECK_IDS as readonly string[]).includes(problem)) expect(checks).toContain(problem);
    expect(DiagnoseRequest.parse(request)).toMatchObject({ cluster: 'shop-prod-1/us-east1/web', only: [...checks] });
  });
});
