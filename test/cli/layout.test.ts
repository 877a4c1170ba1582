/** Nothing runs over the edge of the screen, however narrow it is, but what has to stay whole: commands and long names. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import defaultScenario from '../../sandbox/scenarios/default.ts';
import { beside, width, wrap } from '../../src/cli/output/layout.ts';
import type { TextOptions } from '../../src/cli/output/lines.ts';
import { scanAsText } from '../../src/cli/output/scan-text.ts';
import { reportAsText } from '../../src/cli/output/text.ts';
import { Report, Scan } from '../../src/contracts/report.ts';
import { LANGUAGES } from '../../src/contracts/text.ts';
import { enter } from './entrance.ts';
import { gkeAuth, type Place, startPlace } from './program.ts';

let place: Place;
beforeAll(async () => {
  place = await startPlace(defaultScenario.world());
});
afterAll(() => place?.[Symbol.asyncDispose]());

/** Lines that are too long although they could be broken. */
function tooLong(text: string, columns: number): string[] {
  return text.split('\n').filter(line => {
    const said = line.replace(/^ {4}(proof|effect|where|根拠|影響|場所) +/, '').trim();
    const isCommand = / \\$|^(fix|修正) +\w+ |^--/.test(said);
    return width(line) > columns && !isCommand && /[\s\u3000-\u9fff]/.test(said.replace(/[、。，．」』）]+$/, ''));
  });
}

describe.each(LANGUAGES)('in %s', language => {
  let report: Report;
  let scan: Scan;
  beforeAll(async () => {
    const json = ['--format', 'json', '--lang', language];
    const [diagnosed, scanned] = [
      await place.enter('diagnose', 'cluster-x', ...json),
      await place.enter('scan', ...json),
    ];
    report = Report.parse(JSON.parse(diagnosed.stdout));
    scan = Scan.parse(JSON.parse(scanned.stdout));
  });

  test.each([40, 60, 80, 200])('a report and a scan fit into %i columns', columns => {
    const options: TextOptions = { language, columns, verbose: false, paint: (_, text) => text };
    expect(tooLong(reportAsText(report, options), columns)).toEqual([]);
    expect(tooLong(scanAsText(scan, options), columns)).toEqual([]);
  });
});

test('Japanese lines neither begin with what closes nor end with what opens', () => {
  const text = '読み取れないところで、すでに（グループ「x」などを通じて）付与されている可能性があります。';
  for (let columns = 20; columns < 60; columns++) {
    for (const line of wrap(text, columns)) expect(line).not.toMatch(/^[、。）」]|[（「]$/);
    expect(wrap(text, columns).join('')).toBe(text);
  }
});

test('what has no room beside goes below', () => {
  expect(beside('name', 10, 'one two three', 100)).toEqual(['name      one two three']);
  expect(beside('name', 10, 'one two three four five six seven', 39)).toEqual([
    'name      one two three four five six',
    '          seven',
  ]);
  expect(beside('name', 10, 'one two three', 30)).toEqual(['name', '      one two three']);
});

test('the commands of an explanation can be pasted', async () => {
  const { stdout } = await gkeAuth([
    'explain',
    'Required "container.clusters.get" permission for "projects/some-project"',
  ]);
  expect(stdout).toMatch(
    /^ {3}gcloud projects add-iam-policy-binding some-project --member=\S+ --role=roles\/container\.clusterViewer --condition=None$/m,
  );
});

test('clusters that can’t be listed are not counted as none', async () => {
  const env = { ...place.env, CLOUDSDK_API_ENDPOINT_OVERRIDES_CONTAINER: 'http://127.0.0.1:1/' };
  const [text, markdown] = await Promise.all([
    enter(['scan'], env),
    enter(['scan', '--format', 'markdown', '--lang', 'ja'], env),
  ]);
  expect(text.stdout).toMatch(/^sandbox-1 · not all clusters of sandbox-1 can be listed\n/);
  expect(text.stdout).toContain('Which node accounts there are can’t be told.');
  expect(text.stdout).not.toMatch(/0 clusters|No node accounts/);
  expect(markdown.stdout).toContain('sandbox-1 には一覧できないクラスタがあります');
  expect(markdown.stdout).not.toContain('| --- |');
});
