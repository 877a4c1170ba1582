/** Everything Slack may send, with who answers it; and the one place where errors become words. */
import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Language } from '../contracts/text.ts';
import type { Command } from '../grammar/parse.ts';
import { botText } from '../locales/bot.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { textMessage, usageMessage } from '../slack/messages/usage.ts';
import { isFirstDelivery } from '../store/seen-deliveries.ts';
import type { ActionHandler } from './actions/action.ts';
import { approve, deny, revoke } from './actions/approval.ts';
import { allResults, askAgain, cancel as cancelRun, pickCluster, remedyText, rerun } from './actions/diagnosis.ts';
import { homeDiagnose, homeExplain } from './actions/home.ts';
import { cancel } from './commands/cancel.ts';
import { checks } from './commands/checks.ts';
import { diagnose } from './commands/diagnose.ts';
import { explain } from './commands/explain.ts';
import { help } from './commands/help.ts';
import { history } from './commands/history.ts';
import { pending } from './commands/pending.ts';
import { scan } from './commands/scan.ts';
import { status } from './commands/status.ts';
import { unwatch, watch } from './commands/watch.ts';
import { ACK_MS, LATE, orElse, within } from './deadline.ts';
import { errorMessage } from './errors.ts';
import { publishHome } from './home.ts';
import { type Interaction, interactionOf, originOf, Payload } from './interaction.ts';
import { parseCommand } from './parse.ts';
import { tell } from './send-ephemeral.ts';
import type { Services } from './services.ts';
import { DIAGNOSE_MESSAGE, diagnoseMessage } from './shortcuts/diagnose-message.ts';
import { CLUSTER_FIELD, clusterOptions, diagnoseModal } from './views/diagnose.ts';
import { SUBMISSIONS } from './views/submissions.ts';

const ACTIONS: Readonly<Record<string, ActionHandler>> = {
  approve,
  deny,
  revoke,
  ask_again: askAgain,
  cancel: cancelRun,
  rerun,
  pick_cluster: pickCluster,
  all_results: allResults,
  remedy_text: remedyText,
  home_diagnose: homeDiagnose,
  home_explain: homeExplain,
};

/** How long (ms) the bot waits for Redis to tell whether a delivery is the first one. */
const SEEN_WAIT_MS = 250;

export function registerListeners(app: App, services: Services): void {
  const { log } = services;

  app.command(/^\/.+/, async ({ command, ack }) => {
    const payload = Payload.parse({
      user: { id: command.user_id },
      team: command.team_id ? { id: command.team_id } : undefined,
      channel: command.channel_id ? { id: command.channel_id } : undefined,
      trigger_id: command.trigger_id,
      response_url: command.response_url,
    });
    const interaction = interactionOf(payload, services.config.language);
    const work = answered(services, interaction, 'command', here => runCommand(services, here, command.text ?? ''));
    const first = await within(ACK_MS, work);
    if (first !== LATE) return first ? ack(ephemeral(first.message)) : ack();
    await ack(ephemeral(textMessage(botText.stillWorking[interaction.language])));
    const late = await work;
    if (late) await tell(services, late.interaction, late.message);
  });

  for (const [id, handler] of Object.entries(ACTIONS)) {
    app.action(id, async ({ body, action, ack }) => {
      await ack();
      const { value } = z.object({ value: z.string().default('') }).parse(action);
      const interaction = interactionOf(Payload.parse(body), services.config.language);
      await afterwards(services, interaction, `action ${id}`, here => handler(services, here, value));
    });
  }

  for (const [id, handler] of Object.entries(SUBMISSIONS)) {
    app.view({ type: 'view_submission', callback_id: id }, async ({ body, view, ack }) => {
      const payload = interactionOf(Payload.parse(body), services.config.language);
      const interaction = { ...payload, language: await languageOf(services, payload) };
      const accepted = handler(services, interaction, { metadata: view.private_metadata, values: view.state.values });
      if ('problem' in accepted) {
        return ack({ response_action: 'errors', errors: { [accepted.field]: accepted.problem[interaction.language] } });
      }
      await ack();
      await afterwards(services, accepted.interaction, `view ${id}`, accepted.work);
    });
  }

  app.options(CLUSTER_FIELD, async ({ options, ack }) => {
    const { value } = z.object({ value: z.string().default('') }).parse(options);
    const clusters = await orElse(ACK_MS, services.reports.clusters(value, 100), []);
    await ack({ options: clusterOptions(clusters) });
  });

  app.shortcut(DIAGNOSE_MESSAGE, async ({ shortcut, ack }) => {
    await ack();
    const payload = Payload.parse(shortcut);
    const interaction = interactionOf(payload, services.config.language);
    await afterwards(services, interaction, 'shortcut', here =>
      diagnoseMessage(services, here, 'message' in shortcut ? shortcut.message : undefined),
    );
  });

  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home' || !(await isFirst(services, `event:${body.event_id}`))) return;
    await publishHome(services, event.user, body.team_id ?? '');
  });

  // What gets here was not somebody's to be told: a listener's own bug, an event, a failed acknowledgement.
  app.error(async error => {
    log.error({ event: 'slack.payload_failed', err: error }, 'failed to handle Slack payload');
  });
}

