import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand, tokenize } from '../../src/bot/parse.ts';
import { type Command, parseVerb, VERBS, verbsOf } from '../../src/grammar/parse.ts';

const command = (text: string): Command => {
  const parsed = parseCommand(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.usage.message.en} ${parsed.usage.next.en}`);
  return parsed.command;
};
const usage = (text: string) => {
  const parsed = parseCommand(text);
  if (parsed.ok) throw new Error(`${text} was understood: ${JSON.stringify(parsed.command)}`);
  return parsed.usage;
};

describe('the grammar', () => {
  it.each([
    ['diagnose cluster-x', { cluster: 'cluster-x', projects: [] }],
    ['Diagnose cluster-x --project prod-1', { cluster: 'cluster-x', projects: ['prod-1'] }],
    [
      'diagnose asia-northeast1/cluster-x --project=prod-1,prod-2',
      { cluster: 'asia-northeast1/cluster-x', projects: ['prod-1', 'prod-2'] },
    ],
    [
      'diagnose projects/prod-1/locations/-/clusters/cluster-x',
      { cluster: 'projects/prod-1/locations/-/clusters/cluster-x', projects: [] },
    ],
    [
      'diagnose //container.googleapis.com/projects/prod-1/locations/eu/clusters/c',
      { cluster: 'projects/prod-1/locations/eu/clusters/c', projects: [] },
    ],
    [
      'diagnose cluster-x —for alice@example.com',
      { cluster: 'cluster-x', projects: [], principal: 'alice@example.com' },
    ],
    [
      'diagnose cluster-x –only “node-sa-permissions,api-enabled”',
      { cluster: 'cluster-x', projects: [], only: ['node-sa-permissions', 'api-enabled'] },
    ],
    ['diagnose\u00a0cluster-x\u3000--ttl 8h', { cluster: 'cluster-x', projects: [], grantMs: 8 * 3_600_000 }],
    [
      'diagnose cluster-x --for <mailto:a@example.com|a@example.com>',
      { cluster: 'cluster-x', projects: [], principal: 'a@example.com' },
    ],
    ['diagnose cluster-x --for <@U123|alice>', { cluster: 'cluster-x', projects: [], principal: '<@U123>' }],
    [
      'diagnose cluster-x --workload=shop/deploy/web',
      { cluster: 'cluster-x', projects: [], workload: 'shop/deploy/web' },
    ],
    [
      'diagnose cluster-x --for serviceAccount:x@p.iam.gserviceaccount.com --verb list --resource roles --namespace kube-system',
      {
        cluster: 'cluster-x',
        projects: [],
        principal: 'serviceAccount:x@p.iam.gserviceaccount.com',
        verb: 'list',
        resource: 'roles',
        namespace: 'kube-system',
      },
    ],
    [
      'diagnose cluster-x --verb get --resource pods',
      { cluster: 'cluster-x', projects: [], verb: 'get', resource: 'pods' },
    ],
  ])('%s', (text, request) => {
    expect(command(text)).toMatchObject({ verb: 'diagnose', request });
  });

  it.each([
    ['scan', { verb: 'scan', projects: [], all: false }],
    ['scan prod-1 --all', { verb: 'scan', projects: ['prod-1'], all: true }],
    ['history cluster-x', { verb: 'history', cluster: 'cluster-x' }],
    ['cancel dg-1', { verb: 'cancel', id: 'dg-1' }],
    ['watch cluster-x --every 1d', { verb: 'watch', target: 'cluster-x', everyMs: 86_400_000 }],
    ['checks node-sa-permissions', { verb: 'checks', id: 'node-sa-permissions' }],
    ['', { verb: 'help' }],
    ['help scan --lang ja', { verb: 'help', topic: 'scan', language: 'ja' }],
    ['explain', { verb: 'explain' }],
    ['explain ERROR: "x" &lt;b&gt; --zone y\nline 2', { verb: 'explain', text: 'ERROR: "x" <b> --zone y\nline 2' }],
  ])('%s', (text, expected) => {
    expect(command(text)).toMatchObject(expected);
  });

  it.each([
    ['diagnoze cluster-x', 'verb-unknown', 'diagnose'],
    ['dignose', 'verb-unknown', 'diagnose'],
    ['statsu', 'verb-unknown', 'status'],
    ['xyzzyplugh', 'verb-unknown', undefined],
    ['doctor cluster-x', 'verb-unknown', undefined],
    ['diagnose cluster-x --fro a@b.c', 'option-unknown', '--for'],
    ['diagnose cluster-x --onyl api-enabled', 'option-unknown', '--only'],
    ['diagnose cluster-x --only node-sa-permission', 'option-value', 'node-sa-permissions'],
    ['diagnose cluster-x --ttl soon', 'option-value', undefined],
    ['diagnose cluster-x --ttl', 'option-value', undefined],
    ['diagnose cluster-x --for --ttl 1h', 'option-value', undefined],
    ['diagnose cluster-x --resource pods', 'option-value', undefined],
    ['diagnose cluster-x cluster-y', 'argument-extra', undefined],
    ['diagnose "cluster x"', 'argument-invalid', undefined],
    ['diagnose Cluster_X!', 'argument-invalid', undefined],
    ['diagnose a/b/c/d', 'argument-invalid', undefined],
    ['diagnose', 'argument-missing', undefined],
    ['diagnose cluster\u0007x', 'control-characters', undefined],
    ['diagnose cluster\u202ex', 'control-characters', undefined],
    [`diagnose ${'x'.repeat(10_000)}`, 'too-long', undefined],
    ['watch cluster-x', 'option-value', undefined],
    ['watch cluster-x --every 1s', 'option-value', undefined],
    ['checks node-sa', 'argument-invalid', undefined],
    ['scan --all=yes', 'option-value', undefined],
  ])('%s is refused as %s', (text, code, meant) => {
    const wrong = usage(text);
    expect(wrong.code).toBe(code);
    expect(wrong.nearest).toBe(meant);
    for (const language of ['en', 'ja'] as const) {
      expect(wrong.message[language].length + wrong.next[language].length).toBeGreaterThan(10);
      expect(wrong.message[language].length).toBeLessThan(400);
    }
  });

  it('keeps what was asked where only the cluster is missing', () => {
    expect(usage('diagnose --for a@example.com --project prod-1').request).toEqual({
      cluster: '',
      projects: ['prod-1'],
      principal: 'a@example.com',
    });
  });

  it('has terminal-only verbs and options on the terminal alone', () => {
    expect(verbsOf('slack')).not.toContain('doctor');
    expect(parseVerb(['doctor', 'cluster-x'])).toMatchObject({
      ok: true,
      command: { verb: 'doctor', cluster: 'cluster-x' },
    });
    expect(parseVerb(['diagnose', 'c', '--picture', 'a.svg', '--format', 'json'])).toMatchObject({
      ok: true,
      command: { picture: 'a.svg', format: 'json' },
    });
    expect(parseVerb(['diagnose', 'c', '--picture', 'a.svg'], 'slack')).toMatchObject({
      ok: false,
      usage: { code: 'option-unknown' },
    });
    expect(parseVerb(['diagnose', 'c', '--verb', 'get', '--resource', 'pods'])).toMatchObject({
      ok: false,
      usage: { code: 'option-value' },
    });
    expect(parseVerb([])).toMatchObject({ ok: false, usage: { code: 'verb-missing' } });
    expect(parseVerb(['--help'])).toMatchObject({ ok: true, command: { verb: 'help' } });
  });

  it('never throws, whatever is typed', () => {
    const word = fc.oneof(
      fc.constantFrom(...Object.keys(VERBS), '--for', '--only', '--', '--all', '=', '"', '“', '—x', '<@U1|', '&lt;'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(
        fc.array(word).map(words => words.join(' ')),
        text => {
          const parsed = parseCommand(text);
          expect(parsed.ok || parsed.usage.message.ja.length > 0).toBe(true);
        },
      ),
      { numRuns: 200, seed: 11 },
    );
  });

  it('keeps quoted runs whole', () => {
    expect(tokenize(`a "b c" 'd e' “f g” --x="h i" it's`)).toEqual(['a', 'b c', 'd e', 'f g', '--x=h i', "it's"]);
  });
});
