/** A command for the user to run: what we must not do ourselves, or can't. */
import { z } from 'zod';
import type { RemedyDefinition } from '../remedy.ts';
import { shell, terraform, terraformLabel } from '../text/shell.ts';
import { manualProjectGrant } from './grant-project-role.ts';

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
      ...oppositeOf(params.command),
      summary: { en: 'Run this yourself', ja: 'ご自身で実行してください' },
    };
  },
};

/** What takes it back, and the Terraform resource that does the same; nothing where there is no such thing. */
function oppositeOf(words: readonly string[]): { readonly undo?: string; readonly terraform?: string } {
  const [tool, group, noun, verb, name = ''] = words;
  if (tool === 'gcloud' && group === 'projects' && noun === 'add-iam-policy-binding') {
    const [member, role] = [flagOf(words, 'member'), flagOf(words, 'role')];
    // ROLE stands for one that only the reader knows.
    if (!verb || !member || !role?.includes('/')) return {};
    const { undo, terraform } = manualProjectGrant({ project: verb, member, role });
    return { undo, terraform };
  }
  if (tool === 'gcloud' && noun === 'networks' && words[4] === 'add-iam-policy-binding') return subnetGrant(words);
  if (tool === 'gcloud' && noun === 'node-pools' && verb === 'create') {
    const place = words.filter(word => /^--(?:cluster|location|project)=/.test(word));
    return { undo: shell(['gcloud', 'container', 'node-pools', 'delete', name, ...place]) };
  }
  if (tool === 'kubectl' && group === 'create') return { undo: shell(['kubectl', 'delete', ...words.slice(2)]) };
  return {};
}

/** A binding on a subnet (https://cloud.google.com/sdk/gcloud/reference/compute/networks/subnets/add-iam-policy-binding). */
function subnetGrant(words: readonly string[]): { readonly undo: string; readonly terraform: string } {
  const flag = (name: string) => flagOf(words, name) ?? '';
  const subnetwork = words[5] ?? '';
  const member = flag('member');
  const attributes = { project: flag('project'), region: flag('region'), subnetwork, role: flag('role'), member };
  return {
    undo: shell(words.map(word => (word === 'add-iam-policy-binding' ? 'remove-iam-policy-binding' : word))),
    terraform: terraform('google_compute_subnetwork_iam_member', terraformLabel(`${subnetwork}_${member}`), attributes),
  };
}

function flagOf(words: readonly string[], wanted: string): string | undefined {
  return words.find(word => word.startsWith(`--${wanted}=`))?.slice(wanted.length + 3);
}

const CONSOLE = 'https://console.cloud.google.com';

/** Where the console does the same as a gcloud command (docs/domain/README.md#where-we-have-no-answer); undefined where it has no place for it. */
function consoleOf(words: readonly string[]): string | undefined {
  const [tool, group, noun, , name = ''] = words;
  if (tool !== 'gcloud') return undefined;
  if (group === 'projects' && noun === 'add-iam-policy-binding') {
    return `${CONSOLE}/iam-admin/iam?project=${encodeURIComponent(words[3] ?? '')}`;
  }
  const [location, project] = [flagOf(words, 'location'), flagOf(words, 'project')];
  if (group !== 'container' || !location || !project) return undefined;
  const [cluster, page] = noun === 'node-pools' ? [flagOf(words, 'cluster'), 'nodes'] : [name, 'details'];
  return cluster
    ? `${CONSOLE}/kubernetes/clusters/details/${location}/${cluster}/${page}?project=${encodeURIComponent(project)}`
    : undefined;
}
