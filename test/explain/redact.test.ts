import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, redactDeep } from '../../src/explain/redact.ts';

const r = (length: number, alphabet = 'aB3dE5gH7jK9mN1pQ') =>
  Array.from({ length }, (_, index) => alphabet[(index * 7) % alphabet.length]).join('');

/** Kind → a paste with it; the secret is what stands between ⟦ and ⟧. Put together at run time, so that no scanner takes them for real. */
const PASTES: Record<string, string> = {
  'google-access-token': `TOKEN=⟦ya29.a0${r(60)}⟧ kubectl get ns`,
  jwt: `id_token ⟦eyJ${r(20)}.eyJ${r(40)}.${r(43)}⟧ sent`,
  'google-refresh-token': `got ⟦1//0g${r(60)}⟧ from disk`,
  'google-authorization-code': `code ⟦4/0A${r(50)}⟧`,
  'google-api-key': `call with ⟦AIza${r(35)}⟧`,
  'google-client-secret': `oauth ⟦GOCSPX-${r(28)}⟧`,
  'google-hmac-key': `hmac ⟦GOOG1E${r(55, 'AB3DE5GH7')}⟧`,
  'slack-token': `bot ⟦xoxb-1234567890-${r(24)}⟧`,
  'slack-app-token': `app ⟦xapp-1-A0123-${r(40)}⟧`,
  'slack-webhook': `post https://⟦hooks.slack.com/services/T000/B000/${r(24)}⟧`,
  'github-token': `push with ⟦ghp_${r(36)}⟧`,
  'gitlab-token': `⟦glpat-${r(20)}⟧ in CI`,
  'npm-token': `//registry.npmjs.org/:_authToken=⟦npm_${r(36)}⟧`,
  'pypi-token': `twine ⟦pypi-${r(60)}⟧`,
  'docker-token': `login ⟦dckr_pat_${r(27)}⟧`,
  'aws-access-key': `key ⟦AKIA${r(16, 'AB3DE5GH7')}⟧ used`,
  'aws secret key': `aws_secret_access_key = ⟦${r(40)}⟧`,
  'eks-token': `⟦k8s-aws-v1.${r(60)}⟧`,
  'azure-account-key': `DefaultEndpointsProtocol=https;AccountKey=⟦${r(86)}==⟧;x`,
  'azure-sas': `SharedAccessSignature=⟦sv2020&sig${r(30)}⟧`,
  'stripe-key': `⟦sk_live_${r(24)}⟧`,
  'openai-key': `⟦sk-proj-${r(40)}⟧`,
  'sendgrid-key': `⟦SG.${r(22)}.${r(43)}⟧`,
  'vault-token': `VAULT ⟦hvs.${r(30)}⟧`,
  'huggingface-token': `⟦hf_${r(34)}⟧`,
  'digitalocean-token': `⟦dop_v1_${r(64, 'ab3de5f7')}⟧`,
  'bootstrap-token': `kubeadm join --token ⟦ab12cd.${r(16, 'ab3de5f7')}⟧`,
  'age-key': `⟦AGE-SECRET-KEY-1${r(58, 'AB3DE5GH7')}⟧`,
  'private-key': `⟦-----BEGIN RSA PRIVATE KEY-----\n${r(64)}\n${r(64)}\n-----END RSA PRIVATE KEY-----⟧`,
  'private-key in a service account key': `"private_key": "⟦-----BEGIN PRIVATE KEY-----\\n${r(64)}\\n${r(64)}\\n-----END PRIVATE KEY-----⟧\\n"`,
  'private-key cut off': `⟦-----BEGIN EC PRIVATE KEY-----\n${r(64)}\n${r(30)}⟧`,
  'private-key-id': `"private_key_id": "⟦${r(40, 'ab3de5f7')}⟧"`,
  'bearer-token': `curl -H "Authorization: Bearer ⟦${r(50)}⟧" https://x`,
  'basic-auth-header': `Authorization: Basic ⟦${r(24)}==⟧`,
  'url-password': `git clone https://bob:⟦hunter2x⟧@git.example.com/x.git`,
  'url-token': `https://⟦${r(30)}⟧@github.com/acme/x`,
  cookie: `Cookie: ⟦SID=${r(20)}; HSID=${r(12)}⟧`,
  'signed-url': `https://storage.googleapis.com/b/o?X-Goog-Signature=⟦${r(60, 'ab3de5f7')}⟧&x=1`,
  'query-token': `curl https://oauth2.googleapis.com/tokeninfo?access_token=⟦opaque${r(30)}⟧`,
  'kubeconfig-client-key': `    client-key-data: ⟦LS0tLS1C${r(120)}⟧`,
  'kubeconfig-client-certificate': `client-certificate-data: ⟦LS0tLS1C${r(80)}⟧`,
  'kubeconfig token': `    token: ⟦${r(40)}⟧`,
  'docker-config': `.dockerconfigjson: ⟦${r(80)}⟧`,
  'docker-auth': `{"auths":{"gcr.io":{"auth":"⟦${r(40)}=⟧"}}}`,
  netrc: `machine git.example.com login bob password ⟦pa55word⟧`,
  'password-flag': `helm registry login --password=⟦s3cr3t-Pa55⟧ x`,
  'password in the environment': `DB_PASSWORD=⟦s3cr3t!⟧`,
  'password with signs': `MYSQL_PASSWORD=⟦Tr0ub4dor&3(x)⟧ mysqld`,
  'password in a sentence': `the password: ⟦hunter2⟧ was wrong`,
  'password in YAML': `  password: ⟦correcthorse⟧`,
  'quoted password': `"password": "⟦correct horse battery⟧"`,
  'client secret': `client_secret: "⟦${r(32)}⟧"`,
  'access token in JSON': `{"access_token":"⟦opaque-${r(40)}⟧","expires_in":3599}`,
  'access token in JSON in JSON': `"{\\"access_token\\":\\"⟦opaque-${r(40)}⟧\\"}"`,
  'api key': `X-Api-Key: ⟦${r(32)}⟧`,
};

const secretOf = (paste: string) => /⟦([\s\S]*)⟧/.exec(paste)?.[1] ?? '';
const plain = (paste: string) => paste.replace(/[⟦⟧]/g, '');

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
