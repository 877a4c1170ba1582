/** Google's and a cluster's errors keep the same of an answer: words in one line, no markup, a bearable length. */
import { expect, test } from 'vitest';
import { errorFromAnswer as fromGoogle } from '../../src/google/errors.ts';
import { errorFromAnswer as fromCluster } from '../../src/kubernetes/errors.ts';

const PAGE = '<!doctype html><style>p { color: red }</style>\n<p>Not&nbsp;today</p> <script>x()</script>';

test.each<[string, string, string]>([
  ['a page', PAGE, 'Not&nbsp;today'],
  ['nothing', ' \n', '(empty answer)'],
  ['a text in several lines', 'no\n  upstream', 'no upstream'],
  ['too much', 'x'.repeat(600), `${'x'.repeat(500)}…`],
])('%s', (_, body, message) => {
  const answer = { status: 502, headers: {}, body };
  expect(fromGoogle('iam', answer).message).toBe(message);
  expect(fromCluster(answer).message).toBe(message);
});

test('what an API says in angle brackets is no markup', () => {
  const message = 'Invalid <name>';
  const answer = (body: object) => ({ status: 400, headers: {}, body: JSON.stringify(body) });
  expect(fromGoogle('iam', answer({ error: { message } })).message).toBe(message);
  expect(fromCluster(answer({ message })).message).toBe(message);
});
