import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { explainText } from '../../src/explain/recognize.ts';
import { redact } from '../../src/explain/redact.ts';
import { corpus } from './corpus.ts';

/** CPU of this process in ms while `work` ran: other processes on the machine don't count. */
function cpu(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Pieces that patterns begin with: repeated, they make a bad pattern try again from every place. */
const HOSTILE: Record<string, string> = {
  letters: 'a',
  blanks: ' ',
  'line breaks': '\n',
  'blank lines': ' \n',
  quotes: '"\'',
  backslashes: '\\',
  'escaped quotes': '\\"',
  'box lines': '│ │ ',
  entities: '&amp;quot;',
  'slack links': '<https://a|',
  colours: '\x1b[31m',
  'half tokens': 'ya29.',
  'half keys': '-----BEGIN PRIVATE KEY-----',
  'half urls': 'https://a:',
  bearer: 'bearer ',
  passwords: 'password=',
  forbidden: 'is forbidden: User "a" ',
  cannot: 'user a cannot ',
  required: 'Required "container.',
  permissions: 'permission denied ',
  projects: 'projects/a-project/',
  clusters: 'projects/p-project/locations/us-east1/clusters/',
  metadata: 'metadata.google.internal ',
  address: '169.254.169.254 ',
  constraint: 'constraints/compute.a ',
  accounts: 'a@b.iam.gserviceaccount.com ',
  apis: 'Some API ',
  crash: 'gke-metadata-server-abcde 0/1 ',
  dial: 'https://1.2.3.4/api: dial tcp 1.2.3.4:443: ',
  svc: 'a.svc.id.goog[',
  json: '{"a":[',
  plugin: 'gke-gcloud-auth-plugin ',
};

describe.each(Object.entries(HOSTILE))('%s, over and over', (_, piece) => {
  it('costs at most 50 ms of CPU for each 10 kB', () => {
    const text = piece.repeat(Math.ceil(40_000 / piece.length));
    expect(cpu(() => explainText(text))).toBeLessThanOrEqual(4 * 50);
  });
});

it('reads a real text of 10 kB in 50 ms', () => {
  const text = corpus('tuning')
    .map(example => example.text)
    .join('\n')
    .slice(0, 10_000);
  explainText(text);
  expect(cpu(() => explainText(text))).toBeLessThanOrEqual(50);
});

it('redacts all of a megabyte and reads a bounded part of it', () => {
  const secret = 'password=Tr0ub4dor&3';
  const text = `${'lorem ipsum dolor sit amet '.repeat(20_000)}${secret} ${'x'.repeat(500_000)} error: You must be logged in to the server (Unauthorized)`;
  const started = performance.now();
  const { matches, redacted, redactions } = explainText(text);
  expect(performance.now() - started).toBeLessThan(5_000);
  expect(redacted).not.toContain('Tr0ub4dor');
  expect(redactions).toBe(1);
  expect(matches[0]?.problem).toBe('cluster-auth-401');
});

it('redacts hostile megabytes in linear time', () => {
  for (const piece of ['password=', 'ya29.', 'bearer ', '://a:', '-----BEGIN PRIVATE KEY-----', '\n \n', 'token: ']) {
    const half = cpu(() => redact(piece.repeat(400_000 / piece.length)));
    const whole = cpu(() => redact(piece.repeat(800_000 / piece.length)));
    expect(whole, piece).toBeLessThan(3 * half + 200);
  }
});
