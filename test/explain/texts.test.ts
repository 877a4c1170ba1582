import { describe, expect, it } from 'vitest';
import { type Entities, PROBLEM_IDS } from '../../src/contracts/explanation.ts';
import { LANGUAGES } from '../../src/contracts/text.ts';
import { means, next, secretsFound, UNKNOWN } from '../../src/explain/texts/index.ts';

const NAMED: Entities = {
  project: 'shop-prod-1',
  projectNumber: '600700800900',
  location: 'asia-northeast1',
  cluster: 'web',
  nodePool: 'blue',
  principal: 'kim@example.com',
  iamServiceAccount: 'app@shop-prod-1.iam.gserviceaccount.com',
  namespace: 'cart',
  kubernetesServiceAccount: 'runner',
  service: 'container.googleapis.com',
  constraint: 'constraints/iam.allowedPolicyMemberDomains',
  verb: 'list',
  kubernetesResource: 'pods',
};
const JAPANESE = /[ぁ-んァ-ヶ一-龠]/;

describe.each(PROBLEM_IDS)('%s', problem => {
  it.each(LANGUAGES)('is explained in %s, in at most three short paragraphs with the steps', language => {
    for (const entities of [{}, NAMED]) {
      const meaning = means({ problem, entities }, language);
      const steps = next({ problem, entities }, language);
      expect(meaning.split('\n\n')).toHaveLength(2);
      for (const paragraph of meaning.split('\n\n')) expect(paragraph.length).toBeLessThanOrEqual(330);
      expect(steps.length).toBeGreaterThanOrEqual(1);
      expect(steps.length).toBeLessThanOrEqual(5);
      for (const sentence of [meaning, ...steps]) {
        expect(sentence).not.toMatch(/undefined|null|\[object|TODO| {2}/);
        expect(JAPANESE.test(sentence)).toBe(language === 'ja');
      }
    }
  });

  it('has the same commands in both languages', () => {
    const commands = (language: 'en' | 'ja') =>
      next({ problem, entities: NAMED }, language)
        .flatMap(step => step.match(/\b(?:gcloud|kubectl(?! and)|curl|gke-auth) [a-z"-]+/g) ?? [])
        .sort();
    expect(commands('ja')).toEqual(commands('en'));
  });

  it('has no placeholder left where the error named everything', () => {
    const text = next({ problem, entities: NAMED }, 'en').join('\n');
    expect(text).not.toMatch(/\b(?:CLUSTER|LOCATION|PROJECT|NODE_POOL|NAMESPACE|KSA|EMAIL|SERVICE)\b/);
  });
});

describe('the words around', () => {
  it('fill in what the error named', () => {
    expect(next({ problem: 'cluster-not-found', entities: NAMED }, 'en').join('\n')).toContain(
      'gcloud container clusters get-credentials web --location=asia-northeast1 --project=shop-prod-1',
    );
    expect(
      next(
        { problem: 'rbac-forbidden', entities: { ...NAMED, principal: 'system:serviceaccount:edge:ingress' } },
        'en',
      ).join('\n'),
    ).toContain('--serviceaccount=edge:ingress');
    expect(means({ problem: 'rbac-forbidden', entities: NAMED }, 'en')).toContain('kim@example.com');
  });

  it('quote for a shell what comes from outside', () => {
    const hostile = { ...NAMED, principal: "x@y';rm -rf ~;'", cluster: '$(reboot)' };
    for (const problem of PROBLEM_IDS)
      for (const step of next({ problem, entities: hostile }, 'en')) {
        expect(step).not.toMatch(/(?<!')\$\(reboot\)/);
        expect(step).not.toMatch(/(?:--\w+=|=)(?:user:)?x@y';/);
      }
  });

  it('tell what is unknown and that a secret was there, in both languages', () => {
    for (const text of [UNKNOWN, secretsFound(1), secretsFound(3)]) {
      expect(text.en.length).toBeGreaterThan(20);
      expect(text.ja).toMatch(JAPANESE);
    }
    expect(secretsFound(3).en).toContain('3');
  });
});

it('Japanese has no blank before a particle, nor one where a name is missing', () => {
  const names = [
    {},
    { principal: 'a@example.com', project: 'acme-1', namespace: 'shop', cluster: 'web', location: 'us-east1' },
  ];
  const texts = PROBLEM_IDS.flatMap(problem =>
    names.flatMap(entities => [means({ problem, entities }, 'ja'), ...next({ problem, entities }, 'ja')]),
  );
  expect(texts.filter(text => /[ぁ-んァ-ヶ一-龠ー] [ぁ-ん]|[ぁ-ん] [ァ-ヶ一-龠]/.test(text))).toEqual([]);
});