/** Runs one person's wish once. Gives what they are told; never fails. */
async function answered(
  services: Services,
  interaction: Interaction,
  what: string,
  work: (interaction: Interaction) => Promise<Message | undefined>,
): Promise<{ interaction: Interaction; message: Message } | undefined> {
  const { log } = services;
  let here = interaction;
  try {
    const [first, language] = await Promise.all([
      interaction.triggerId === '' || isFirst(services, `${what}:${interaction.triggerId}`),
      languageOf(services, interaction),
    ]);
    if (!first) return undefined;
    here = { ...interaction, language };
    log.info({ trace: here.trace, user: here.user, team: here.team, channel: here.channel }, what);
    const message = isOurs(services, here) ? await work(here) : textMessage(botText.notYours[language]);
    return message && { interaction: here, message };
  } catch (error) {
    return { interaction: here, message: errorMessage(services, error, here) };
  }
}

/** The same for what is acknowledged already. */
async function afterwards(
  services: Services,
  interaction: Interaction,
  what: string,
  work: (interaction: Interaction) => Promise<Message | undefined>,
): Promise<void> {
  const answer = await answered(services, interaction, what, work);
  if (answer) await tell(services, answer.interaction, answer.message);
}

async function runCommand(services: Services, interaction: Interaction, text: string): Promise<Message | undefined> {
  const parsed = parseCommand(text);
  if (parsed.ok) return run(services, interaction, parsed.command);
  const { usage } = parsed;
  if (!usage.request) return usageMessage(usage, interaction.language);
  const { cluster: _, ...request } = usage.request;
  try {
    const view = diagnoseModal({ origin: originOf(interaction), request }, interaction.language);
    await services.client.views.open({ trigger_id: interaction.triggerId, view });
    return undefined;
  } catch (error) {
    services.log.warn({ event: 'modal.open_failed', err: error, trace: interaction.trace }, 'failed to open modal');
    return usageMessage(usage, interaction.language);
  }
}

function run(services: Services, interaction: Interaction, command: Command): Promise<Message | undefined> {
  switch (command.verb) {
    case 'diagnose':
      return diagnose(services, interaction, command);
    case 'scan':
      return scan(services, interaction, command);
    case 'explain':
      return explain(services, interaction, command);
    case 'pending':
      return pending(services, interaction, command);
    case 'history':
      return history(services, interaction, command);
    case 'cancel':
      return cancel(services, interaction, command);
    case 'watch':
      return watch(services, interaction, command);
    case 'unwatch':
      return unwatch(services, interaction, command);
    case 'checks':
      return checks(services, interaction, command);
    case 'status':
      return status(services, interaction, command);
    // What only the terminal has, the grammar of Slack does not let through.
    case 'doctor':
    case 'audit':
    case 'freeze':
    case 'unfreeze':
    case 'revoke':
      return help(services, interaction, { ...command, verb: 'help' });
    case 'help':
      return help(services, interaction, command);
  }
}

const ephemeral = ({ text, blocks }: Message) => ({ response_type: 'ephemeral' as const, text, blocks: [...blocks] });

async function languageOf({ people, config }: Services, { user }: Pick<Interaction, 'user'>): Promise<Language> {
  return (await people.about(user))?.language ?? config.language;
}

/** Slack, a retry or a second connection may send the same twice. Where Redis doesn't tell, it counts as the first. */
function isFirst({ redis }: Services, delivery: string): Promise<boolean> {
  return orElse(SEEN_WAIT_MS, isFirstDelivery(redis, delivery), true);
}

/** A payload without a workspace came over this app's own connection or with its signature. */
function isOurs({ deciding }: Services, { team }: Interaction): boolean {
  const { workspace } = deciding;
  const accepted = workspace.teams.length > 0 ? workspace.teams : [workspace.team, workspace.enterprise];
  return team === '' || accepted.includes(team);
}
