/** A paste as it was meant: undone escapes, whole words, and what each part of it is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../../src/explain/reading/lines.ts';
import { read } from '../../src/explain/reading/reading.ts';

const textOf = (paste: string) =>
  read(paste)
    .parts.map(({ text }) => text)
    .join('\n');
const kindsOf = (paste: string) => read(paste).parts.map(({ kind }) => kind);
const messagesOf = (paste: string) => read(paste).parts.flatMap(({ message }) => (message ? [message] : []));

describe('what stands before lines and around characters', () => {
  it.each([
    ["Terraform's box", '╷\n│ Error: no way\n│ \n│   with module.x\n╵', 'Error: no way\nwith module.x'],
    ['a box with a right border', '│ Error: no way │\n│ at all        │', 'Error: no way\nat all'],
    ['timestamps', '2024-01-03T15:20:45.649Z Error: no way', 'Error: no way'],
    ['log headers', 'E0103 15:20:06.750179       1 server.go:178] Error: no way', 'server.go:178] Error: no way'],
    ['build steps', 'Step #0 - "Apply": Error: no way', 'Error: no way'],
    ['commands of CI systems', '##[error]Error: no way', 'Error: no way'],
    ['container names', 'worker-1  | Error: no way', 'Error: no way'],
    ['Markdown quotes and fences', '> ```\n> Error: no way\n> ```', 'Error: no way'],
    ['colours', '\x1b[31m\x1b[1mError:\x1b[0m no way', 'Error: no way'],
    ['zero-width characters', 'Er\u200bror: no\u00a0way\ufeff', 'Error: no way'],
    ['carriage returns', 'Error:\r\nno way\r', 'Error:\nno way'],
    [
      'HTML entities, twice',
      'Error &amp;quot;no&amp;quot; &lt;way&gt; &#39;x&#39; &#x22;y&#x22;',
      'Error "no" <way> "x" "y"',
    ],
    [
      'links of Slack',
      'Error <https://a.example/x|a.example/x> <mailto:kim@example.com|kim@example.com>',
      'Error https://a.example/x kim@example.com',
    ],
    ['escapes of Python', String.raw`b'Error \'way\'\x27'`, 'b"Error "way""'],
    ['curly quotes', 'Error “no” ‘way’', 'Error "no" "way"'],
    ['guillemets, backticks, corner brackets', 'Error «no» `way` 「x」', 'Error "no" "way" "x"'],
    ['apostrophes, which are none', "Error: can't and won't", "Error: can't and won't"],
    ['continued shell lines', 'gcloud container \\\n  clusters list', 'gcloud container clusters list'],
  ])('sees through %s', (_, text, expected) => expect(textOf(text).replace(/\n+/g, '\n').trim()).toBe(expected));

  it.each([
    ['Error: requires recrea\ntion', 'Error: requires recreation'],
    [
      'denied for "projects/my-pr\noject/locations/us-cen\ntral1"',
      'denied for "projects/my-project/locations/us-central1"',
    ],
    ['denied service-\n123456@container-engine-robot.iam', 'denied service-123456@container-engine-robot.iam'],
    ['denied: kim@example\n.com is not', 'denied: kim@example.com is not'],
    ['denied iam.serviceAccounts\n.getAccessToken', 'denied iam.serviceAccounts.getAccessToken'],
    ['Error: c\n\nannot', 'Error: cannot'],
  ])('puts %j together', (text, expected) => expect(textOf(text)).toBe(expected));

  it.each([
    'failed: required\npermission',
    'Not found: projects/p/clusters/web.\nNo cluster named',
    'failed: cluster web\nproject shop',
    'error from pod-1   0/1   Error\npod-2   0/1   Error',
  ])('leaves %j apart', text => expect(textOf(text)).toBe(text));

  it('leaves the fields of a configuration apart', () => {
    const manifest = 'metadata:\n  name: reader\n  namespace: shop\n  uid: a-1\nautomountServiceAccountToken: true';
    expect(textOf(manifest)).toBe(manifest.replace(/^ +/gm, ''));
  });

  it('knows when a line was written', () => {
    const [first, second] = linesOf('2026-03-01T10:00:00Z one\n[11:01:30] two');
    expect((first?.at ?? 0) % 86_400).toBe(10 * 3_600);
    expect(second?.at).toBe(11 * 3_600 + 90);
  });

  it('loses no word of an error, whatever it consists of', () => {
    const word = fc.stringMatching(/^[a-z]{2,10}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), words => {
        expect(messagesOf(`failed ${words.join(' ')}`)[0]?.apart).toBe(`failed ${words.join(' ')}`);
      }),
    );
  });
});

describe('what the parts of a paste are', () => {
  it.each<[string, string, string[]]>([
    ['an error alone', 'error: You must be logged in to the server (Unauthorized)', ['error']],
    ['a command and its error', '$ kubectl get pods\nerror: no way', ['command', 'error']],
    ['a command without a prompt', 'gcloud auth login', ['command']],
    ['an error that begins with the name of a tool', 'helm upgrade failed: no way', ['error']],
    ['what works', 'Fetching cluster endpoint and auth data.\nkubeconfig entry generated for web.', ['output']],
    [
      'a table of what runs',
      'NAME   READY   STATUS    RESTARTS   AGE\nweb-0  1/1     Running   0          2d',
      ['output'],
    ],
    [
      'a table with something that does not',
      'NAME   READY   STATUS             RESTARTS   AGE\nweb-0  0/1     CrashLoopBackOff   9          2d',
      ['output', 'error'],
    ],
    [
      'a manifest',
      'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: reader\n  namespace: shop',
      ['configuration'],
    ],
    ['one field', 'iam.gke.io/gcp-service-account: reader@birch-7.iam.gserviceaccount.com', ['configuration']],
    [
      'Terraform',
      'resource "google_container_node_pool" "np" {\n  name    = "np"\n  cluster = google_container_cluster.main.id\n}',
      ['configuration'],
    ],
    ['an environment', 'GOOGLE_APPLICATION_CREDENTIALS=/secrets/key.json\nPROJECT_ID=birch-7', ['configuration']],
    [
      'a kubeconfig with its hint',
      'users:\n- name: gke\n  user:\n    exec:\n      command: gke-gcloud-auth-plugin\n      installHint: Install gke-gcloud-auth-plugin for use with kubectl by following\n        https://cloud.google.com/kubernetes-engine/docs\n      provideClusterInfo: true',
      ['configuration'],
    ],
    ['an error directly above a manifest', 'Error: no way\napiVersion: v1\nkind: Pod', ['error', 'configuration']],
    ['an error directly below one', 'apiVersion: v1\nkind: Pod\nError: no way', ['configuration', 'error']],
    [
      'a condition that failed, in a manifest',
      'kind: Cluster\nconditions:\n- code: NODE_SERVICE_ACCOUNT_MISSING_PERMISSIONS\n  message: Node service account is missing permissions.\nname: web',
      ['configuration', 'error', 'configuration'],
    ],
    [
      'the details of an error of gcloud',
      "ERROR: (gcloud.x) denied\n- '@type': type.googleapis.com/google.rpc.ErrorInfo\n  domain: iam.googleapis.com\n  metadata:\n    permission: a.b.c",
      ['error'],
    ],
    [
      'a manifest in JSON',
      '{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"reader"}}',
      ['configuration'],
    ],
    ['an answer in JSON', '{"error":{"code":403,"message":"denied"}}', ['error']],
    ['a record of what works, in JSON', '{"severity":"INFO","message":"started"}', ['output']],
    [
      'people',
      'hi team, since this morning I get this:\n\nError: no way\n\nany idea? thanks!',
      ['prose', 'error', 'prose'],
    ],
    ['a link', 'For more information see https://cloud.google.com/iam/docs/troubleshoot-access', ['prose']],
  ])('%s', (_, paste, kinds) => expect(kindsOf(paste)).toEqual(kinds));
});

describe('messages', () => {
  it('a message in JSON in a log record is one of its own', () => {
    const inner = JSON.stringify({ error: { code: 403, message: 'Permission denied' } });
    const paste = `${JSON.stringify({ level: 'info', msg: 'starting' })}\n${JSON.stringify({ level: 'error', body: inner })}`;
    expect(messagesOf(paste).map(({ apart }) => apart)).toEqual(['level error', 'code 403 message permission denied']);
  });

  it('an empty line ends a message, unless what follows continues it', () => {
    expect(messagesOf('Error: one\n\nError: two')).toHaveLength(2);
    expect(messagesOf('Error: one\n\n  with google_container_cluster.main,\n  on main.tf line 3')).toHaveLength(1);
  });

  it('are read with each line break as a blank, and as none', () => {
    expect(messagesOf('failed: you must be log\nged in')[0]).toMatchObject({
      torn: 'failed you must be logged in',
    });
  });
});
