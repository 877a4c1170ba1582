import { anyShape, anything, boolean, byType, list, object, oneOf, type Rule, string, url } from './rules.ts';

/** Composition objects of Block Kit (https://docs.slack.dev/reference/block-kit/composition-objects). */

/** Only plain text, at most `max` characters. */
export function plainText(max: number): Rule {
  return byType({ plain_text: object({ type: anything, text: string(max) }, { emoji: boolean }) });
}

/** Only mrkdwn, at most `max` characters. */
export function mrkdwn(max: number): Rule {
  return byType({ mrkdwn: object({ type: anything, text: string(max) }, { verbatim: boolean }) });
}

/** Plain text or mrkdwn, at most `max` characters. */
export function anyText(max: number): Rule {
  return anyShape(
    byType({
      plain_text: object({ type: anything, text: string(max) }, { emoji: boolean }),
      mrkdwn: object({ type: anything, text: string(max) }, { verbatim: boolean }),
    }),
  );
}

export const confirm = object(
  { text: anyText(300) },
  { title: plainText(100), confirm: plainText(30), deny: plainText(30), style: oneOf('primary', 'danger') },
);

/** An option of a menu, of checkboxes or of radio buttons; the rule for its text differs. */
function option(text: Rule, more: Record<string, Rule> = {}): Rule {
  return object({ text, value: string(75) }, { description: plainText(75), ...more });
}

export const menuOption = option(plainText(75));
export const overflowOption = option(plainText(75), { url: url(3000) });
export const choiceOption = object({ text: anyText(75), value: string(75) }, { description: anyText(75) });
export const optionGroup = object({ label: plainText(75), options: list(menuOption, 100) });

export const slackFile = object({}, { id: string(), url: url(3000) });

export const conversationFilter = object(
  {},
  {
    include: list(oneOf('im', 'mpim', 'private', 'public'), 4),
    exclude_external_shared_channels: boolean,
    exclude_bot_users: boolean,
  },
);

export const dispatchConfig = object(
  {},
  { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2) },
);
