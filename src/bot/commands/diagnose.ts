import { askDiagnosis } from '../enqueue.ts';
import type { CommandHandler } from './command.ts';

export const diagnose: CommandHandler<'diagnose'> = (services, interaction, { request, language }) =>
  askDiagnosis(services, interaction, request, language);
