/** Every verb there is: its argument and its options. */

import { PROJECT, parseClusterName } from '../contracts/cluster-name.ts';
import { CHECK_IDS } from '../contracts/report.ts';
import type { Text } from '../contracts/text.ts';
import { nearest } from '../nearest.ts';
import type { OptionName } from './options.ts';

export type Argument =
  | 'cluster'
  | 'clusterOrProject'
  | 'project'
  | 'id'
  | 'check'
  | 'text'
  | 'auditAction'
  | 'verbName';

export interface VerbSpec {
  readonly argument?: Argument;
  readonly required?: boolean;
  readonly terminalOnly?: boolean;
  /** Besides those that every verb takes. */
  readonly options: readonly OptionName[];
}

const spec = <Spec extends VerbSpec>(value: Spec): VerbSpec => value;

export const VERBS = {
  diagnose: spec({
    argument: 'cluster',
    required: true,
    options: ['for', 'verb', 'resource', 'namespace', 'workload', 'needs', 'on', 'from', 'only', 'ttl', 'picture'],
  }),
  scan: spec({ argument: 'project', options: ['all'] }),
  explain: spec({ argument: 'text', options: [] }),
  pending: spec({ options: [] }),
  history: spec({ argument: 'cluster', options: [] }),
  cancel: spec({ argument: 'id', required: true, options: [] }),
  watch: spec({ argument: 'clusterOrProject', required: true, options: ['every'] }),
  unwatch: spec({ argument: 'id', required: true, options: [] }),
  checks: spec({ argument: 'check', options: [] }),
  status: spec({ options: [] }),
  help: spec({ argument: 'verbName', options: [] }),
  doctor: spec({ argument: 'cluster', required: true, terminalOnly: true, options: [] }),
  audit: spec({ argument: 'auditAction', required: true, terminalOnly: true, options: ['checkpoint'] }),
  freeze: spec({ terminalOnly: true, options: ['by'] }),
  unfreeze: spec({ terminalOnly: true, options: ['by'] }),
  revoke: spec({ terminalOnly: true, options: ['all', 'by'] }),
} as const;

export type Verb = keyof typeof VERBS;

/** The prefix that Asset Inventory and audit logs put before a cluster's resource name. */
export const withoutService = (text: string): string => text.replace(/^\/\/container\.googleapis\.com\//, '');

export interface ArgumentProblem {
  readonly message?: Text;
  readonly nearest?: string;
}

const oneOf = (words: readonly string[], text: string) => {
  if (words.includes(text)) return undefined;
  const meant = nearest(text.slice(0, 60), words);
  return meant ? { nearest: meant } : {};
};

function clusterProblem(text: string): ArgumentProblem | undefined {
  const name = parseClusterName(withoutService(text));
  return 'problem' in name ? { message: name.problem } : undefined;
}

/** What is wrong with an argument; undefined where nothing is. */
export function argumentProblem(argument: Argument, text: string): ArgumentProblem | undefined {
  const unless = (good: boolean) => (good ? undefined : {});
  switch (argument) {
    case 'cluster':
      return clusterProblem(text);
    case 'clusterOrProject':
      return PROJECT.test(text) ? undefined : clusterProblem(text);
    case 'project':
      return unless(PROJECT.test(text));
    case 'id':
      return unless(/^[\w-]{1,100}$/.test(text));
    case 'check':
      return oneOf(CHECK_IDS, text);
    case 'auditAction':
      return oneOf(['verify', 'export'], text);
    case 'verbName':
      return oneOf(Object.keys(VERBS), text);
    case 'text':
      return undefined;
  }
}
