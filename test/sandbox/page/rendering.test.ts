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

  it('updates a message in place without affecting input elsewhere', async () => {
    const options = ['pool-a', 'pool-b'].map(value => ({ text: plain(value), value }));
    await pages.fixture.post([{ type: 'actions', elements: [{ type: 'static_select', action_id: 'pool', options }] }]);
    const progress = (text: string) => [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text } }];
    const ts = await pages.fixture.post(progress('3 of 18 checks'));
    const page = await pages.open(people().requester);
    await page.getByTestId('field:pool').click();
    await page.getByTestId('select-search').fill('pool-b');
    await pages.fixture.update(ts, progress('12 of 18 checks'));
    await page.getByText('12 of 18 checks').waitFor();
    expect(await page.getByTestId('message').count()).toBe(2);
    await page.getByTestId('option:pool-b').click();
    expect(await page.getByTestId('field:pool').innerText()).toBe('pool-b');
    await expect
      .poll(() => pages.fixture.actions.splice(0))
      .toEqual([{ id: 'pool', user: people().requester, value: 'pool-b' }]);
  });

  it("shows the app's Home, and its messages", async () => {
    const page = await pages.open(people().requester);
    await page.getByTestId('app-home').click();
    await page.getByTestId('home').getByText('Nothing waits for @alice.').waitFor();
    await page.getByTestId('tab:messages').click();
    await page.getByTestId('composer').fill('hi bot');
    await page.getByTestId('composer').press('Enter');
    await page.getByTestId('message').getByText('hi bot').waitFor();
  });

  it('renders every type of block, and shows the name of an unknown type', async () => {
    const section = (text: string, style?: object) => ({
      type: 'rich_text_section',
      elements: [{ type: 'text', text, ...(style ? { style } : {}) }],
    });
    const { workspace, slack } = pages.fixture.sandbox;
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
    const page = await pages.open(people().requester);
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

  it('never creates elements from text', async () => {
    const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>" onclick="window.hacked=1';
    const { workspace, slack } = pages.fixture.sandbox;
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
    const page = await pages.open(people().requester);
    await page.getByTestId('action:evil').click();
    await expect.poll(() => pages.fixture.actions.splice(0).length).toBe(1);
    expect(
      await page.locator('.messages :is(img, script, iframe, [onerror], [onclick], a[href^="javascript"])').count(),
    ).toBe(0);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
  });

  it('collapses long text', async () => {
    await pages.fixture.post([{ type: 'section', text: { type: 'mrkdwn', text: `${'line\n'.repeat(60)}the end` } }]);
    const page = await pages.open(people().requester);
    const text = page.locator('.clamped');
    const folded = (await text.boundingBox())?.height ?? 0;
    await page.getByRole('button', { name: 'See more' }).click();
    expect((await text.boundingBox())?.height).toBeGreaterThan(folded * 2);
  });

  it('shows a tombstone for a deleted parent message, and removes other deleted messages', async () => {
    const { workspace, slack } = pages.fixture.sandbox;
    const parent = workspace.post(slack.channel, { user: people().requester, text: 'parent' });
    workspace.post(slack.channel, { user: people().approver, text: 'reply', thread_ts: parent.ts });
    const other = workspace.post(slack.channel, { user: people().approver, text: 'other' });
    const page = await pages.open(people().requester);
    await page.getByText('other').waitFor();
    workspace.remove(slack.channel, other);
    workspace.remove(slack.channel, parent);
    await page.getByText('This message was deleted.').waitFor();
    expect(await page.getByTestId('message').count()).toBe(1);
  });

  it.each(['en', 'ja'])('fits a phone: one pane at a time, nothing overflows (%s)', async language => {
    const { workspace, slack } = pages.fixture.sandbox;
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
    const page = await pages.open(user, {
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

  it('gives every control an accessible name', async () => {
    await pages.fixture.post([
      {
        type: 'actions',
        elements: [button('one'), { type: 'users_select', action_id: 'who' }, { type: 'datepicker', action_id: 'day' }],
      },
    ]);
    const page = await pages.open(people().requester);
    const nameless = await page.evaluate(
      '[...document.querySelectorAll("button, a, input, textarea, [role=combobox]")].filter(n => !(n.getAttribute("aria-label") || n.getAttribute("aria-labelledby") || n.innerText.trim() || n.closest("label"))).map(n => n.outerHTML.slice(0, 200))',
    );
    expect(nameless).toEqual([]);
  });
});
