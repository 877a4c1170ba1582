/** Is the cluster where it is looked for; and if not, where is it, or what is nearly so called (docs/domain/callers.md#cluster-not-found)? */

import { joinText, type Text } from '../../../contracts/text.ts';
import { distance } from '../../../nearest.ts';
import type { Fact } from '../../facts/fact.ts';
import type { Cluster } from '../../facts/google/cluster.ts';
import { getCredentials } from '../../facts/google/endpoints.ts';
import type { Project } from '../../facts/google/project.ts';
import type { Check, FindingDraft, RemedyRequest } from '../check.ts';
import { unknownDetail, unreadable } from '../evidence.ts';

/** How many similar names are worth a look. */
const SUGGESTIONS = 5;

export const clusterNotFound: Check<'search' | 'project'> = {
  id: 'cluster-not-found',
  title: { en: 'The cluster is where it is looked for', ja: 'クラスタが指定した場所にある' },
  description: {
    en: 'A 404 means that there is no cluster of this name in this project and location: often the location is wrong, or another project or account is active. Looks through all locations of the project; a location that doesn’t answer makes it unknown.',
    ja: '404 は、そのプロジェクトとロケーションにその名前のクラスタがないことを示します。多くの場合、ロケーションの間違いか、別のプロジェクトやアカウントが有効になっていることが原因です。プロジェクトの全ロケーションを調べ、応答しないロケーションがあれば「不明」とします。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/4xx-errors',
  needs: ['container.clusters.get', 'container.clusters.list', 'resourcemanager.projects.get'],
  facts: ['search', 'project'],

  run({ search, project }, _access, request) {
    const { name, cluster, lists } = search;
    if (cluster.known) {
      return [
        {
          subject: cluster.value.resource,
          status: 'pass',
          headline: { en: 'The cluster is there', ja: 'クラスタは存在します' },
          detail: {
            en: `${cluster.value.resource} exists and is ${cluster.value.status}.`,
            ja: `${cluster.value.resource} は存在し、状態は ${cluster.value.status} です。`,
          },
          evidence: [{ source: cluster.source, says: { en: cluster.value.resource, ja: cluster.value.resource } }],
        },
      ];
    }
    const subject = request.cluster;
    const unreadLists = [...lists.values()].flatMap(list => (list.known ? [] : [list]));
    const [unread] = cluster.code === 'absent' ? unreadLists : [cluster];
    const silent = [...lists.values()].flatMap(list => (list.known ? list.value.missingZones : []));
    const all = [...lists.values()].flatMap(list => (list.known ? list.value.clusters : []));
    const namesakes = all.filter(other => other.name === name.cluster);
    if (namesakes.length === 0 && (unread || silent.length > 0)) {
      return [
        {
          subject,
          status: 'unknown',
          headline: {
            en: `It is unknown whether ${name.cluster} exists`,
            ja: `${name.cluster} があるかどうか判定できません`,
          },
          detail: joinText([
            unread ? unknownDetail(unread) : silentZones(silent),
            ...(unread?.code === 'denied' ? [MAYBE_MISTYPED] : []),
          ]),
          evidence: [unread ? unreadable(unread) : { source: 'container clusters.list', says: silentZones(silent) }],
        },
      ];
    }
    return [absent(subject, name, namesakes, all, [...lists.keys()], project)];
  },
};

function absent(
  subject: string,
  name: { cluster: string; location?: string },
  namesakes: readonly Cluster[],
  all: readonly Cluster[],
  projects: readonly string[],
  project: Fact<Project>,
): FindingDraft {
  const where = projects.join(', ');
  const evidence = [
    {
      source: 'container clusters.list',
      says: {
        en: all.length === 0 ? `no clusters in ${where}` : `${all.length} clusters in ${where}: ${nameList(all)}`,
        ja:
          all.length === 0
            ? `${where} にクラスタはありません`
            : `${where} のクラスタ ${all.length} 個: ${nameList(all)}`,
      },
    },
  ];
  const inactive = project.known && project.value.state !== 'ACTIVE' ? project.value : undefined;
  if (inactive) evidence.push({ source: project.source, says: { en: inactive.state, ja: inactive.state } });
  if (namesakes.length > 0) {
    const there = namesakes.map(({ location }) => location).join(', ');
    return {
      subject,
      status: 'fail',
      headline: {
        en: `${name.cluster} is in ${there}, not in ${name.location}`,
        ja: `${name.cluster} は ${name.location} ではなく ${there} にあります`,
      },
      detail: {
        en: `Wrong location: ${namesakes.map(({ resource }) => resource).join(', ')}. Ask again for ${list(namesakes)}.`,
        ja: `ロケーションが違います: ${namesakes.map(({ resource }) => resource).join(', ')}。${list(namesakes)} を指定してください。`,
      },
      evidence,
      remedies: namesakes.map(credentials),
    };
  }
  const similar = nearest(name.cluster, all);
  return {
    subject,
    status: 'fail',
    headline: { en: `There is no cluster ${name.cluster}`, ja: `クラスタ ${name.cluster} はありません` },
    detail: joinText([
      ...(inactive ? [notActive(inactive)] : []),
      {
        en: `No cluster in ${where} is called ${name.cluster}.${similar.length > 0 ? ` Did you mean ${list(similar)}?` : ''} Check the project, and which account is active (gcloud auth list); if it is the wrong one: gcloud auth login.`,
        ja: `${where} に ${name.cluster} というクラスタはありません。${similar.length > 0 ? `近い名前: ${list(similar)}。` : ''}プロジェクトと、有効なアカウント（gcloud auth list）を確認してください。アカウントが違う場合は gcloud auth login を実行します。`,
      },
    ]),
    evidence,
    remedies: similar.slice(0, 1).map(credentials),
  };
}

function notActive({ id, state }: Project): Text {
  return {
    en: `Project ${id} is ${state}, not ACTIVE: its clusters are gone or going.`,
    ja: `プロジェクト ${id} は ACTIVE ではなく ${state} です。クラスタは削除済みか、削除されつつあります。`,
  };
}

const MAYBE_MISTYPED: Text = {
  en: 'A project that does not exist answers the same: check its name too.',
  ja: '存在しないプロジェクトでも同じ応答になります。プロジェクト名も確認してください。',
};

function list(clusters: readonly Cluster[]): string {
  return clusters.map(({ location, name }) => `${location}/${name}`).join(', ');
}

function nameList(clusters: readonly Cluster[]): string {
  const shown = clusters.slice(0, 20).map(({ name }) => name);
  return clusters.length > shown.length ? `${shown.join(', ')} …` : shown.join(', ');
}

/** Names that differ little, the nearest first. */
function nearest(name: string, all: readonly Cluster[]): Cluster[] {
  return all
    .map(cluster => ({ cluster, far: distance(name, cluster.name) }))
    .filter(({ cluster, far }) => far <= Math.max(2, name.length / 2) || cluster.name.includes(name))
    .sort((a, b) => a.far - b.far)
    .slice(0, SUGGESTIONS)
    .map(({ cluster }) => cluster);
}

function silentZones(zones: readonly string[]): Text {
  return {
    en: `These locations didn't answer: ${zones.join(', ')}. The cluster may be there.`,
    ja: `次のロケーションが応答しませんでした: ${zones.join(', ')}。クラスタがそこにある可能性があります。`,
  };
}

function credentials(cluster: Cluster): RemedyRequest {
  return { kind: 'command', params: { command: getCredentials(cluster) } };
}
