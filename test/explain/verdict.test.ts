/** What a report begins with: the error's claim against the proof. */
import { describe, expect, it } from 'vitest';
import { type Entities, PROBLEM_IDS } from '../../src/contracts/explanation.ts';
import type { CheckId, Finding, Status, Target } from '../../src/contracts/report.ts';
import { verdictOn } from '../../src/explain/verdict.ts';

const CLUSTER = 'projects/shop-prod-1/locations/us-east1/clusters/web';
const TARGET: Target = { project: 'shop-prod-1', projectNumber: '600700800900', location: 'us-east1', cluster: 'web' };

function finding(check: CheckId, status: Status, over: Partial<Finding> = {}): Finding {
  const said = { title: `good: ${check}`, headline: `${check} is ${status}`, detail: '-', docs: 'https://example.com' };
  return { check, subject: CLUSTER, status, ...said, evidence: [], remedies: [], ...over };
}

const verdict = (problem: string, entities: Entities, findings: Finding[], target = TARGET) =>
  verdictOn({ problem, entities: entities as Record<string, string> }, { target, findings });

const KIM: Entities = { principal: 'kim@example.com', permission: 'container.clusters.get' };

describe('the error says …; we found …', () => {
  it('the same', () => {
    const { en, ja } = verdict('caller-clusters-get', { ...KIM, cluster: 'web', project: 'shop-prod-1' }, [
      finding('caller-clusters-get', 'fail', { headline: 'kim@example.com lacks container.clusters.get' }),
      finding('cluster-not-found', 'pass'),
    ]);
    expect(en).toMatch(
      /^The error says: kim@example\.com lacks container\.clusters\.get .*; we found the same: kim@example\.com lacks container\.clusters\.get\.$/,
    );
    expect(ja).toMatch(/^エラーの内容: kim@example\.com .*。確認した結果: エラーのとおりでした。kim/);
  });

  it('the same, of several pools', () => {
    const pools = ['a', 'b', 'c'].map(name =>
      finding('node-sa-permissions', 'fail', { subject: `${CLUSTER}/nodePools/${name}`, headline: `${name} is mute` }),
    );
    expect(verdict('node-sa-permissions', {}, pools).en).toContain('we found the same: a is mute (and 2 more).');
  });

  it('another cause', () => {
    const found = [finding('node-sa-permissions', 'pass'), finding('node-sa-state', 'fail')];
    expect(verdict('node-sa-permissions', {}, found).en).toContain('we found another cause: node-sa-state is fail.');
  });

  it('fixed meanwhile: all that could prove it passes', () => {
    const found = [finding('rbac-forbidden', 'pass'), finding('caller-clusters-get', 'pass')];
    const { en, ja } = verdict('rbac-forbidden', KIM, found);
    expect(en).toContain(
      'it is not so any more: all 2 results are fine. The message is old and this was fixed meanwhile',
    );
    expect(ja).toContain('今は起きていません（検査 2 件すべて正常）。エラーのあとで修正された');
  });

  it('what it names is fixed, others are not', () => {
    const found = [
      finding('node-sa-permissions', 'pass', { subject: `${CLUSTER}/nodePools/blue` }),
      finding('node-sa-permissions', 'fail', { subject: `${CLUSTER}/nodePools/green` }),
    ];
    expect(verdict('node-sa-permissions', { nodePool: 'blue' }, found).en).toContain(
      'we found that blue is fine by now, but others are not: node-sa-permissions is fail.',
    );
    const doubt = [...found.slice(0, 1), finding('node-sa-recommender', 'unknown')];
    expect(verdict('node-sa-permissions', { nodePool: 'blue' }, doubt).en).toContain(
      'we found that blue is fine by now: its check passes.',
    );
    expect(verdict('node-sa-permissions', { nodePool: 'green' }, found).en).toContain('we found the same:');
  });

  it('a doubt is no proof; a warning is told as one; its own check speaks first', () => {
    const unknown = finding('rbac-forbidden', 'unknown');
    const warning = finding('caller-clusters-get', 'warn');
    expect(verdict('rbac-forbidden', KIM, [warning, unknown]).en).toContain(
      'we found no proof for or against it: rbac-forbidden is unknown.',
    );
    expect(verdict('caller-clusters-get', KIM, [warning]).en).toContain(
      'we found no failure, but a warning: caller-clusters-get is warn.',
    );
  });

  it('no cluster of that name: a contradiction, unless the error says so itself', () => {
    const gone = finding('cluster-not-found', 'fail', { headline: 'There is no cluster web' });
    expect(verdict('rbac-forbidden', { ...KIM, cluster: 'web' }, [gone]).en).toContain(
      'we found no such cluster: There is no cluster web. So nothing else could be checked',
    );
    expect(verdict('cluster-not-found', { cluster: 'web' }, [gone]).en).toContain(
      'we found the same: There is no cluster web.',
    );
  });

  it.each([
    [{ project: 'shop-prod-2' }, 'The error names project shop-prod-2, but web is in shop-prod-1'],
    [{ projectNumber: '111222333444' }, 'The error names project 111222333444, but web is in shop-prod-1'],
    [{ cluster: 'web-2' }, 'The error names cluster web-2; this is about web.'],
    [{ cluster: 'web', location: 'us-central1' }, 'The error names location us-central1, but web is in us-east1.'],
  ])('another target: %j', (entities, said) => {
    const { en, ja } = verdict('api-enabled', entities, [finding('api-enabled', 'pass')]);
    expect(en).toContain('we found that it is not so here: the check passes.');
    expect(en).toContain(said);
    expect(ja).toContain('エラーが示す');
  });

  it.each([
    { project: 'shop-prod-1', projectNumber: '111222333444' },
    { projectNumber: '600700800900' },
    { cluster: 'web', location: 'us-east1-b' },
  ])('the same target: %j', entities => {
    expect(verdict('api-enabled', entities, [finding('api-enabled', 'pass')]).en).not.toContain('The error names');
  });

  it('nothing failing does not contradict what lies outside the cluster', () => {
    const found = [finding('cluster-auth-401', 'unknown'), finding('caller-clusters-get', 'pass')];
    expect(verdict('token-invalid', KIM, found).en).toContain('That fits: the cause lies outside them');
    expect(verdict('token-invalid', KIM, [finding('caller-clusters-get', 'fail')]).en).toContain('another cause');
  });

  it.each(PROBLEM_IDS)('%s: one sentence in each language, whatever was found', problem => {
    const check = problem as CheckId;
    for (const findings of [
      [],
      ...(['fail', 'warn', 'unknown', 'pass', 'not-applicable'] as const).map(status => [finding(check, status)]),
    ]) {
      const { en, ja } = verdict(problem, {}, findings);
      expect(en).toMatch(/^The error says: [^.].*; we found .*[^.]\.$/);
      expect(ja).toMatch(/^エラーの内容: .*。確認した結果: .*[^。]。$/);
      expect(en + ja).not.toMatch(/undefined|null|\[object| {2}|no the /);
    }
  });
});
