/** A command for the user to run: what we must not do ourselves, or can't. */
import { z } from 'zod';
import type { RemedyDefinition } from './remedy.ts';
import { shell } from './shell.ts';

const Command = z.strictObject({ command: z.array(z.string()).min(1) });

export const command: RemedyDefinition<z.infer<typeof Command>> = {
  kind: 'command',
  risk: 'manual',
  params: Command,
  plan: params => ({
    params,
    command: shell(params.command),
    summary: { en: 'Run this yourself', ja: 'ご自身で実行してください' },
  }),
};
