/** Two clusters of one name: Slack asks which, a click answers, and the report comes. */
import { expect, it } from 'vitest';
import { healthyWorld } from '../../sandbox/scenarios/base.ts';
import { useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';

const twins = useSystem({
  rateLimits: false,
  world: () => {
    const healthy = healthyWorld();
    healthy.project.cluster({ name: 'cluster-x', location: 'us-central1', nodePools: [{ name: 'pool-a' }] });
    return healthy.world.world;
  },
});

it('asks which cluster is meant, and looks at the one that was clicked', async () => {
  const here = twins();
  await here.type('diagnose cluster-x');
  const choices = await until('the choices', () => {
    const found = here.buttons('pick_cluster');
    return found.length === 2 ? found : undefined;
  });
  const american = choices.find(({ value }) => value.includes('/us-central1/'));
  if (!american) throw new Error('us-central1 is not among the choices');
  expect(await here.press(here.people.requester, american)).toMatchObject({ ok: true });
  const report = await until('its report', () =>
    here.parents().find(({ text }) => /problem|authorization problems|warning/.test(text)),
  );
  expect(JSON.stringify(report)).toContain('us-central1');
});
