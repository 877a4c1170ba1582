import { askDiagnosis } from '../enqueue.ts';
import type { CommandHandler } from './command.ts';

export const diagnose: CommandHandler<'diagnose'> = (services, visit, { request, language }) =>
  askDiagnosis(services, visit, request, language);
