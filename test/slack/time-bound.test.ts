/** What Slack shows of a grant that ends: also who makes it by hand makes one that ends. */
import { expect, it } from 'vitest';
import { useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { brokenProjects } from '../system/worlds.ts';

const system = useSystem({ world: () => brokenProjects(2), rateLimits: false, start: ['bot', 'diagnose'] });

it('the command beside it, its undo and its Terraform carry the end', async () => {
  const here = system();
  const { requester } = here.people;
  const channel = here.addChannel('by-hand');
  const button = await here.offer(1, channel, { more: '--ttl 8h' });
  const { plan } = (await here.approval(button.value)).signed;
  expect(plan.grantMs).toBe(8 * 3_600_000);
  const [byHand] = here.buttons('remedy_text', channel);
  if (!byHand) throw new Error('there is no button for the commands');
  await here.press(requester, byHand);
  const modal = await until('the commands', () => here.modal(requester));
  const texts = JSON.stringify(modal.blocks);
  expect(texts).not.toContain('--condition=None');
  const [end = ''] = texts.match(/(?<=gke-auth until )[\dTZ:-]+/) ?? [];
  // Command, Terraform, undo: each in the condition's expression.
  expect(texts.match(new RegExp(`request\\.time < timestamp\\([^)]*${end}`, 'g'))).toHaveLength(3);
  expect(Date.parse(end)).toBeGreaterThan(Date.now() + 7 * 3_600_000);
  expect(plan.remedy.command).toContain(end);
});
