/** The file: YAML → settings, or every problem in it. */
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Text } from '../contracts/text.ts';
import { nearest } from '../nearest.ts';
import { HIDDEN, looksSecret, namesSecret, type Problem, type Read, shown, UNKNOWN_KEY } from './problem.ts';
import { Settings, settingsKeys, takesAt } from './settings.ts';

/** @param required whether the operator named the file, so that it must be there. */
export function readSettings(
  path: string,
  required: boolean,
  readFile: (path: string) => string | undefined,
): Read<Settings> {
  const source = readSource(path, required, readFile);
  if (!source.ok) return source;
  const lines = new LineCounter();
  const document = parseDocument(source.value, { lineCounter: lines });
  if (document.errors.length > 0) {
    const problems = document.errors.map(error => {
      const { line } = lines.linePos(error.pos[0]);
      const message = error.message.split(' at line')[0] ?? error.message;
      return { key: `${path}:${line}`, got: looksSecret(message) ? shown(message) : message, takes: VALID_YAML };
    });
    return { ok: false, problems };
  }
  const content: unknown = document.toJS() ?? {};
  const result = Settings.safeParse(content);
  const secrets = secretsIn(content);
  if (result.success && secrets.length === 0) return { ok: true, value: result.data };
  const invalid = result.success ? [] : result.error.issues.flatMap(issue => problemsOf(issue, content));
  const isSecret = ({ key }: Problem) => secrets.some(secret => secret.key === key);
  return { ok: false, problems: [...invalid.filter(problem => !isSecret(problem)), ...secrets] };
}

const VALID_YAML: Text = { en: 'valid YAML', ja: '正しい YAML' };
const FROM_ENVIRONMENT: Text = {
  en: 'no secrets: they come only from the environment (SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, GKE_AUTH_PLAN_KEY, …)',
  ja: 'シークレット以外の値（シークレットは環境変数 SLACK_BOT_TOKEN、SLACK_APP_TOKEN、SLACK_SIGNING_SECRET、GKE_AUTH_PLAN_KEY などで渡すもの）',
};

function readSource(path: string, required: boolean, readFile: (path: string) => string | undefined): Read<string> {
  const takes: Text = { en: 'the path of a readable file', ja: '読み取れるファイルのパス' };
  const key = required ? 'GKE_AUTH_CONFIG' : path;
  try {
    const text = readFile(path);
    if (text !== undefined) return { ok: true, value: text };
    if (!required) return { ok: true, value: '' };
    return { ok: false, problems: [{ key, got: `${path} (no such file)`, takes }] };
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { ok: false, problems: [{ key, got: `${path} (${why})`, takes }] };
  }
}

type Path = readonly PropertyKey[];

function problemsOf(issue: z.core.$ZodIssue, content: unknown): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = settingsKeys(issue.path);
    return issue.keys.map(key => ({
      key: keyText([...issue.path, key]),
      got: UNKNOWN_KEY,
      takes: { en: `only these keys: ${known.join(', ')}`, ja: `次のキーのみ（${known.join('、')}）` },
      nearest: nearest(key, known),
    }));
  }
  return [
    {
      key: keyText(issue.path) || 'gke-auth.yaml',
      got: shown(valueAt(content, issue.path)),
      takes: takesAt(issue.path),
    },
  ];
}

/** Secrets have no place in the file, whatever key they are under. */
function secretsIn(value: unknown, path: Path = []): Problem[] {
  if (typeof value === 'string') {
    return looksSecret(value) ? [{ key: keyText(path), got: HIDDEN, takes: FROM_ENVIRONMENT }] : [];
  }
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    if (!Array.isArray(value) && namesSecret(key)) {
      return [{ key: keyText(here), got: HIDDEN, takes: FROM_ENVIRONMENT }];
    }
    return secretsIn(item, here);
  });
}

function keyText(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? String(part) : `.${String(part)}`))
    .join('');
}

function valueAt(content: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => {
    if (value === null || typeof value !== 'object') return undefined;
    return Object.entries(value).find(([key]) => key === String(part))?.[1];
  }, content);
}
