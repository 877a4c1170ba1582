import { mayCancel } from '../../approvals/cancellation.ts';
import { botText } from '../../locales/bot.ts';
import { code, person } from '../../slack/messages/escape.ts';
import { textMessage } from '../../slack/messages/usage.ts';
import { cancelJob } from '../../store/cancellations.ts';
import type { CommandHandler } from './command.ts';

export const cancel: CommandHandler<'cancel'> = async (
  { reports, redis, deciding, config },
  interaction,
  { id, language },
) => {
  const [job, done] = await Promise.all([reports.job(id), reports.report(id)]);
  const lang = language ?? interaction.language;
  if (!job || done) return textMessage(botText.cancelUnknown(code(id))[lang]);
  if (!(await mayCancel(deciding, config.projects, interaction, job))) {
    return textMessage(botText.cancelRefused(person(job.requester.user))[lang]);
  }
  await cancelJob(redis, id, interaction.user);
  return textMessage(botText.cancelled(code(id))[lang]);
};
