/** Whether Google takes the token: its tokeninfo says whose it is, what it may, and how long (the first seed, 401). */
import { z } from 'zod';
import { type Answer, BrokenConnectionError, send } from '../../http/http.ts';
import { briefly, type Env } from './machine.ts';
import { type Step, same } from './step.ts';

const TOKENINFO = 'https://oauth2.googleapis.com/tokeninfo';
const ANSWER_MS = 10_000;
const MAX_BYTES = 64 * 1024;

/** The numbers come as strings. */
const TokenInfo = z.object({
  email: z.string().optional(),
  scope: z.string().default(''),
  expires_in: z.coerce.number().optional(),
  exp: z.coerce.number().optional(),
  aud: z.string().optional(),
});

const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';
const EMAIL_SCOPE = 'https://www.googleapis.com/auth/userinfo.email';

const LOGIN = ['gcloud auth login'];

/** The token goes to Google and nowhere else. */
export async function lookAtToken(env: Env, token: string | undefined, nowMs: number): Promise<Step> {
  const step = 'token';
  if (!token) {
    return {
      step,
      status: 'skip',
      headline: { en: 'There is no token to look at', ja: '確認するトークンがありません' },
    };
  }
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) {
    return {
      step,
      status: 'fail',
      headline: {
        en: 'This is an ID token; an access token is needed',
        ja: 'ID トークンです。アクセス トークンが必要です',
      },
      detail: {
        en: 'The API server answers 401 to ID tokens of Google.',
        ja: 'API サーバーは Google の ID トークンに 401 を返します。',
      },
      next: ['gcloud auth print-access-token'],
    };
  }
  const url = new URL(env.GKE_AUTH_TOKENINFO_URL || TOKENINFO);
  url.searchParams.set('access_token', token);
  let answer: Answer;
  try {
    answer = await send({ url, method: 'GET', headers: {}, env, attemptMs: ANSWER_MS, maxBytes: MAX_BYTES });
  } catch (error) {
    const why = error instanceof BrokenConnectionError ? error.root.message : String(error);
    return {
      step,
      status: 'warn',
      headline: { en: 'Google’s tokeninfo can’t be reached', ja: 'Google の tokeninfo に接続できません' },
      detail: same(briefly(`${url.origin}: ${why}`.replaceAll(token, '…'))),
    };
  }
  const { status, body } = answer;
  if (status === 400) {
    return {
      step,
      status: 'fail',
      headline: { en: 'The token is not valid: expired or revoked', ja: 'トークンが無効です（期限切れまたは失効）' },
      detail: {
        en: 'tokeninfo answers 400. The account may be fine; log in again.',
        ja: 'tokeninfo が 400 を返しました。アカウントに問題がなくても、再ログインが必要です。',
      },
      next: LOGIN,
    };
  }
  const info = TokenInfo.safeParse(parsed(body));
  if (status !== 200 || !info.success) {
    return {
      step,
      status: 'warn',
      headline: {
        en: `tokeninfo answered HTTP ${status}`,
        ja: `tokeninfo の応答は HTTP ${status} でした`,
      },
      detail: same(briefly(body.replaceAll(token, '…'))),
    };
  }
  return judge(info.data, nowMs);
}

function judge({ email, scope, expires_in, exp, aud }: z.infer<typeof TokenInfo>, nowMs: number): Step {
  const seconds = expires_in ?? (exp === undefined ? undefined : exp - nowMs / 1000);
  const minutes = seconds === undefined ? '?' : String(Math.floor(seconds / 60));
  const scopes = scope.split(' ').filter(Boolean);
  const detail = {
    en: `Expires in ${minutes} min; audience ${aud ?? '?'}; scopes ${scopes.map(short).join(', ') || '?'}.`,
    ja: `有効期限まで ${minutes} 分。aud は ${aud ?? '?'}、スコープは ${scopes.map(short).join('、') || '?'}。`,
  };
  if (scopes.length > 0 && !scopes.includes(CLOUD_PLATFORM)) {
    return {
      step: 'token',
      status: 'fail',
      headline: {
        en: 'The token lacks the scope cloud-platform',
        ja: 'トークンに cloud-platform スコープがありません',
      },
      detail,
      next: LOGIN,
    };
  }
  if (scopes.length > 0 && email === undefined && !scopes.includes(EMAIL_SCOPE)) {
    return {
      step: 'token',
      status: 'warn',
      headline: {
        en: 'The token lacks the scope userinfo.email: clusters know you by a number only',
        ja: 'トークンに userinfo.email スコープがないため、クラスタには数字の ID としてだけ認識されます',
      },
      detail,
    };
  }
  return {
    step: 'token',
    status: 'pass',
    headline: {
      en: `Google takes the token: ${email ?? 'no email in it'}`,
      ja: `トークンは有効です: ${email ?? 'メールアドレスなし'}`,
    },
    detail,
  };
}

function short(scope: string): string {
  return scope.replace('https://www.googleapis.com/auth/', '');
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
