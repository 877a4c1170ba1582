/** Lists of log entries: pages, and searches that need several answers (Cloud Logging API, entries.list). */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { containerLog } from '../../../sandbox/google/build/container-log.ts';
import type { ProjectBuilder } from '../../../sandbox/google/build/project.ts';
import { baseWorld, tokens } from '../../../sandbox/scenarios/base.ts';
import { type Client, start } from './client.ts';

let cloud: Client;
let project: ProjectBuilder;
beforeEach(async () => {
  const base = baseWorld();
  project = base.project;
  for (const minutesAgo of [1, 2, 3, 4, 5]) project.log(containerLog({ minutesAgo, text: `line ${minutesAgo}` }));
  cloud = await start(base.world.world);
});
afterEach(() => cloud.close());

/** What each answer of a whole search holds, page after page. */
async function search(pageSize: number): Promise<number[]> {
  const counts: number[] = [];
  let pageToken = '';
  do {
    const asked = { resourceNames: ['projects/sandbox-1'], orderBy: 'timestamp desc', pageSize, pageToken };
    const { body } = await cloud.call(tokens.owner, 'POST', 'v2/entries:list', asked);
    counts.push(Array.isArray(body.entries) ? body.entries.length : 0);
    pageToken = typeof body.nextPageToken === 'string' ? body.nextPageToken : '';
  } while (pageToken !== '' && counts.length < 20);
  return counts;
}

test('a list comes in pages', async () => {
  expect(await search(2)).toEqual([2, 2, 1]);
});

test('a search that runs out of time answers empty, with a token to go on with', async () => {
  project.slowLogSearch(2);
  expect(await search(2)).toEqual([0, 0, 2, 2, 1]);
});
