/**
 * The credential plugin that a kubeconfig's entry names: is it there, can it run, and does it speak what the entry expects?
 * Rules: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
import { stat } from 'node:fs/promises';
import { basename, isAbsolute, join, sep } from 'node:path';
import type { ExecPlugin } from './kubeconfig.ts';
import { type Env, findProgram, isExecutable } from './machine.ts';
import { PLUGIN } from './plugin.ts';
import type { Step } from './step.ts';

/** Where the program is. A bare name is looked for on the PATH; a path is what it says, whatever else the PATH has. */
export interface ExecProgram {
  readonly path?: string;
  readonly state: 'runs' | 'absent' | 'not-executable' | 'not-on-path';
}

const VERSION = 'client.authentication.k8s.io/v1beta1';
/** Clients from 1.24 on know no other (https://kubernetes.io/docs/reference/config-api/client-authentication.v1beta1/). */
const VERSIONS = [VERSION, 'client.authentication.k8s.io/v1'];

export async function findExecProgram(env: Env, { command, folder }: ExecPlugin): Promise<ExecProgram> {
  if (!command.includes(sep)) {
    const path = await findProgram(env, command);
    return path ? { path, state: 'runs' } : { state: 'not-on-path' };
  }
  const path = isAbsolute(command) ? command : join(folder, command);
  if (await isExecutable(path)) return { path, state: 'runs' };
  const exists = await stat(path).catch(() => undefined);
  return { path, state: exists ? 'not-executable' : 'absent' };
}

/** What is wrong with the plugin; undefined where nothing is. `next` is the command that writes the entry again. */
export function judgeExecPlugin(
  context: string,
  plugin: ExecPlugin,
  program: ExecProgram,
  next: readonly string[],
): Omit<Step, 'step'> | undefined {
  const { command, args, apiVersion } = plugin;
  if (program.state === 'absent' || program.state === 'not-executable') {
    return notRunnable(context, command, program, next);
  }
  if (basename(command) === 'gcloud' && args.includes('config-helper')) return configHelper(context, next);
  if (apiVersion !== undefined && VERSIONS.includes(apiVersion)) {
    return apiVersion !== VERSION && isGooglePlugin(plugin) ? otherVersion(context, apiVersion, next) : undefined;
  }
  return unknownVersion(context, apiVersion, next);
}

/** Whether an entry runs Google's own plugin. */
export function isGooglePlugin({ command }: ExecPlugin): boolean {
  return basename(command).replace(/\.exe$/, '') === PLUGIN;
}

function notRunnable(
  context: string,
  command: string,
  { path = command, state }: ExecProgram,
  next: readonly string[],
): Omit<Step, 'step'> {
  const absent = state === 'absent';
  return {
    status: 'fail',
    headline: absent
      ? { en: `The entry’s plugin doesn’t exist: ${path}`, ja: `エントリのプラグインが存在しません: ${path}` }
      : { en: `The entry’s plugin is not executable: ${path}`, ja: `エントリのプラグインを実行できません: ${path}` },
    detail: {
      en: `${context} runs ${command}. A path is used as it is: a plugin elsewhere on the PATH does not help. Install it there, or write the entry again.`,
      ja: `${context} は ${command} を実行します。パスはそのまま使われるため、PATH の別の場所にあるプラグインは使われません。その場所にインストールするか、エントリを書き直してください。`,
    },
    next: absent ? next : [`chmod +x ${path}`, ...next],
  };
}

function configHelper(context: string, next: readonly string[]): Omit<Step, 'step'> {
  return {
    status: 'fail',
    headline: {
      en: `The entry runs gcloud config config-helper instead of ${PLUGIN}`,
      ja: `エントリが ${PLUGIN} ではなく gcloud config config-helper を実行しています`,
    },
    detail: {
      en: `${context}: config-helper was made for the removed auth provider “gcp”. Its output is no ExecCredential, so clients refuse it (“plugin returned version …”). Write the entry again.`,
      ja: `${context}: config-helper は削除済みの認証プロバイダ「gcp」用です。出力が ExecCredential ではないため、クライアントに拒否されます（「plugin returned version …」）。エントリを書き直してください。`,
    },
    next,
  };
}

function otherVersion(context: string, apiVersion: string, next: readonly string[]): Omit<Step, 'step'> {
  return {
    status: 'warn',
    headline: {
      en: `The entry asks ${PLUGIN} for ${apiVersion}; get-credentials writes ${VERSION}`,
      ja: `エントリは ${PLUGIN} に ${apiVersion} を求めていますが、get-credentials が書き込むのは ${VERSION} です`,
    },
    detail: {
      en: `${context}: a client refuses a plugin that answers in another version than the entry names.`,
      ja: `${context}: エントリと異なるバージョンで応答するプラグインは、クライアントに拒否されます。`,
    },
    next,
  };
}

function unknownVersion(context: string, apiVersion: string | undefined, next: readonly string[]): Omit<Step, 'step'> {
  return {
    status: 'fail',
    headline: apiVersion
      ? {
          en: `The entry asks for ${apiVersion}, which kubectl no longer knows`,
          ja: `エントリが、kubectl では使えなくなった ${apiVersion} を指定しています`,
        }
      : {
          en: 'The entry’s plugin has no apiVersion',
          ja: 'エントリのプラグインに apiVersion がありません',
        },
    detail: {
      en: `${context}: entry and plugin have to name the same version. get-credentials writes ${VERSION}, which ${PLUGIN} answers.`,
      ja: `${context}: エントリとプラグインのバージョンが一致する必要があります。get-credentials が書き込み、${PLUGIN} が応答するのは ${VERSION} です。`,
    },
    next,
  };
}
