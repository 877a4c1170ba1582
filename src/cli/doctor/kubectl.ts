/** kubectl: there, and not more than one minor version from the control plane (Kubernetes, "Version Skew Policy"). */
import { z } from 'zod';
import { minorVersion } from '../../diagnosis/facts/google/node-accounts.ts';
import { type Env, findProgram, runProgram } from './machine.ts';
import { type Step, same } from './step.ts';

const ClientVersion = z.object({ clientVersion: z.object({ gitVersion: z.string() }) });
const INSTALL = ['gcloud components install kubectl'];

export interface Kubectl {
  readonly path?: string;
  /** `v1.32.4`. */
  readonly version?: string;
  readonly complaint?: string;
}

export async function findKubectl(env: Env): Promise<Kubectl> {
  const path = await findProgram(env, 'kubectl');
  if (!path) return {};
  const ran = await runProgram(env, path, ['version', '--client', '--output=json']);
  const read = ClientVersion.safeParse(parsed(ran.stdout));
  return { path, ...(read.success ? { version: read.data.clientVersion.gitVersion } : { complaint: ran.complaint }) };
}

/** `server`: the control plane's version, where it is known. */
export function judgeKubectl({ path, version, complaint }: Kubectl, server: string | undefined): Step {
  const step = 'kubectl';
  if (!path) {
    return {
      step,
      status: 'warn',
      headline: { en: 'kubectl is not on the PATH', ja: 'kubectl が PATH にありません' },
      next: INSTALL,
    };
  }
  const mine = minorVersion(version?.replace(/^v/, '') ?? '');
  if (version === undefined || mine === undefined) {
    return {
      step,
      status: 'warn',
      headline: { en: 'kubectl doesn’t tell its version', ja: 'kubectl のバージョンを確認できません' },
      detail: same(`${path}: ${version ?? complaint ?? ''}`),
    };
  }
  const theirs = minorVersion(server ?? '');
  const skew = theirs === undefined ? undefined : mine - theirs;
  if (skew !== undefined && Math.abs(skew) > 1) {
    return {
      step,
      status: 'warn',
      headline: {
        en: `kubectl 1.${mine} and the control plane 1.${theirs} are more than one minor version apart`,
        ja: `kubectl 1.${mine} とコントロール プレーン 1.${theirs} のマイナー バージョンが 2 つ以上離れています`,
      },
      detail: same(`${path}, ${version}`),
      next: ['gcloud components update'],
    };
  }
  return {
    step,
    status: 'pass',
    headline: { en: `kubectl ${version}`, ja: `kubectl ${version}` },
    detail:
      theirs === undefined
        ? same(path)
        : {
            en: `${path}; fits the control plane, 1.${theirs}.`,
            ja: `${path}。コントロール プレーン（1.${theirs}）に適合しています。`,
          },
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
