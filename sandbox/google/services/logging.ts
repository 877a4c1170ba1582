import { invalid } from '../errors.ts';
import { parseFilter } from '../filter.ts';
import { hierarchyResource } from '../iam/evaluate.ts';
import { type Call, listResponse, page, type Route } from '../route.ts';
import { asString, asStrings, findProject, type JsonObject } from '../world.ts';
import { denied } from './iam.ts';

const service = 'logging.googleapis.com';

/** Logs that need `logging.privateLogEntries.list` (Cloud Logging, "Access control with IAM"). */
const privateLog = /cloudaudit\.googleapis\.com(?:\/|%2F)(?:data_access|access_transparency)$/i;

/**
 * A search that did not get through in time answers with a page token and no entries (logging v2,
 * ListLogEntriesResponse.next_page_token). Nothing where the search has got through.
 */
function unfinished(call: Call, emptyAnswers: number): JsonObject | undefined {
  const token = asString(call.body.pageToken);
  const [, searched] = /^search:(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (token !== '' && searched === undefined) return undefined;
  const answers = Number(searched ?? 0);
  call.body = { ...call.body, pageToken: '' };
  if (answers >= emptyAnswers) return undefined;
  return { nextPageToken: Buffer.from(`search:${answers + 1}`).toString('base64url') };
}

/** Entries of every named project that the caller may see, filtered and in order of time. */
function list(call: Call): JsonObject {
  const names = asStrings(call.body.resourceNames);
  if (names.length === 0) throw invalid('At least one resource name is needed.');
  let slowest = 0;
  const entries = names.flatMap(name => {
    const project = findProject(call.world, name.split('/')[1] ?? '');
    const resource = project && hierarchyResource(call.world, `projects/${project.projectId}`);
    if (!call.may('logging.logEntries.list', resource)) throw denied('logging.logEntries.list');
    if (project?.slowLogSearch) slowest = Math.max(slowest, project.slowLogSearch);
    const all = call.may('logging.privateLogEntries.list', resource);
    return (project?.logEntries ?? []).filter(entry => all || !privateLog.test(asString(entry.logName)));
  });
  const searching = unfinished(call, slowest);
  if (searching) return searching;
  const direction = asString(call.body.orderBy) === 'timestamp desc' ? -1 : 1;
  const byTime = (a: JsonObject, b: JsonObject): number =>
    direction * (Date.parse(asString(a.timestamp)) - Date.parse(asString(b.timestamp)));
  try {
    const found = entries.filter(parseFilter(asString(call.body.filter))).sort(byTime);
    return listResponse('entries', page(call, found, { default: 50, max: 1_000 }));
  } catch (error) {
    throw error instanceof SyntaxError ? invalid(`Unparseable filter: ${error.message}`) : error;
  }
}

export const loggingRoutes: Route[] = [
  { service, id: 'entries.list', method: 'POST', path: '/v2/entries:list', handle: list },
];
