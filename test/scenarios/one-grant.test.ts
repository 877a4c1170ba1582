/** Two checks fail for the want of one role: one button, with the check that can pass once it is granted. */
import { expect, it } from 'vitest';
import { useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { scenarioNamed } from './terminal.ts';

const scenario = scenarioNamed('cluster-auth-401');
const system = useSystem({ world: scenario.world, rateLimits: false });

it('a caller who gets 401 for want of the role: one approval, which ends as verified', async () => {
  const here = system();
  await here.type(`diagnose cluster-x ${scenario.arguments?.join(' ')}`);
  const verdict = await until('the verdict', () => here.parents().find(({ text }) => text.startsWith('❌')));
  const [first] = await until('the card', () => {
    const buttons = here.buttons('approve');
    return buttons.length > 0 && here.replies(verdict).length >= 1 ? buttons : undefined;
  });
  if (!first) throw new Error('no Approve button');
  expect(new Set(here.buttons('approve').map(({ value }) => value)).size).toBe(1);
  expect(await here.press(here.people.approver, first)).toMatchObject({ ok: true });
  const { signed } = await here.reaches(first.value, 'verified');
  expect(signed.plan).toMatchObject({
    check: 'caller-clusters-get',
    remedy: { params: { member: 'user:alice@example.com', role: 'roles/container.clusterViewer' } },
  });
});
