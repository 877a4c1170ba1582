import { parseArgs } from 'node:util';
import { startGoogle } from './google/main.ts';
import { clusterName } from './google/world.ts';
import { projectId, tokens } from './scenarios/base.ts';
import { findScenario, scenarios } from './scenarios/index.ts';
import { startSlack } from './slack/main.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'default' },
    'google-port': { type: 'string', default: '0' },
    'slack-port': { type: 'string', default: '0' },
    latency: { type: 'string', default: '0' },
    list: { type: 'boolean', default: false },
  },
});

if (values.list) {
  for (const { name, broken } of scenarios) process.stdout.write(`${name}\n    ${broken}\n`);
  process.exit(0);
}

const scenario = findScenario(values.scenario);
if (!scenario) {
  process.stderr.write(
    `There is no scenario ${values.scenario}. There are: ${scenarios.map(s => s.name).join(', ')}\n`,
  );
  process.exit(2);
}

const world = scenario.world();
const google = await startGoogle({
  world,
  worlds: Object.fromEntries(scenarios.map(each => [each.name, each.world])),
  port: Number(values['google-port']),
  latency: Number(values.latency),
});

const slack = await startSlack({ port: Number(values['slack-port']) });
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
