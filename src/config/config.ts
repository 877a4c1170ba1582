/**
 * The configuration: `gke-auth.yaml` (path in `GKE_AUTH_CONFIG`) and the environment, read once at start and passed down.
 * Keys and defaults: README.md#configuration.
 */
import { readFileSync } from 'node:fs';
import type { Language, Text } from '../contracts/text.ts';
import { UserFacingError } from '../contracts/user-facing-error.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { readSettings } from './file.ts';
import { type Problem, problemText } from './problem.ts';
import type { Settings } from './settings.ts';

export type { Problem } from './problem.ts';
export type { DecidableRisk, Rules } from './rules.ts';
export { approvalRules, planProjects, planRules } from './rules.ts';
export type { Approvers } from './settings.ts';

/** `environment` holds the secrets: pass on only the part that is needed, and never log it. */
export type Config = Settings & { readonly environment: Environment };

/** What a file's reader gives: its text, or undefined where there is no such file. Throws where it can't be read. */
export type ReadFile = (path: string) => string | undefined;

const DEFAULT_PATH = 'gke-auth.yaml';

/** All that is wrong with the configuration, at once. */
export class ConfigError extends UserFacingError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super({ code: 'config-invalid', text: configErrorText(problems), next: CORRECT_CONFIG, wrongUsage: true });
    this.problems = problems;
  }
}

const CORRECT_CONFIG: Text = {
  en: 'Correct the file that GKE_AUTH_CONFIG names (gke-auth.yaml), or the environment.',
  ja: 'GKE_AUTH_CONFIG のファイル（gke-auth.yaml）か環境変数を修正してください。',
};

/**
 * Reads and validates file and environment. A file that isn't there is fine, unless `GKE_AUTH_CONFIG` names it.
 * @throws {ConfigError} with every problem found.
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
  readFile: ReadFile = readIfThere,
): Config {
  const named = env.GKE_AUTH_CONFIG || undefined;
  const settings = readSettings(named ?? DEFAULT_PATH, named !== undefined, readFile);
  const environment = readEnvironment(env);
  if (settings.ok && environment.ok) {
    const { approvals } = settings.value;
    const frozen = approvals.frozen || environment.value.GKE_AUTH_APPROVALS === 'off';
    return { ...settings.value, approvals: { ...approvals, frozen }, environment: environment.value };
  }
  throw new ConfigError([...problemsOf(settings), ...problemsOf(environment)]);
}

const problemsOf = (result: { ok: true } | { ok: false; problems: readonly Problem[] }) =>
  result.ok ? [] : result.problems;

function configErrorText(problems: readonly Problem[]): Text {
  const lines = (language: Language) => problems.map(problem => `- ${problemText(problem)[language]}`).join('\n');
  return {
    en: `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}; nothing was started.\n${lines('en')}`,
    ja: `設定に問題が ${problems.length} 件あるため、何も起動していません。\n${lines('ja')}`,
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
