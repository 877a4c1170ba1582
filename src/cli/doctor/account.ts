/** Whose credentials this machine uses: a token file, gcloud's active account, or Application Default Credentials. */
import { z } from 'zod';
import { Endpoints } from '../../google/endpoints.ts';
import { CredentialsError, createIdentity, type Identity, identityOfToken } from '../../google/identity.ts';
import { type Env, findProgram, runProgram } from './machine.ts';
import { type Step, same } from './step.ts';

export interface Account {
  readonly step: Step;
  /** Absent where there are no credentials. Never printed. */
  readonly token?: string;
  readonly identity?: Identity;
  /** gcloud's own project, for a cluster named without one. */
  readonly project?: string;
}

/** What `gcloud config config-helper` tells; it is what gke-gcloud-auth-plugin asks too. */
const Helper = z.object({
  configuration: z.object({
    properties: z.object({
      core: z.object({ account: z.string().optional(), project: z.string().optional() }).default({}),
    }),
  }),
  credential: z.object({ access_token: z.string().optional() }).default({}),
});

export async function lookAtAccount(env: Env): Promise<Account> {
  if (env.CLOUDSDK_AUTH_ACCESS_TOKEN_FILE) return fromIdentity(env, `CLOUDSDK_AUTH_ACCESS_TOKEN_FILE`);
  const gcloud = await findProgram(env, 'gcloud');
  if (!gcloud) return fromIdentity(env, 'Application Default Credentials');
  const ran = await runProgram(env, gcloud, ['config', 'config-helper', '--format=json']);
  const helper = Helper.safeParse(parsed(ran.stdout));
  const { account, project } = helper.success ? helper.data.configuration.properties.core : {};
  const token = helper.success ? helper.data.credential.access_token : undefined;
  if (!token) {
    return {
      project,
      step: {
        step: 'account',
        status: 'fail',
        headline: { en: 'gcloud has no usable credentials', ja: 'gcloud に使用できる認証情報がありません' },
        detail: same(ran.complaint || 'gcloud config config-helper'),
        next: ['gcloud auth login'],
      },
    };
  }
  return {
    token,
    project,
    identity: identityOfToken(token, { env, endpoints: new Endpoints(env) }),
    step: {
      step: 'account',
      status: 'pass',
      headline: {
        en: `gcloud’s active account: ${account ?? '?'}`,
        ja: `gcloud の有効なアカウント: ${account ?? '?'}`,
      },
      detail: {
        en: `Is it the one you mean? Others: gcloud auth list, gcloud config set account ACCOUNT.${project ? ` Project: ${project}.` : ''}`,
        ja: `意図したアカウントですか。ほかのアカウントは gcloud auth list、切り替えは gcloud config set account アカウント です。${project ? `プロジェクト: ${project}。` : ''}`,
      },
    },
  };
}

async function fromIdentity(env: Env, source: string): Promise<Account> {
  try {
    const identity = await createIdentity({ env, endpoints: new Endpoints(env) });
    const { token } = await identity.auth.getAccessToken();
    if (!token) return nothing(source, same(source));
    return {
      token,
      identity,
      step: {
        step: 'account',
        status: 'pass',
        headline: { en: `Credentials from ${source}`, ja: `認証情報: ${source}` },
      },
    };
  } catch (error) {
    // What keeps credentials from giving a token (expired, revoked, no network) is what this step is to tell.
    const why =
      error instanceof CredentialsError ? error.text : same(error instanceof Error ? error.message : String(error));
    return nothing(source, why);
  }
}

function nothing(source: string, detail: Step['detail']): Account {
  return {
    step: {
      step: 'account',
      status: 'fail',
      headline: { en: `No usable credentials (${source})`, ja: `使用できる認証情報がありません（${source}）` },
      detail,
      next: ['gcloud auth login', 'gcloud auth application-default login'],
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
