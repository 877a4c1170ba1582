/** What workers send to Slack besides messages, as a process with an environment of its own; prints how it went. */
import type { WebClient } from '@slack/web-api';
import { slackClient } from '../../src/slack/client.ts';
import { slackFetch } from '../../src/slack/fetch.ts';
import { sendFile } from '../../src/slack/upload.ts';

const { SLACK_API_URL = '', SLACK_BOT_TOKEN = '' } = process.env;
const client: WebClient = slackClient(SLACK_BOT_TOKEN, { SLACK_API_URL });
const { user } = await client.auth.test();
const file = { key: 'k', channel: 'C', name: 'chain.txt', title: 'The chain', content: 'a → b' };
const id = await sendFile(client, file);
const used = await slackFetch(new URL('/commands/used-up', SLACK_API_URL), { method: 'POST', body: '{}' });
process.stdout.write(JSON.stringify({ user, file: id, responseUrl: used.status }));
