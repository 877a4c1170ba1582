import { describe, expect, it } from 'vitest';
import { type Entities, PROBLEM_IDS, type ProblemId } from '../../src/contracts/explanation.ts';
import { LANGUAGES } from '../../src/contracts/text.ts';
import type { Program } from '../../src/explain/program.ts';
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
      for (const paragraph of meaning.split('\n\n')) expect(paragraph.length).toBeLessThanOrEqual(360);
      expect(steps.length).toBeGreaterThanOrEqual(1);
      expect(steps.length).toBeLessThanOrEqual(7);
      for (const sentence of [meaning, ...steps]) {
        expect(sentence).not.toMatch(/undefined|null|\[object|TODO| {2}/);
        expect(JAPANESE.test(sentence)).toBe(language === 'ja');
      }
    }
  });

  it('has the same commands in both languages', () => {
    const commands = (language: 'en' | 'ja') => next({ problem, entities: NAMED }, language).map(commandOf);
    expect(commands('ja')).toEqual(commands('en'));
  });

  it('uses what the error names, and says which words are to be replaced', () => {
    const named = next({ problem, entities: NAMED }, 'en').join('\n');
    expect(named).not.toMatch(
      /(?<![\w-])(?:CLUSTER|LOCATION|PROJECT|PROJECT_NUMBER|NODE_POOL|NAMESPACE|KSA|SERVICE)(?![\w-])/,
    );
    const unnamed = next({ problem, entities: {} }, 'en');
    const placeholders = unnamed
      .slice(0, -1)
      .join('\n')
      .match(/(?<![\w-])(?:CLUSTER|LOCATION|PROJECT|MEMBER)(?![\w-])/g);
    for (const placeholder of placeholders ?? []) expect(unnamed.at(-1)).toContain(placeholder);
  });
});

/** What can be pasted into a shell, at the end of a step. */
const commandOf = (step: string) =>
  /: ((?:gcloud|kubectl|curl|gke-auth|gke-gcloud-auth-plugin|sudo|exec) .*)$/.exec(step)?.[1] ?? '';

describe('what helps is told for the program that met the error', () => {
  const told = (problem: ProblemId, program: Program, entities: Entities = {}, variant?: string) =>
    next({ problem, entities, circumstances: { program, variant, isClusterWide: false } }, 'en').join('\n');

  it.each<[ProblemId, Program, RegExp]>([
    ['token-expired', 'terraform', /exec \{ api_version/],
    ['token-expired', 'github-actions', /use_auth_provider: true/],
    ['token-expired', 'argocd', /execProviderConfig/],
    ['token-expired', 'python', /refresh the token before each request/],
    ['cluster-auth-401', 'helm', /exec \{ api_version/],
    ['caller-anonymous', 'terraform', /exec \{ api_version/],
    ['kubeconfig-auth-plugin', 'ide', /full path/],
    ['kubeconfig-auth-plugin', 'github-actions', /install_components/],
    ['kubeconfig-auth-plugin', 'gitlab', /image or runner/],
    ['kubeconfig-missing', 'terraform', /cluster_ca_certificate/],
    ['kubeconfig-missing', 'kubectl', /get-credentials/],
    ['impersonation-denied', 'github-actions', /principalSet:.*attribute\.repository/],
    ['federation-denied', 'gitlab', /attribute\.project_path/],
  ])('%s, %s', (problem, program, expected) => expect(told(problem, program)).toMatch(expected));

  it('a login that failed gets no binding, whoever had it', () => {
    for (const program of [undefined, 'terraform', 'kubectl', 'python', 'github-actions'] as const)
      for (const language of LANGUAGES) {
        const circumstances = { program, variant: undefined, isClusterWide: false };
        const entities = { principal: 'system:anonymous', verb: 'list', kubernetesResource: 'pods', namespace: 'shop' };
        const steps = next({ problem: 'caller-anonymous', entities, circumstances }, language).join('\n');
        expect(steps).not.toMatch(/create (?:cluster)?rolebinding|add-iam-policy-binding|--user=/);
      }
  });

  it.each([
    'system:anonymous',
    'system:unauthenticated',
    'system:authenticated',
    'system:masters',
    'group:system:authenticated',
    'allUsers',
  ])('nothing is ever bound to %s', principal => {
    for (const problem of PROBLEM_IDS)
      for (const step of next({ problem, entities: { ...NAMED, principal } }, 'en')) {
        expect(step).not.toMatch(/(?:--user|--group|--member)=\S*(?:system:|allUsers)/);
        expect(step).not.toMatch(/--as=\S*system:/);
      }
  });

  it('a pipeline is bound by its repository, never as a person', () => {
    for (const problem of ['federation-denied', 'impersonation-denied'] as const)
      for (const variant of ['condition', 'audience', 'id-token', undefined]) {
        const steps = told(
          problem,
          'github-actions',
          { iamServiceAccount: 'ci@acme-1.iam.gserviceaccount.com' },
          variant,
        );
        expect(steps).toContain('roles/iam.workloadIdentityUser');
        expect(steps).not.toMatch(/member=user:|EMAIL(?!\))/);
      }
    expect(told('federation-denied', 'github-actions', {}, 'id-token')).toContain('id-token: write');
    expect(told('federation-denied', 'github-actions', {}, 'condition')).toContain('--attribute-condition=');
  });

  it('a Shared VPC gets the network role on the subnet, and never the agent role on the host', () => {
    const entities = {
      permission: 'compute.subnetworks.use',
      resource: 'projects/host-7/regions/europe-west4/subnetworks/gke',
      projectNumber: '123456789012',
    };
    for (const problem of ['agent-gke-service-agent', 'gce-permission-retry-budget'] as const) {
      const steps = next({ problem, entities }, 'en').join('\n');
      expect(steps).toContain('subnets add-iam-policy-binding gke --region=europe-west4 --project=host-7');
      expect(steps).toContain('roles/compute.networkUser');
      expect(steps).not.toMatch(/--role=roles\/container\.serviceAgent/);
    }
  });

  it('a refusal for the whole cluster gets a ClusterRole, also where the account has a namespace', () => {
    const entities = {
      principal: 'system:serviceaccount:edge:ingress',
      namespace: 'edge',
      verb: 'list',
      kubernetesResource: 'nodes',
    };
    const circumstances = { program: undefined, variant: undefined, isClusterWide: true };
    const steps = next({ problem: 'rbac-forbidden', entities, circumstances }, 'en').join('\n');
    expect(steps).toContain('kubectl create clusterrole ROLE --verb=list --resource=nodes');
    expect(steps).not.toContain('--namespace=edge');
  });

  it('a Kubernetes token at the DNS endpoint gets the switch or the plugin', () => {
    const entities = { host: 'gke-0a1b.us-east1.gke.goog' };
    expect(next({ problem: 'cluster-auth-401', entities }, 'en').join('\n')).toContain('enableK8sTokensViaDns');
    expect(next({ problem: 'cluster-auth-401', entities: {} }, 'en').join('\n')).not.toContain('enableK8sTokensViaDns');
  });

  it("Google's own verdict can be asked for by its identifier", () => {
    const steps = next({ problem: 'resource-permission', entities: { errorInfoId: 'a1b2-C3' } }, 'en').join('\n');
    expect(steps).toContain('iam:troubleshootError');
    expect(steps).toContain('"errorInfoId":"a1b2-C3"');
    expect(next({ problem: 'resource-permission', entities: {} }, 'en').join('\n')).not.toContain('troubleshootError');
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
