/**
 * How a cluster is named: `cluster-x`, `location/cluster-x`, `project/location/cluster-x`, or the full resource name
 * `projects/P/locations/L/clusters/C` (`locations/-` too).
 */
import type { Text } from './text.ts';

export interface ClusterName {
  readonly project?: string;
  /** Absent for "wherever it is". */
  readonly location?: string;
  readonly cluster: string;
}

// container.googleapis.com, Cluster.name: lower-case letters, digits, hyphens, at most 40, a letter first.
const CLUSTER = /^[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?$/;
const LOCATION = /^[a-z][-a-z0-9]{1,39}$/;
// Resource Manager: 6 to 30 characters, an optional `example.com:` before it, or a project number.
export const PROJECT = /^(?:(?:[a-z0-9][-a-z0-9.]{0,100}:)?[a-z][-a-z0-9]{4,28}[a-z0-9]|\d{1,20})$/;

/** Returns the parts, or a sentence that says what is wrong with what was typed. Never echoes more than 60 characters. */
export function parseClusterName(input: string): ClusterName | { readonly problem: Text } {
  const text = input.trim();
  const full = text.match(/^projects\/([^/]+)\/(?:locations|zones|regions)\/([^/]+)\/clusters\/([^/]+)$/);
  const parts = full ? full.slice(1) : text.split('/');
  if (parts.length < 1 || parts.length > 3) return { problem: malformed(text) };
  const cluster = parts.at(-1) ?? '';
  const location = parts.at(-2);
  const project = parts.at(-3);
  if (!CLUSTER.test(cluster)) return { problem: badCluster(cluster) };
  if (location !== undefined && location !== '-' && !LOCATION.test(location)) return { problem: malformed(text) };
  if (project !== undefined && !PROJECT.test(project)) return { problem: malformed(text) };
  return {
    cluster,
    ...(location === undefined || location === '-' ? {} : { location }),
    ...(project === undefined ? {} : { project }),
  };
}

function badCluster(name: string): Text {
  const shown = printable(name);
  return {
    en: `“${shown}” can't be the name of a GKE cluster: these have lower-case letters, digits and hyphens, start with a letter, and are at most 40 characters long.`,
    ja: `「${shown}」は GKE クラスタの名前ではありません。使えるのは小文字の英字・数字・ハイフンで、先頭は英字、長さは 40 文字までです。`,
  };
}

function malformed(text: string): Text {
  const shown = printable(text);
  return {
    en: `“${shown}” doesn't name a cluster. Write cluster-x, location/cluster-x, project/location/cluster-x, or projects/P/locations/L/clusters/C.`,
    ja: `「${shown}」はクラスタの指定になっていません。cluster-x、location/cluster-x、project/location/cluster-x、projects/P/locations/L/clusters/C のいずれかで指定してください。`,
  };
}

/** What was typed, safe to show: no control or invisible characters, at most 60 characters. */
export function printable(text: string): string {
  const clean = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '�');
  return clean.length > 60 ? `${clean.slice(0, 60)}…` : clean;
}
