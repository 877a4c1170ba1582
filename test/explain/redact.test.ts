import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, redactDeep } from '../../src/explain/redact.ts';
import { PASTES, plain, r, secretOf } from './secrets.ts';

describe('redact', () => {
  it('knows at least 30 kinds', () => expect(Object.keys(PASTES).length).toBeGreaterThanOrEqual(30));

  it.each(Object.entries(PASTES))('takes out: %s', (_, paste) => {
    const { text, redactions, kinds } = redact(plain(paste));
    expect(text).not.toContain(secretOf(paste));
    for (let at = 0; at + 12 <= secretOf(paste).length; at += 6) {
      const piece = secretOf(paste).slice(at, at + 12);
      if (!/BEGIN|PRIVATE|hooks|slack/.test(piece)) expect(text).not.toContain(piece);
    }
    expect(redactions).toBeGreaterThanOrEqual(1);
    expect(kinds.length).toBeGreaterThanOrEqual(1);
    expect(text.startsWith(paste.slice(0, paste.indexOf('⟦')).slice(0, 4))).toBe(true);
  });

  it.each(['ya29.a0', 'xoxb-1234567890-', 'GOCSPX-', 'AIza', 'ghp_', 'eyJhbGciOiJSUzI1NiJ9.'])(
    'finds %s… torn apart by line breaks and a box',
    prefix => {
      const secret = `${prefix}${r(80)}`;
      for (const breaks of [[3], [20], [30, 60], [secret.length - 5]]) {
        const torn = [...breaks, secret.length].map((end, index, ends) => secret.slice(ends[index - 1] ?? 0, end));
        for (const glue of ['\n', '\r\n', '\n│ ', ' │\n│ ', '\n> ', '\\\n', '\\n']) {
          const { text } = redact(`export T=${torn.join(glue)}\nError: denied for project`);
          for (const piece of torn.filter(part => part.length > 4)) expect(text).not.toContain(piece);
          expect(text).toContain('Error: denied for project');
        }
      }
    },
  );

  it('redacting twice changes nothing more', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...Object.values(PASTES).map(plain)), fc.string()), { maxLength: 6 }),
        parts => {
          const once = redact(parts.join('\n')).text;
          expect(redact(once)).toMatchObject({ text: once, redactions: 0 });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('leaves names as they are', () => {
    const name = fc.stringMatching(/^[a-z]([a-z0-9-]{3,26}[a-z0-9])$/);
    const sentence = fc.oneof(
      name.map(project => `project: ${project} password authentication failed`),
      name.map(cluster => `gcloud container clusters get-credentials ${cluster} --location=us-central1`),
      fc
        .tuple(name, name)
        .map(
          ([sa, project]) =>
            `serviceAccount:${sa}@${project}.iam.gserviceaccount.com lacks iam.serviceAccounts.getAccessToken`,
        ),
      fc.stringMatching(/^[0-9a-f]{64}$/).map(digest => `gcr.io/acme/web@sha256:${digest}`),
      fc.uuid().map(id => `audit-id: ${id}`),
      fc.ipV4().map(ip => `dial tcp ${ip}:443: connect: connection refused`),
      name.map(secret => `secrets "${secret}" is forbidden: User "bob@example.com" cannot get resource "secrets"`),
      name.map(secret => `secretmanager.versions.access denied for projects/p/secrets/${secret}/versions/latest`),
      fc
        .integer({ min: 1, max: 99 })
        .map(days => `token expired ${days} days ago; token: invalid; the token was revoked`),
      name.map(project => `Invalid password: must be longer than that in ${project}`),
      name.map(key => `kubectl create secret generic ${key} --from-literal=username=bob`),
    );
    fc.assert(
      fc.property(sentence, text => {
        expect(redact(text)).toMatchObject({ text, redactions: 0 });
      }),
      { numRuns: 500 },
    );
  });

  it('never loses text around a secret', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(PASTES)), fc.stringMatching(/^[a-z ]{0,40}$/), (paste, around) => {
        const text = redact(`${around}\n\n${plain(paste)}\n\n${around}`).text;
        expect(text.startsWith(around)).toBe(true);
        expect(text.endsWith(around)).toBe(true);
      }),
    );
  });
});

describe('redactDeep', () => {
  it('goes into objects, arrays and errors, and knows keys that hold secrets', () => {
    const token = plain(secretOf(PASTES['google-access-token'] ?? ''));
    const value = {
      msg: `failed with ${token}`,
      headers: { authorization: 'x y', accept: 'json' },
      list: [token],
      count: 3,
      none: null,
    };
    expect(JSON.stringify(redactDeep(value))).not.toContain(token);
    expect(redactDeep(value)).toMatchObject({
      headers: { authorization: '[REDACTED:secret]', accept: 'json' },
      count: 3,
      none: null,
    });
    const error = redactDeep(new Error(`no: ${token}`));
    expect(error).toBeInstanceOf(Error);
    expect(error.message).not.toContain(token);
  });

  it('survives cycles and leaves other objects alone', () => {
    const value: Record<string, unknown> = { when: new Date(0) };
    value.self = value;
    expect(redactDeep(value)).toEqual({ when: new Date(0), self: '[circular]' });
  });
});
