import { botText } from '../../locales/bot.ts';
import { cancelJob } from '../cancellation.ts';
import { code } from '../messages/escape.ts';
import { note } from '../messages/usage.ts';
import type { CommandHandler } from './command.ts';

export const cancel: CommandHandler<'cancel'> = async ({ reports, redis }, visit, { id, language }) => {
  const [job, done] = await Promise.all([reports.job(id), reports.report(id)]);
  const lang = language ?? visit.language;
  if (!job || done) return note(botText.cancelUnknown(code(id))[lang]);
  await cancelJob(redis, id, visit.user);
  return note(botText.cancelled(code(id))[lang]);
};
