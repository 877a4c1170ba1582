import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { title, usePages, withoutChromium } from './pages.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const button = (id: string, more: object = {}) => ({
  type: 'button' as const,
  action_id: id,
  text: plain(id),
  ...more,
});

describe.skipIf(withoutChromium)(title, () => {
  const pages = usePages();
  const people = () => pages.fixture.sandbox.slack.users;
  const texts = (page: Page, testid: string) => page.getByTestId(testid).allInnerTexts();

  it('shows a hint while a command is typed, sends it, and shows the answer to that person only', async () => {
    const [alice, bob] = await Promise.all([pages.open(people().requester), pages.open(people().approver)]);
    const composer = alice.getByTestId('composer');
    await composer.pressSequentially('/gk');
    await alice.getByTestId('suggest:/gke-auth').waitFor();
    await composer.press('Enter');
    expect(await composer.inputValue()).toBe('/gke-auth ');
    await composer.pressSequentially('diagnose cluster-x');
    expect(await alice.getByTestId('usage-hint').innerText()).toBe('/gke-auth diagnose <cluster>');
    await composer.press('Enter');
    await alice.getByTestId('ephemeral').waitFor();
    expect(await texts(alice, 'ephemeral')).toEqual([
      expect.stringMatching(/^Only visible to you\ngke-auth\nAPP\n.*\nYou typed diagnose cluster-x\.$/),
    ]);
    expect(await composer.inputValue()).toBe('');
    await bob.getByTestId('composer').fill('seen?');
    await bob.getByTestId('send').click();
    await alice.getByTestId('message').getByText('seen?').waitFor();
    expect(await texts(bob, 'ephemeral')).toEqual([]);
  });

  it('shows Slack’s error for a command that does not exist', async () => {
    const page = await pages.open(people().requester);
    await page.getByTestId('composer').fill('/nonsense');
    await page.getByTestId('composer').press('Enter');
    await page.getByTestId('ephemeral').getByText('is not a valid command').waitFor();
  });

  it('shows the confirm dialog of a button before sending, and sends once', async () => {
    const confirm = {
      title: plain('Grant this role?'),
      text: plain('Nothing restarts.'),
      confirm: plain('Grant'),
      deny: plain('Not now'),
    };
    await pages.fixture.post([
      { type: 'actions', elements: [button('approve', { value: 'a1', style: 'primary', confirm })] },
    ]);
    const page = await pages.open(people().approver);
    await page.getByTestId('action:approve').click();
    expect(await page.getByTestId('confirm').innerText()).toMatch(
      /Grant this role\?\s+Nothing restarts\.\s+Not now\s+Grant/,
    );
    await page.keyboard.press('Escape');
    await page.getByTestId('confirm').waitFor({ state: 'detached' });
    expect(pages.fixture.actions).toEqual([]);
    await page.getByTestId('action:approve').click();
    const answered = page.waitForResponse(/_sandbox\/slack\/action$/);
    await page.getByTestId('confirm-accept').click();
    await answered;
    expect(pages.fixture.actions.splice(0)).toEqual([{ id: 'approve', user: people().approver, value: 'a1' }]);
  });

  it('shows an error when the app does not answer, and allows another click', async () => {
    await pages.fixture.post([{ type: 'actions', elements: [button('silent')] }]);
    const page = await pages.open(people().japanese);
    const silent = page.getByTestId('action:silent');
    await silent.click();
    expect(await silent.isDisabled()).toBe(true);
    expect(await page.getByTestId('toast').innerText()).toBe('アプリが応答しません。もう一度お試しください。');
    await page.waitForFunction('!document.querySelector("[data-testid=\'action:silent\']").disabled');
  });

  it('opens an overflow menu with the keyboard', async () => {
    const options = ['gcloud', 'terraform'].map(value => ({ text: plain(value), value }));
    await pages.fixture.post([{ type: 'actions', elements: [{ type: 'overflow', action_id: 'show', options }] }]);
    const page = await pages.open(people().requester);
    await page.getByTestId('action:show').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => pages.fixture.actions.splice(0))
      .toEqual([{ id: 'show', user: people().requester, value: 'terraform' }]);
    await page.keyboard.press('Escape');
  });

  it('shows a thread beside the channel, with new replies; Esc closes it', async () => {
    const section = (text: string) => [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text } }];
    const ts = await pages.fixture.post(section('*2 problems* in cluster-x'));
    await pages.fixture.post(section('The nodes of pool-b'), { thread_ts: ts });
    const page = await pages.open(people().requester);
    expect(await page.getByTestId('open-thread').innerText()).toContain('1 reply');
    expect(await page.getByTestId('message').count()).toBe(1);
    await page.getByTestId('open-thread').click();
    const thread = page.getByTestId('thread');
    await thread.getByTestId('thread-composer').fill('thanks @bob <3');
    await thread.getByTestId('thread-composer').press('Enter');
    await thread.getByText('thanks @bob <3').waitFor();
    expect(await thread.locator('.mention').innerText()).toBe('@bob');
    expect(await page.getByTestId('open-thread').innerText()).toContain('2 replies');
    await page.keyboard.press('Escape');
    await thread.waitFor({ state: 'detached' });
  });

  it('handles a modal: validation, type-ahead, errors of the app, and a stack that keeps entered values', async () => {
    const page = await pages.open(people().requester);
    await page.getByTestId('composer').fill('/gke-auth pick');
    await page.getByTestId('composer').press('Enter');
    const modal = page.getByTestId('modal');
    await modal.getByTestId('modal-submit').click();
    expect(await modal.getByTestId('error:cluster').innerText()).toBe('Please complete this required field.');
    await modal.getByTestId('field:cluster').click();
    expect(await page.getByText('Type a character to search').isVisible()).toBe(true);
    await page.getByTestId('select-search').fill('cluster');
    await page.getByTestId('option:cluster-y').waitFor();
    await page.getByTestId('option:cluster-x').click();
    await modal.getByTestId('field:reason').fill('bad');
    await modal.getByTestId('modal-submit').click();
    await modal.getByText('Say more than that.').waitFor();
    await modal.getByTestId('action:push').click();
    await modal.getByText('Diagnose 2').waitFor();
    await page.keyboard.press('Escape');
    await modal.getByText('Diagnose 1').waitFor();
    expect(await modal.getByTestId('field:reason').inputValue()).toBe('bad');
    expect(await modal.getByTestId('field:cluster').innerText()).toBe('cluster-x');
    await modal.getByTestId('field:reason').fill('deploys fail');
    await modal.getByTestId('modal-submit').click();
    await modal.waitFor({ state: 'detached' });
    expect(pages.fixture.submissions).toMatchObject([
      {
        values: {
          cluster: { cluster: { selected_option: { value: 'cluster-x' } } },
          reason: { reason: { value: 'deploys fail' } },
        },
      },
    ]);
  });

  it('shows message shortcuts in the menu of a message', async () => {
    const page = await pages.open(people().requester);
    await page.getByTestId('composer').fill('Error 403: caller lacks permission');
    await page.getByTestId('composer').press('Enter');
    const message = page.getByTestId('message');
    await message.hover();
    await message.getByTestId('message-menu').click();
    await page.getByTestId('shortcut:diagnose_message').click();
    await page.getByTestId('modal').waitFor();
    await page.getByTestId('modal-close').click();
    await page.getByTestId('modal').waitFor({ state: 'detached' });
  });

  it('switches between people, each with their own language, channels and unread marks', async () => {
    const page = await pages.open(people().requester);
    expect(await page.getByTestId('person').innerText()).toMatch(/You are\s+Alice Archer/);
    await page.getByTestId('composer').fill('hello');
    await page.getByTestId('composer').press('Enter');
    await page.getByTestId('message').waitFor();
    await page.getByTestId('channel:general').click();
    await page.getByTestId('person').click();
    await page.getByTestId(`person:${people().japanese}`).click();
    await page.getByText('現在のユーザー：').waitFor();
    expect(await page.getByTestId('channel:gke-help').getAttribute('aria-label')).toBe('gke-help, 未読 1 件');
    await page.getByTestId('channel:gke-help').click();
    await page.getByTestId('message').waitFor();
    expect(await page.getByTestId('channel:gke-help').getAttribute('aria-label')).toBeNull();
    await page.getByTestId('person').click();
    await page.getByTestId(`person:${people().external}`).click();
    await page.getByText('Eve External').first().waitFor();
    expect(await page.locator('.place-name').allInnerTexts()).toEqual(['partner-shared', 'gke-auth']);
    expect(new URL(page.url()).searchParams.get('user')).toBe(people().external);
  });

  it('opens the menu of a message by a long press on a touch screen', async () => {
    const { workspace, slack } = pages.fixture.sandbox;
    workspace.post(slack.channel, { user: people().approver, text: 'Error 403' });
    const page = await pages.open(people().requester, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    });
    const box = await page.getByText('Error 403').boundingBox();
    const touch = await page.context().newCDPSession(page);
    const point = { x: (box?.x ?? 0) + 5, y: (box?.y ?? 0) + 5 };
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] });
    await page.locator('.message.pressed').waitFor();
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await page.getByTestId('shortcut:diagnose_message').waitFor();
    const menu = await page.getByRole('menu').boundingBox();
    expect(menu?.y).toBeGreaterThan(100);
    expect((menu?.x ?? 0) + (menu?.width ?? 0)).toBeLessThanOrEqual(390);
  });
});
