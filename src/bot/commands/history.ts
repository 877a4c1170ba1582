import { type ClusterName, parseClusterName } from '../../contracts/cluster-name.ts';
import { historyMessage } from '../../slack/messages/lists.ts';
import type { CommandHandler } from './command.ts';

const SHOWN = 16;

export const history: CommandHandler<'history'> = async (services, interaction, { cluster, projects, language }) => {
  const { reports, backlog, cards } = services;
  const named = cluster ? parseClusterName(cluster) : undefined;
  const { cluster: name, project, location }: Partial<ClusterName> = named && 'cluster' in named ? named : {};
  const matches = (target: { project: string; location?: string }) =>
    (!project || target.project === project) &&
    (projects.length === 0 || projects.includes(target.project)) &&
    (!location || target.location === location);
  const [past, approvals] = await Promise.all([
    reports.past(name ? { cluster: name } : {}, 100),
    backlog.history({ ...(name && { cluster: name }), matches }, 100),
  ]);
  const done = approvals.filter(({ state }) => !['pending', 'expired', 'denied'].includes(state)).slice(0, SHOWN);
  const granted = await Promise.all(done.map(approval => cards.view(approval)));
  const shown = past.filter(matches).slice(0, SHOWN);
  return historyMessage({ reports: shown, granted, ...(name && { cluster: name }) }, language ?? interaction.language);
};
