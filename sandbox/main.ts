import { parseArgs } from 'node:util';
import { startGoogle } from './google/main.ts';
import { clusterName } from './google/world.ts';
import { projectId, tokens } from './scenarios/base.ts';
import { findScenario, scenarios } from './scenarios/index.ts';
import { startSlack } from './slack/main.ts';

const options = {
  scenario: { type: 'string', default: 'default' },
  'google-port': { type: 'string', default: '0' },
  'slack-port': { type: 'string', default: '0' },
  latency: { type: 'string', default: '0' },
  'page-token': { type: 'string' },
  list: { type: 'boolean', default: false },
} as const;

function wrongUsage(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function readOptions() {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return wrongUsage(`${error instanceof Error ? error.message : String(error)} (sandbox/README.md has the options)`);
  }
}

/** An option that is a number, not below 0. */
function numberOf(name: 'google-port' | 'slack-port' | 'latency'): number {
  const value = Number(values[name]);
  return Number.isInteger(value) && value >= 0 ? value : wrongUsage(`--${name} takes a number, not ${values[name]}`);
}

const values = readOptions();

if (values.list) {
  for (const { name, broken } of scenarios) process.stdout.write(`${name}\n    ${broken}\n`);
  process.exit(0);
}

const scenario =
  findScenario(values.scenario) ??
  wrongUsage(`There is no scenario ${values.scenario}. There are: ${scenarios.map(({ name }) => name).join(', ')}`);
const world = scenario.world();
const google = await startGoogle({
  world,
  worlds: Object.fromEntries(scenarios.map(each => [each.name, each.world])),
  port: numberOf('google-port'),
  latency: numberOf('latency'),
});

const slack = await startSlack({
  port: numberOf('slack-port'),
  ...(values['page-token'] && { pageToken: values['page-token'] }),
});
const clusters = Object.values(world.projects).flatMap(project =>
  Object.values(project.clusters).map(cluster => clusterName(project, cluster)),
);
const wanted = `/clusters/${scenario.cluster ?? 'cluster-x'}`;
process.stdout.write(
  `${JSON.stringify({
    google: google.url,
    project: projectId,
    cluster: clusters.find(name => name.endsWith(wanted)) ?? clusters[0] ?? '',
    tokens,
    slackApi: slack.slackApi,
    page: slack.page,
    slack: slack.slack,
  })}\n`,
);

let ending = false;
const end = (): void => {
  if (ending) return;
  ending = true;
  void Promise.all([google.close(), slack.close()]).then(() => process.exit(0));
};
process.on('SIGTERM', end);
process.on('SIGINT', end);
