import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Fixture, startFixture } from './app.ts';
import { findChromium, launchChromium } from './chromium.ts';

const chromium = findChromium();
const plain = (text: string) => ({ type: 'plain_text' as const, text });
const button = (id: string, more: object = {}) => ({
  type: 'button' as const,
  action_id: id,
  text: plain(id),
  ...more,
});

describe.skipIf(chromium === undefined)('the page (needs Chromium: set CHROMIUM_PATH)', () => {
  let browser: Browser;
  let fixture: Fixture;
  /** Opened by the test that runs. */
  const pages: Page[] = [];
  /** One page serves most tests: starting a new one takes longer than they do. */
  let desktop: Page;
  const troubles: string[] = [];

  beforeAll(async () => {
    [browser, fixture] = await Promise.all([launchChromium(chromium ?? ''), startFixture()]);
    desktop = await newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await fixture?.close();
  });
  afterEach(async () => {
    if (pages.includes(desktop)) {
      await desktop.evaluate('localStorage.clear(), sessionStorage.clear()');
      await desktop.goto('about:blank');
    }
    const others = pages.splice(0).filter(page => page !== desktop);
    await Promise.all(others.map(page => page.context().close()));
    await fetch(`${fixture.sandbox.page}_sandbox/slack/reset`, { method: 'POST' });
    expect(troubles.splice(0)).toEqual([]);
  });

  const people = () => fixture.sandbox.slack.users;

  async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(5000);
    page.on('pageerror', error => troubles.push(error.message));
    page.on('request', request => {
      if (!request.url().startsWith(fixture.sandbox.page)) troubles.push(`asked ${request.url()}`);
    });
    return page;
  }

  async function open(user: string, options?: BrowserContextOptions): Promise<Page> {
    const page = options || pages.includes(desktop) ? await newPage(options) : desktop;
    pages.push(page);
    await page.goto(`${fixture.sandbox.page}?user=${user}`);
    await page.getByTestId('composer').or(page.getByTestId('home')).first().waitFor();
    return page;
  }

  const texts = (page: Page, testid: string) => page.getByTestId(testid).allInnerTexts();

  it('hints at a command while it is typed, sends it, and shows the answer to that person alone', async () => {
    const [alice, bob] = await Promise.all([open(people().requester), open(people().approver)]);
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

  it('passes on what Slack says to a command that does not exist', async () => {
    const page = await open(people().requester);
    await page.getByTestId('composer').fill('/nonsense');
    await page.getByTestId('composer').press('Enter');
    await page.getByTestId('ephemeral').getByText('is not a valid command').waitFor();
  });

  it('asks before a button with a confirm dialog is sent, and sends it once', async () => {
    const confirm = {
      title: plain('Grant this role?'),
      text: plain('Nothing restarts.'),
      confirm: plain('Grant'),
      deny: plain('Not now'),
    };
    await fixture.post([
      { type: 'actions', elements: [button('approve', { value: 'a1', style: 'primary', confirm })] },
    ]);
    const page = await open(people().approver);
    await page.getByTestId('action:approve').click();
    expect(await page.getByTestId('confirm').innerText()).toMatch(
      /Grant this role\?\s+Nothing restarts\.\s+Not now\s+Grant/,
    );
    await page.keyboard.press('Escape');
    await page.getByTestId('confirm').waitFor({ state: 'detached' });
    expect(fixture.actions).toEqual([]);
    await page.getByTestId('action:approve').click();
    const answered = page.waitForResponse(/_sandbox\/slack\/action$/);
    await page.getByTestId('confirm-accept').click();
    await answered;
    expect(fixture.actions.splice(0)).toEqual([{ id: 'approve', user: people().approver, value: 'a1' }]);
  });

  it('says so where the app does not answer, and lets people click again', async () => {
    await fixture.post([{ type: 'actions', elements: [button('silent')] }]);
    const page = await open(people().japanese);
    const silent = page.getByTestId('action:silent');
    await silent.click();
    expect(await silent.isDisabled()).toBe(true);
    expect(await page.getByTestId('toast').innerText()).toBe('アプリが応答しません。もう一度お試しください。');
    await page.waitForFunction('!document.querySelector("[data-testid=\'action:silent\']").disabled');
  });

  it('updates a message in place without touching what people are doing beside it', async () => {
    const options = ['pool-a', 'pool-b'].map(value => ({ text: plain(value), value }));
    await fixture.post([{ type: 'actions', elements: [{ type: 'static_select', action_id: 'pool', options }] }]);
    const progress = (text: string) => [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text } }];
    const ts = await fixture.post(progress('3 of 18 checks'));
    const page = await open(people().requester);
    await page.getByTestId('field:pool').click();
    await page.getByTestId('select-search').fill('pool-b');
    await fixture.update(ts, progress('12 of 18 checks'));
    await page.getByText('12 of 18 checks').waitFor();
    expect(await page.getByTestId('message').count()).toBe(2);
    await page.getByTestId('option:pool-b').click();
    expect(await page.getByTestId('field:pool').innerText()).toBe('pool-b');
    await expect
      .poll(() => fixture.actions.splice(0))
      .toEqual([{ id: 'pool', user: people().requester, value: 'pool-b' }]);
  });

  it('opens an overflow menu with the keyboard alone', async () => {
    const options = ['gcloud', 'terraform'].map(value => ({ text: plain(value), value }));
    await fixture.post([{ type: 'actions', elements: [{ type: 'overflow', action_id: 'show', options }] }]);
    const page = await open(people().requester);
    await page.getByTestId('action:show').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect
      .poll(() => fixture.actions.splice(0))
      .toEqual([{ id: 'show', user: people().requester, value: 'terraform' }]);
    await page.keyboard.press('Escape');
  });

  it('shows a thread beside the channel; replies land in it; Esc closes it', async () => {
    const section = (text: string) => [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text } }];
    const ts = await fixture.post(section('*2 problems* in cluster-x'));
    await fixture.post(section('The nodes of pool-b'), { thread_ts: ts });
    const page = await open(people().requester);
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

  it('leads through a modal: validation, type-ahead, the errors of the app, a stack that keeps what was entered', async () => {
    const page = await open(people().requester);
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
    expect(fixture.submissions).toMatchObject([
      {
        values: {
          cluster: { cluster: { selected_option: { value: 'cluster-x' } } },
          reason: { reason: { value: 'deploys fail' } },
        },
      },
    ]);
  });

  it('offers message shortcuts in the menu of a message', async () => {
    const page = await open(people().requester);
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
    const page = await open(people().requester);
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

  it("shows the app's Home, and its messages", async () => {
    const page = await open(people().requester);
    await page.getByTestId('app-home').click();
    await page.getByTestId('home').getByText('Nothing waits for @alice.').waitFor();
    await page.getByTestId('tab:messages').click();
    await page.getByTestId('composer').fill('hi bot');
    await page.getByTestId('composer').press('Enter');
    await page.getByTestId('message').getByText('hi bot').waitFor();
  });

  it('renders every kind of block, and says which it does not know', async () => {
    const section = (text: string, style?: object) => ({
      type: 'rich_text_section',
      elements: [{ type: 'text', text, ...(style ? { style } : {}) }],
    });
    const { workspace, slack } = fixture.sandbox;
    const blocks = [
      { type: 'header', text: plain('Head :tada:') },
      {
        type: 'section',
        text: { type: 'mrkdwn', text: '*bold* <!here>' },
        fields: [plain('one *plain*'), plain('two')],
        accessory: button('go'),
      },
      { type: 'context', elements: [plain('small')] },
      { type: 'divider' },
      { type: 'image', image_url: 'data:text/html,x', alt_text: 'no picture' },
      { type: 'markdown', text: '## Two\n\n**strong**' },
      { type: 'table', rows: [[{ type: 'raw_text', text: 'Account' }], [{ type: 'raw_text', text: 'node-b' }]] },
      {
        type: 'plan',
        title: 'Steps',
        tasks: [{ type: 'task_card', task_id: 't', title: 'Read IAM', status: 'in_progress' }],
      },
      {
        type: 'rich_text',
        elements: [
          { type: 'rich_text_list', style: 'bullet', elements: [section('item', { bold: true })] },
          { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'gcloud  x' }] },
        ],
      },
      { type: 'hologram' },
    ];
    workspace.post(slack.channel, { ...workspace.author, text: 'all', blocks: workspace.named(blocks) });
    const page = await open(people().requester);
    const message = page.getByTestId('message');
    expect(await page.evaluate('[...document.querySelectorAll(".block")].map(node => node.dataset.blockType)')).toEqual(
      blocks.map(block => block.type),
    );
    const shown = await message.innerText();
    for (const text of [
      'Head 🎉',
      'bold @here',
      'one *plain*',
      'small',
      'no picture',
      'Two',
      'strong',
      'node-b',
      'Steps',
      'Read IAM',
      'item',
      'gcloud  x',
    ]) {
      expect(shown).toContain(text);
    }
    expect(await message.locator('.ping').innerText()).toBe('@here');
    expect(await message.locator('li strong').innerText()).toBe('item');
    expect(await message.getByText('Unsupported block: hologram').isVisible()).toBe(true);
  });

  it('never makes elements out of text', async () => {
    const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>" onclick="window.hacked=1';
    const { workspace, slack } = fixture.sandbox;
    const rich = {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'text', text: evil },
            { type: 'link', url: 'javascript:window.hacked=1', text: evil },
          ],
        },
      ],
    };
    const blocks = [
      { type: 'header', text: plain(evil) },
      {
        type: 'section',
        text: { type: 'mrkdwn', text: `${evil} <javascript:window.hacked=1|go> [go](javascript:window.hacked=1)` },
      },
      { type: 'markdown', text: `${evil} [go](javascript:window.hacked=1)` },
      rich,
      {
        type: 'actions',
        elements: [{ type: 'button', action_id: 'evil', text: plain(evil), url: 'javascript:window.hacked=1' }],
      },
    ];
    workspace.post(slack.channel, { ...workspace.author, text: evil, blocks: workspace.named(blocks) });
    workspace.post(slack.channel, { user: people().requester, text: evil });
    const page = await open(people().requester);
    await page.getByTestId('action:evil').click();
    await expect.poll(() => fixture.actions.splice(0).length).toBe(1);
    expect(
      await page.locator('.messages :is(img, script, iframe, [onerror], [onclick], a[href^="javascript"])').count(),
    ).toBe(0);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
  });

  it('folds long text away', async () => {
    await fixture.post([{ type: 'section', text: { type: 'mrkdwn', text: `${'line\n'.repeat(60)}the end` } }]);
    const page = await open(people().requester);
    const text = page.locator('.clamped');
    const folded = (await text.boundingBox())?.height ?? 0;
    await page.getByRole('button', { name: 'See more' }).click();
    expect((await text.boundingBox())?.height).toBeGreaterThan(folded * 2);
  });

  it('keeps a tombstone for a deleted parent, and removes other messages', async () => {
    const { workspace, slack } = fixture.sandbox;
    const parent = workspace.post(slack.channel, { user: people().requester, text: 'parent' });
    workspace.post(slack.channel, { user: people().approver, text: 'reply', thread_ts: parent.ts });
    const other = workspace.post(slack.channel, { user: people().approver, text: 'other' });
    const page = await open(people().requester);
    await page.getByText('other').waitFor();
    workspace.remove(slack.channel, other);
    workspace.remove(slack.channel, parent);
    await page.getByText('This message was deleted.').waitFor();
    expect(await page.getByTestId('message').count()).toBe(1);
  });

  it.each(['en', 'ja'])('fits a phone: panes follow each other, nothing sticks out (%s)', async language => {
    const { workspace, slack } = fixture.sandbox;
    const user = language === 'ja' ? people().japanese : people().requester;
    const long = 'serviceAccount:a-very-long-name-without-any-break@a-project-with-a-long-name.iam.gserviceaccount.com';
    const parent = workspace.post(slack.channel, { user, text: `\`${long}\` ${long}\n\`\`\`${long} ${long}\`\`\`` });
    workspace.post(slack.channel, {
      ...workspace.author,
      text: 'x',
      thread_ts: parent.ts,
      blocks: workspace.named([
        {
          type: 'section',
          text: { type: 'mrkdwn', text: long },
          fields: [plain(long), plain(long)],
          accessory: button(long),
        },
      ]),
    });
    const page = await open(user, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      colorScheme: 'dark',
    });
    const fits = async () => expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await fits();
    await page.getByTestId('open-thread').tap();
    await page.getByTestId('thread').waitFor();
    expect(await page.getByTestId('composer').isVisible()).toBe(false);
    await fits();
    await page.getByTestId('thread-back').tap();
    await page.getByTestId('back').tap();
    await page.getByTestId('channel:gke-approvals').waitFor();
    await fits();
    await page.getByTestId('channel:gke-help').tap();
    await page.getByTestId('composer').waitFor();
    await page.getByTestId('person-small').first().tap();
    await page.getByTestId(`person:${people().approver}`).tap();
    await page.getByTestId('message').first().waitFor();
    await page.waitForURL(`**user=${people().approver}**`);
  });

  it('opens the menu of a message by a long press on a touch screen', async () => {
    const { workspace, slack } = fixture.sandbox;
    workspace.post(slack.channel, { user: people().approver, text: 'Error 403' });
    const page = await open(people().requester, {
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

  it('gives every control a name', async () => {
    await fixture.post([
      {
        type: 'actions',
        elements: [button('one'), { type: 'users_select', action_id: 'who' }, { type: 'datepicker', action_id: 'day' }],
      },
    ]);
    const page = await open(people().requester);
    const nameless = await page.evaluate(
      '[...document.querySelectorAll("button, a, input, textarea, [role=combobox]")].filter(n => !(n.getAttribute("aria-label") || n.getAttribute("aria-labelledby") || n.innerText.trim() || n.closest("label"))).map(n => n.outerHTML.slice(0, 200))',
    );
    expect(nameless).toEqual([]);
  });
});
