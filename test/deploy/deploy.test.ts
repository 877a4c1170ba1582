/** docker-compose.yml and the Kubernetes manifests: valid, and only the workers see Google. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { diagnoserPermissions } from '../../sandbox/scenarios/base.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const composeText = read('docker-compose.yml');
const compose: unknown = parse(composeText, { merge: true });
const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      command: z.array(z.string()),
      environment: z.record(z.string(), z.string()).default({}),
      secrets: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
    }),
  ),
});

describe('docker-compose.yml', () => {
  const schemaFile = join(ROOT, '../shared/schemas/compose-spec.schema.json');
  test.skipIf(!existsSync(schemaFile))('is valid by the Compose Specification (needs its schema)', () => {
    // The schema names its dialect by an address that ajv doesn't know.
    const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false });
    formats.default(ajv, ['duration', 'uri']);
    const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')));
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ services: { x: { imagee: 'y' } } })).toBe(false);
  });

  const { services } = Compose.parse(compose);

  test('is Redis, the bot and the two workers, by the commands that npm start uses', () => {
    expect(
      Object.fromEntries(Object.entries(services).map(([name, { command }]) => [name, command.join(' ')])),
    ).toEqual({
      redis: expect.stringMatching(/^redis-server --appendonly yes .*--maxmemory-policy noeviction/),
      bot: 'node bin/bot.ts',
      'diagnosing-worker': 'node bin/worker.ts diagnose',
      'remediating-worker': 'node bin/worker.ts remediate',
    });
    for (const { command } of Object.values(services)) {
      const file = command[1];
      if (command[0] === 'node') expect(existsSync(join(ROOT, file ?? '')), file).toBe(true);
    }
  });

  test('gives Google credentials to the workers only, and each its own', () => {
    const google = (name: string) =>
      Object.keys(services[name]?.environment ?? {}).filter(key => /GOOGLE|CLOUDSDK/.test(key));
    expect(services.bot?.secrets).toEqual([]);
    expect(google('bot')).toEqual([]);
    expect(services['diagnosing-worker']?.secrets).toEqual(['diagnoser']);
    expect(services['remediating-worker']?.secrets).toEqual(['remediator']);
    for (const name of ['diagnosing-worker', 'remediating-worker']) {
      expect(google(name)).toEqual(['GOOGLE_APPLICATION_CREDENTIALS']);
      expect(services[name]?.environment).not.toHaveProperty('SLACK_APP_TOKEN');
    }
  });

  test('every variable it takes is in .env.example', () => {
    const example = read('.env.example');
    const taken = [...composeText.matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? '');
    // Slack's address is for test servers only.
    const missing = taken.filter(name => name !== 'SLACK_API_URL' && !new RegExp(`^(# )?${name}=`, 'm').test(example));
    expect(taken).toContain('GKE_AUTH_PLAN_KEY');
    expect(missing).toEqual([]);
  });
});

describe('Dockerfile', () => {
  test('copies what is there, and no more than .dockerignore lets through', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter(line => line.startsWith('!'))
      .map(line => line.slice(1));
    const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
      ([, files]) => files?.split(' ') ?? [],
    );
    expect(copied.length).toBeGreaterThan(0);
    expect(copied.filter(file => !allowed.includes(file))).toEqual([]);
    expect(copied.filter(file => !existsSync(join(ROOT, file)))).toEqual([]);
  });
});

const Kustomization = z.object({ resources: z.array(z.string()) });
const Resource = z.object({ kind: z.string(), metadata: z.object({ name: z.string() }), spec: z.unknown().optional() });
const PodTemplate = z.object({
  template: z.object({
    spec: z.object({
      serviceAccountName: z.string().optional(),
      containers: z.array(
        z.object({
          command: z.array(z.string()).optional(),
          envFrom: z.array(z.object({ secretRef: z.object({ name: z.string() }) })).default([]),
        }),
      ),
    }),
  }),
});

describe('deploy/kubernetes', () => {
  const folder = 'deploy/kubernetes';
  const { resources } = Kustomization.parse(parse(read(`${folder}/kustomization.yaml`)));
  const all = resources.flatMap(file =>
    parseAllDocuments(read(`${folder}/${file}`)).map(document => Resource.parse(document.toJS())),
  );

  test('every file is used', () => {
    const files = readdirSync(join(ROOT, folder)).filter(
      file => !['kustomization.yaml', 'settings.yaml'].includes(file),
    );
    expect(files.sort()).toEqual([...resources].sort());
  });

  test('each process runs as its own service account, with no more secrets than it needs', () => {
    const deployments = all.filter(({ kind }) => kind === 'Deployment');
    const seen = deployments.map(({ metadata, spec }) => {
      const pod = PodTemplate.parse(spec).template.spec;
      const [container] = pod.containers;
      return [
        metadata.name,
        container?.command?.join(' '),
        pod.serviceAccountName,
        container?.envFrom.map(one => one.secretRef.name),
      ];
    });
    expect(seen).toEqual([
      ['bot', 'node bin/bot.ts', 'bot', ['slack-bot', 'slack-app', 'plan-key']],
      ['diagnosing-worker', 'node bin/worker.ts diagnose', 'diagnosing-worker', ['slack-bot', 'plan-key']],
      ['remediating-worker', 'node bin/worker.ts remediate', 'remediating-worker', ['slack-bot', 'plan-key']],
    ]);
    const accounts = all.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);
    expect(accounts).toEqual(['bot', 'diagnosing-worker', 'remediating-worker']);
  });
});

describe('the identities that Terraform makes', () => {
  const terraform = read('deploy/terraform/main.tf');
  const kinds = terraform.match(/for kind in \[([^\]]*)\]/)?.[1]?.match(/\w+/g) ?? [];
  const given = new Set([
    ...kinds.flatMap(kind => [`container.${kind}.get`, `container.${kind}.list`]),
    ...(terraform.match(/(?<=")[a-z]+\.[A-Za-z]+\.[A-Za-z]+(?=")/g) ?? []),
  ]);

  test('the diagnoser may read whatever a check needs, and what the sandbox lets it read', () => {
    const needed = CHECKS.flatMap(({ needs }) => needs);
    const { project, organization } = diagnoserPermissions;
    expect([...needed, ...project, ...organization].filter(permission => !given.has(permission))).toEqual([]);
  });
});
