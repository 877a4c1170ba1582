/** A command for the user to run: what we must not do ourselves, or can't. */
import { z } from 'zod';
import type { RemedyDefinition } from './remedy.ts';
import { shell } from './shell.ts';

const Command = z.strictObject({ command: z.array(z.string()).min(1) });

export const command: RemedyDefinition<z.infer<typeof Command>> = {
  kind: 'command',
  risk: 'manual',
  params: Command,
  plan: params => {
    const console = consoleOf(params.command);
    return {
      params,
      command: shell(params.command),
      ...(console ? { console } : {}),
      summary: { en: 'Run this yourself', ja: 'ご自身で実行してください' },
    };
  },
};

const CONSOLE = 'https://console.cloud.google.com';

/** Where the console does the same as a gcloud command (DOMAIN, G); undefined where it has no place for it. */
function consoleOf(words: readonly string[]): string | undefined {
  const [tool, group, noun, , name = ''] = words;
  const flag = (wanted: string) => words.find(word => word.startsWith(`--${wanted}=`))?.slice(wanted.length + 3);
  if (tool !== 'gcloud') return undefined;
  if (group === 'projects' && noun === 'add-iam-policy-binding') {
    return `${CONSOLE}/iam-admin/iam?project=${encodeURIComponent(words[3] ?? '')}`;
  }
  const [location, project] = [flag('location'), flag('project')];
  if (group !== 'container' || !location || !project) return undefined;
  const [cluster, page] = noun === 'node-pools' ? [flag('cluster'), 'nodes'] : [name, 'details'];
  return cluster
    ? `${CONSOLE}/kubernetes/clusters/details/${location}/${cluster}/${page}?project=${encodeURIComponent(project)}`
    : undefined;
}
