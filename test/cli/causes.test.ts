/** The default world, seen by an identity that may read hardly anything: each cause once, in the terminal and in Slack. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { healthyWorld } from '../../sandbox/scenarios/base.ts';
import defaultScenario from '../../sandbox/scenarios/default.ts';
import { Report } from '../../src/contracts/report.ts';
import { LANGUAGES, type Language } from '../../src/contracts/text.ts';
import { findingMessage, groupFindings } from '../../src/slack/messages/finding.ts';
import { parentSettled } from '../../src/slack/messages/parent.ts';
import { seen } from '../slack/reading.ts';
import { enter } from './entrance.ts';
import { type Place, startPlace } from './program.ts';

let place: Place;
/** Google tells whose token it is. */
let env: Record<string, string>;
beforeAll(async () => {
  place = await startPlace(defaultScenario.world(), 'requester');
  env = { ...place.env, GKE_AUTH_TOKENINFO_URL: `${place.google.url}tokeninfo` };
});
afterAll(() => place?.[Symbol.asyncDispose]());

async function report(language: Language = 'en'): Promise<Report> {
  const { stdout } = await enter(['diagnose', 'cluster-x', '--format', 'json', '--lang', language], env);
  return Report.parse(JSON.parse(stdout));
}

test.each(LANGUAGES)('in %s it takes at most 45 lines, with each command once', async language => {
  const { stdout, code } = await enter(['diagnose', 'cluster-x', '--lang', language], env);
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(45);
  const commands = stdout.replaceAll(/ \\\n +/g, ' ').match(/gcloud .*$/gm) ?? [];
  expect(commands.length).toBeGreaterThan(4);
  expect(new Set(commands).size).toBe(commands.length);
  for (const command of commands) expect(command).toContain('--member=user:alice@example.com ');
  expect(stdout).not.toContain('MEMBER');
});

test('every unknown finding is told by causes of the report, and no other has any', async () => {
  const { findings, causes = [] } = await report();
  const ids = causes.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { status, causes: own, check } of findings) {
    expect(own !== undefined, check).toBe(status === 'unknown');
    for (const id of own ?? []) {
      expect(ids).toContain(id);
      expect(causes.find(cause => cause.id === id)?.checks).toContain(check);
    }
  }
  for (const cause of causes) expect(cause.command).toMatch(/^gcloud /);
});

describe('in Slack', () => {
  test.each(LANGUAGES)('in %s at most two messages tell of them', async language => {
    const found = await report(language);
    const groups = groupFindings(found);
    expect(groups.length).toBeLessThanOrEqual(2);
    const messages = groups.map(group => findingMessage(group, language, []));
    const text = messages.map(seen).join('\n');
    for (const { command = '', checks } of found.causes ?? []) {
      expect(text.split(command)).toHaveLength(2);
      for (const check of checks) expect(text).toContain(check);
    }
    const parent = seen(parentSettled({ report: found, askedBy: 'U0ALICE', durationMs: 1 }, language));
    expect(parent.split('\n').length).toBeLessThan(12);
  });
});

test('--verbose still has every finding with its proof', async () => {
  const { stdout } = await enter(['diagnose', 'cluster-x', '--verbose'], env);
  for (const check of ['api-enabled', 'agent-gke-service-agent', 'node-sa-state']) {
    expect(stdout).toMatch(new RegExp(`^\\? ${check} `, 'm'));
  }
});

test('a scan tells them once for all clusters', async () => {
  const { stdout } = await enter(['scan'], env);
  const commands = stdout.replaceAll(/ \\\n +/g, ' ').match(/gcloud .*$/gm) ?? [];
  expect(new Set(commands).size).toBe(commands.length);
  expect(stdout).not.toMatch(/^\? node-sa-permissions /m);
});

test('what is offered all the same keeps its place, with the fix and without the reasons', async () => {
  const { world, project, nodeAccount } = healthyWorld();
  project.unbind('roles/container.defaultNodeServiceAccount', `serviceAccount:${nodeAccount}`);
  for (const { roles } of Object.values(world.world.organizations)) {
    for (const [name, role] of Object.entries(roles)) {
      if (!name.includes('gkeAuthDiagnoser')) continue;
      role.includedPermissions = role.includedPermissions.filter(one => !/folders\.getIamPolicy/.test(one));
    }
  }
  await using here = await startPlace(world.world);
  const { stdout } = await here.enter('diagnose', 'cluster-x', '--only', 'node-sa-permissions');
  expect(stdout).toMatch(/^\? node-sa-permissions /m);
  expect(stdout).toMatch(/^ {4}fix {4}gcloud projects add-iam-policy-binding sandbox-1/m);
  expect(stdout).not.toMatch(/^ {4}proof/m);
  expect(stdout).toMatch(/resourcemanager\.folders\.getIamPolicy on folders\/\d+/);
});

test('where everything can be read there are no causes', async () => {
  await using here = await startPlace(healthyWorld().world.world);
  const { stdout } = await here.enter('diagnose', 'cluster-x', '--format', 'json');
  expect(Report.parse(JSON.parse(stdout)).causes).toEqual([]);
  const text = await here.enter('diagnose', 'cluster-x');
  expect(text.stdout).not.toContain('could not read');
});
