/** The main path as a person walks it, in a browser: type the command, read the thread, confirm the grant, see it verified. */

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChromium, launchChromium } from '../sandbox/page/chromium.ts';
import { useSystem } from '../system/system.ts';

const chromium = findChromium();
let browser: Browser;

describe.skipIf(chromium === undefined)('the page (needs Chromium: set CHROMIUM_PATH)', () => {
  const system = useSystem();
  beforeAll(async () => {
    browser = await launchChromium(chromium ?? '');
  });
  afterAll(() => browser?.close());

  it('command, thread, Approve with its confirm dialog, Verified', async () => {
    const here = system();
    const open = async (user: string) => {
      const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
      await page.goto(`${here.slack.page}?user=${user}`);
      await page.getByTestId('composer').waitFor();
      return page;
    };
    const [alice, bob] = await Promise.all([open(here.people.requester), open(here.people.approver)]);
    await alice.getByTestId('composer').fill('/gke-auth diagnose cluster-x');
    await alice.getByTestId('composer').press('Enter');
    await alice.getByTestId('ephemeral').getByText('Looking at').waitFor();
    await bob.getByTestId('message').getByText('1 problem in cluster-x').waitFor();
    await bob.getByTestId('open-thread').click();
    const thread = bob.getByTestId('thread');
    const card = thread.getByTestId('message').filter({ hasText: "can't write logs" }).last();
    // The failure comes first in the message that holds both problems.
    await card.getByTestId('action:approve').first().click();
    const confirm = bob.getByTestId('confirm');
    expect(await confirm.innerText()).toMatch(/Grant this role\?[\s\S]*roles\/container\.defaultNodeServiceAccount/);
    await bob.getByTestId('confirm-accept').click();
    await card.getByText('Verified').waitFor();
    await card.getByTestId('action:revoke').waitFor();
    expect(here.holders('sandbox-1', 'roles/container.defaultNodeServiceAccount')).toContain(
      'serviceAccount:node-b@sandbox-1.iam.gserviceaccount.com',
    );
    expect(here.slack.world.ledger.violations).toEqual([]);
  });
});
