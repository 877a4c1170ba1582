/** Getting in, through the real terminal: what is broken is found with its proof, and nothing else fails. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { World } from '../../sandbox/google/world.ts';
import { healthyWorld, tokens } from '../../sandbox/scenarios/base.ts';
import type { Finding, Report } from '../../src/contracts/report.ts';
import { isInstalled, scenarioNamed, Terminal } from './terminal.ts';

let terminal: Terminal | undefined;
afterEach(() => terminal?.close());

async function start(world: World): Promise<Terminal> {
  terminal = await Terminal.start(world);
  return terminal;
}

function only({ findings }: Report, check: string): Finding {
  const [found, ...more] = findings.filter(finding => finding.check === check);
  if (!found || more.length > 0) throw new Error(`${more.length + (found ? 1 : 0)} findings of ${check}`);
  return found;
}

const says = ({ evidence }: Finding) => evidence.map(({ source, says }) => `${source}: ${says}`).join('\n');

describe('scenarios', () => {
  test.each([
    'caller-clusters-get',
    'cluster-auth-401',
    'cluster-elsewhere',
    'compute-class-account',
    'control-plane-down',
    'nodepool-requires-recreation',
    'private-endpoint',
    'rbac-forbidden',
  ])('%s shows what it is broken in, and nothing else', async name => {
    const scenario = scenarioNamed(name);
    const here = await start(scenario.world());
    const report = await here.diagnose(scenario.target ?? 'cluster-x', ...(scenario.arguments ?? []));
    const bad = report.findings.filter(({ status }) => status === 'fail' || status === 'warn');
    const shown = scenario.shows.filter(({ status }) => status === 'fail' || status === 'warn');
    expect(bad.map(({ check, status }) => `${check} ${status}`).sort()).toEqual(
      shown.map(({ check, status }) => `${check} ${status}`).sort(),
    );
    for (const { check, status, subject } of scenario.shows) {
      const found = report.findings.filter(one => one.check === check && one.subject.endsWith(subject ?? ''));
      expect(found.map(one => one.status)).toContain(status);
    }
    for (const finding of bad) expect(finding.evidence).not.toHaveLength(0);
  });
});

describe('the API server can’t be read', () => {
  const diagnose = (here: Terminal) => here.diagnose('cluster-x', '--only', 'wi-control-plane-unavailable');

  test('authorized networks: unknown, with the command that goes around them', async () => {
    const here = await start(healthyWorld().world.world);
    await here.switch({ networksClosed: true });
    const finding = only(await diagnose(here), 'wi-control-plane-unavailable');
    expect(finding.status).toBe('unknown');
    expect(finding.detail).toMatch(/authorized networks.*--enable-dns-access/s);
  });

  test('a rotated CA is not an API server that is down', async () => {
    const here = await start(healthyWorld().world.world);
    await here.switch({ rotatedCa: true });
    const finding = only(await diagnose(here), 'wi-control-plane-unavailable');
    expect(finding.status).toBe('unknown');
    expect(finding.detail).toMatch(/certificate .* the CA was rotated/);
  });

  test.each([
    [{ kind: 'status', code: 503 }, 'fail'],
    [{ kind: 'malformed' }, 'unknown'],
    [{ kind: 'html' }, 'pass'],
  ] as const)('%j: %s', async (fault, status) => {
    const here = await start(healthyWorld().world.world);
    here.google.cloud.apiServers.fault({ ...fault, path: '/version' });
    expect(only(await diagnose(here), 'wi-control-plane-unavailable').status).toBe(status);
  });

  test('down: node accounts are judged all the same, and the compute classes are named as unread', async () => {
    const here = await start(healthyWorld().world.world);
    await here.switch({ down: true });
    const report = await here.diagnose('cluster-x', '--only', 'node-sa-permissions');
    expect(report.summary).toMatchObject({ pass: 2, unknown: 0, fail: 0 });
    expect(report.findings[0]?.detail).toContain('ComputeClasses');
  });

  test('over the Connect gateway where there is a membership and no address', async () => {
    const { world, project } = healthyWorld({
      fields: {
        controlPlaneEndpointsConfig: { ipEndpointsConfig: { enabled: true, enablePublicEndpoint: false } },
        fleet: { membership: '//gkehub.googleapis.com/projects/sandbox-1/locations/global/memberships/cluster-x' },
      },
    });
    project.membership('cluster-x', 'asia-northeast1', 'cluster-x');
    for (const one of project.project.memberships)
      one.name = 'projects/sandbox-1/locations/global/memberships/cluster-x';
    const diagnoser = project.project.roles['projects/sandbox-1/roles/gkeAuthDiagnoser'];
    if (!diagnoser) throw new Error('the world has no role of the diagnoser');
    const allowed = diagnoser.includedPermissions;
    diagnoser.includedPermissions = allowed.filter(one => !one.startsWith('gkehub.'));
    const here = await start(world.world);
    const denied = only(await diagnose(here), 'wi-control-plane-unavailable');
    expect(denied.status).toBe('unknown');
    expect(denied.detail).toContain('gkehub.gateway.get');
    diagnoser.includedPermissions = [...allowed, 'gkehub.gateway.get'];
    const report = await diagnose(here);
    expect(only(report, 'wi-control-plane-unavailable').status).toBe('pass');
    expect(report.apiCalls).toMatchObject({ connectgateway: 1, kubernetes: 1 });
  });

  test('over the DNS endpoint, whose page of a 403 names the permission', async () => {
    const here = await start(healthyWorld({ dnsEndpoint: true }).world.world);
    const authority = join(here.home, 'authority.pem');
    await writeFile(authority, here.google.cloud.apiServers.authority.certificate);
    const ask = async () => {
      const args = ['diagnose', 'cluster-x', '--only', 'rbac-forbidden', '--for', 'bob@example.com', '--verb', 'list'];
      const { out } = await here.gkeAuth([...args, '--resource', 'pods', '--format', 'json'], {
        NODE_EXTRA_CA_CERTS: authority,
      });
      return JSON.parse(out) as Report;
    };
    expect(only(await ask(), 'rbac-forbidden').status).toBe('pass');
    here.google.cloud.apiServers.fault({ kind: 'html' });
    const finding = only(await ask(), 'rbac-forbidden');
    expect(says(finding)).toContain('container.clusters.connect');
  });
});

describe('why can’t they do it', () => {
  const ask = (here: Terminal, who: string, verb: string, resource: string, namespace?: string) =>
    here.diagnose(
      'cluster-x',
      ...['--only', 'rbac-forbidden', '--for', who, '--verb', verb, '--resource', resource],
      ...(namespace ? ['--namespace', namespace] : []),
    );

  test('by IAM: an update permission answers for a patch', async () => {
    const { world, project } = healthyWorld();
    project.bind(project.role('updater', ['container.deployments.update']), 'user:dave@example.com');
    const here = await start(world.world);
    const allowed = only(await ask(here, 'dave@example.com', 'patch', 'deployments', 'shop'), 'rbac-forbidden');
    expect(allowed.status).toBe('pass');
    expect(allowed.detail).toContain('container.deployments.update');
  });

  test('a group in IAM whose members can’t be seen: unknown, with the binding all the same', async () => {
    const { world, project } = healthyWorld();
    world.group('hidden@example.com', ['erin@example.com'], { hidden: true });
    project.bind('roles/container.viewer', 'group:hidden@example.com');
    const here = await start(world.world);
    const finding = only(await ask(here, 'erin@example.com', 'list', 'pods', 'shop'), 'rbac-forbidden');
    expect(finding.status).toBe('unknown');
    expect(finding.remedies.map(({ kind, doubt }) => [kind, doubt !== undefined])).toEqual([
      ['create-role-binding', true],
    ]);
  });

  test('no review allowed: unknown, with the role that allows it', async () => {
    const { world, project } = healthyWorld();
    const role = project.project.roles['projects/sandbox-1/roles/gkeAuthDiagnoser'];
    if (!role) throw new Error('the world has no role of the diagnoser');
    role.includedPermissions = role.includedPermissions.filter(one => one !== 'container.subjectAccessReviews.create');
    const here = await start(world.world);
    const finding = only(await ask(here, 'alice@example.com', 'list', 'pods', 'shop'), 'rbac-forbidden');
    expect(finding.status).toBe('unknown');
    expect(finding.detail).toContain('--permissions=container.subjectAccessReviews.create');
  });
});

describe.skipIf(!isInstalled('kubectl') || !isInstalled('gcloud'))('real kubectl, locked out', () => {
  test('says what the seed says, and the diagnosis names the Role that ends it', async () => {
    const here = await start(healthyWorld().world.world);
    await here.become(tokens.requester);
    const location = '--location=asia-northeast1';
    const got = await here.run('gcloud', ['container', 'clusters', 'get-credentials', 'cluster-x', location]);
    expect(got.code, got.err).toBe(0);
    const refused = await here.run('kubectl', ['get', 'roles', '--namespace=kube-system']);
    expect(refused.err).toContain(
      'is forbidden: User "alice@example.com" cannot list resource "roles" in API group "rbac.authorization.k8s.io" in the namespace "kube-system": requires one of ["container.roles.list"] permission(s).',
    );

    await here.become(tokens.diagnoser);
    const scenario = scenarioNamed('rbac-forbidden');
    const finding = only(await here.diagnose('cluster-x', ...(scenario.arguments ?? [])), 'rbac-forbidden');
    const [remedy] = finding.remedies;
    await here.become(tokens.owner);
    const applied = await here.run('sh', ['-c', remedy?.command ?? 'false']);
    expect(applied.code, applied.err).toBe(0);

    await here.become(tokens.requester);
    const allowed = await here.run('kubectl', ['get', 'roles', '--namespace=kube-system', '--output=name']);
    expect(allowed.code, allowed.err).toBe(0);
    await here.become(tokens.diagnoser);
    const after = await here.diagnose('cluster-x', ...(scenario.arguments ?? []));
    expect(only(after, 'rbac-forbidden').status).toBe('pass');
  }, 60_000);
});
