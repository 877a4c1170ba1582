/** An error posted by one person, *Diagnose this error* by another, the modal, the report, the click, the fix: in a browser. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, launchChromium } from '../sandbox/page/chromium.ts';
import { useSystem } from '../system/system.ts';
import { until } from '../system/until.ts';

const chromium = findChromium();
const ROLE = 'roles/container.defaultNodeServiceAccount';
const ERROR = `Grant ${ROLE} role to Node service account to allow for non-degraded operations. (node pool: pool-b) token: ya29.a0${'x9Y8'.repeat(12)}`;

describe.skipIf(chromium === undefined)('an error in the page (needs Chromium: set CHROMIUM_PATH)', () => {
  const system = useSystem();
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(chromium ?? '');
  });
  afterAll(() => browser?.close());

  it('is explained, proven, fixed and verified', async () => {
    const here = system();
    const { requester, approver, japanese } = here.people;
    const open = async (user: string): Promise<Page> => {
      const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
      await page.goto(`${here.slack.page}?user=${user}`);
      await page.getByTestId('composer').waitFor();
      return page;
    };
    const [hanako, alice, bob] = await Promise.all([open(japanese), open(requester), open(approver)]);
    await hanako.getByTestId('composer').fill(ERROR);
    await hanako.getByTestId('composer').press('Enter');

    const posted = alice.getByTestId('message').filter({ hasText: 'non-degraded operations' });
    await posted.hover();
    await posted.getByTestId('message-menu').click();
    await alice.getByTestId('shortcut:diagnose_message').click();
    const modal = alice.getByTestId('modal');
    await modal.getByText("can't write system logs and metrics").waitFor();
    await modal.getByText('There was a secret in this text').waitFor();
    expect(await modal.innerText()).toContain('pool-b');
    expect(await modal.innerText()).not.toContain('x9Y8');
    expect(await modal.getByTestId('field:for').count()).toBe(0);
    await modal.getByTestId('field:typed').fill('cluster-x');
    await modal.getByTestId('modal-submit').click();
    await modal.waitFor({ state: 'detached' });

    await bob.getByTestId('open-thread').click();
    const thread = bob.getByTestId('thread');
    const verdict = thread.getByTestId('message').filter({ hasText: 'The error says' });
    await verdict.waitFor();
    expect(await verdict.innerText()).toMatch(/we found the same: .*pool-b[\s\S]*1 problem in cluster-x/);
    const card = thread.getByTestId('message').filter({ has: bob.getByTestId('action:approve') });
    await card.first().getByTestId('action:approve').first().click();
    await bob.getByTestId('confirm-accept').click();
    await thread.getByText('Verified').first().waitFor();
    expect(here.holders('sandbox-1', ROLE)).toContain('serviceAccount:node-b@sandbox-1.iam.gserviceaccount.com');

    await verdict.getByTestId('action:rerun').click();
    const again = await until('the report of the second run', () =>
      here.messages().find(({ text }) => text.includes('we found that pool-b is fine by now')),
    );
    expect(again.text).toMatch(/^The error says/);
    expect(here.slack.world.ledger.violations).toEqual([]);
  });
});
