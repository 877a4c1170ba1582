/** The chain of a workload, as a picture in the thread. */
import { expect, it } from 'vitest';
import { useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';
import { scenarioNamed } from './terminal.ts';

const broken = useSystem({ rateLimits: false, world: scenarioNamed('wi-gsa-binding').world });

it('a workload’s chain is in the thread as a picture that says what it shows', async () => {
  const here = broken();
  await here.type(`diagnose cluster-x ${scenarioNamed('wi-gsa-binding').arguments?.join(' ')}`);
  const file = await until('the picture', () => {
    const [parent] = here.parents();
    const files = parent ? here.replies(parent).flatMap(reply => reply.files ?? []) : [];
    return files.find(({ name }) => name === 'workload-identity.png');
  });
  expect(file).toMatchObject({ mimetype: 'image/png' });
  expect(JSON.stringify(file)).toContain('wi-gsa-binding');
});
