/** What npm start says when all is up: what is real, what is simulated, where the page is, what to type. */
import type { Language, Text } from '../contracts/text.ts';
import type { Sides } from './decide.ts';
import type { SandboxLine } from './sandbox.ts';

export const USAGE = `npm start [-- OPTIONS]

  --verbose         shows the logs of all processes here, too (they are in .data/log); so does LOG_LEVEL
  --scenario NAME   another simulated world (npm run -s sandbox -- --list names them)
  --allow-approvals lets people approve in the simulated Slack although Google is real
  --data DIR        keeps Redis's data, keys and logs there instead of .data
`;

export interface Up {
  readonly sides: Sides;
  readonly sandbox?: SandboxLine;
  /** Of this start: browsers need it to open the page. */
  readonly pageToken?: string;
  readonly projects: readonly string[];
  /** The port of Slack's requests where Slack is real and Socket Mode is not used. */
  readonly httpPort?: string;
  /** The given Redis, without its password. */
  readonly redis: string;
  /** Folder of the own Redis's data, as shown. */
  readonly redisFolder: string;
  /** Whether anybody is named who may approve. */
  readonly approvers: boolean;
  /** The simulated Slack stands before real clusters: whether approving in it is on. */
  readonly outward?: 'on' | 'off';
}

/** The language of the screen: the configuration's where it has one, else the terminal's. */
export function terminalLanguage(env: Readonly<Record<string, string | undefined>>): Language {
  return (env.LC_ALL || env.LC_MESSAGES || env.LANG || '').startsWith('ja') ? 'ja' : 'en';
}

export function screen(up: Up, language: Language): string {
  const { sides } = up;
  const rows: [string, Text, Text][] = [
    ['Slack', STATE[sides.slack], slackWhere(up)],
    ['Google', STATE[sides.google], googleWhere(up)],
    ['Redis', STATE[sides.redis], redisWhere(up)],
  ];
  const cluster = sides.google === 'simulated' ? (up.sandbox?.cluster.split('/').at(-1) ?? 'cluster-x') : 'CLUSTER';
  const lines = [
    text('gke-auth is up.', 'gke-auth が起動しました。')[language],
    '',
    ...rows.map(([name, state, where]) => `  ${name.padEnd(8)} ${padded(state[language])} ${where[language]}`),
    ...notes(up).map(note => `\n  ${note[language]}`),
    '',
    text(`Type   /gke-auth diagnose ${cluster}`, `入力例   /gke-auth diagnose ${cluster}`)[language],
    text(
      'To use your own Slack or clusters: README, "Go live".   Ctrl-C stops everything.',
      '自分の Slack やクラスタを使うには README の「Go live」へ。   Ctrl-C ですべて終了します。',
    )[language],
  ];
  return `${lines.join('\n')}\n`;
}

const text = (en: string, ja: string): Text => ({ en, ja });

const STATE = {
  real: text('real', '本物'),
  simulated: text('simulated', '模擬'),
  own: text('own', '専用'),
  given: text('given', '指定'),
} as const satisfies Record<string, Text>;

/** Japanese letters are two columns wide. */
const padded = (state: string) =>
  state + ' '.repeat(12 - [...state].reduce((sum, c) => sum + (c > '\u2e80' ? 2 : 1), 0));

function slackWhere({ sides, sandbox, httpPort, pageToken }: Up): Text {
  if (sides.slack === 'simulated') {
    const base = sandbox?.page ?? '';
    const page = pageToken ? `${base}?token=${pageToken}` : base.replace(/\/$/, '');
    return text(
      `${page}   ← open this, you are Alice; Bob approves`,
      `${page}   ← これを開いてください。あなたは Alice、承認するのは Bob です`,
    );
  }
  return httpPort === undefined
    ? text('your workspace, by Socket Mode', 'あなたのワークスペース（Socket Mode）')
    : text(`your workspace, by HTTP on port ${httpPort}`, `あなたのワークスペース（HTTP、ポート ${httpPort}）`);
}

function googleWhere({ sides, sandbox, projects }: Up): Text {
  if (sides.google === 'simulated') {
    const cluster = sandbox?.cluster.split('/').at(-1);
    return text(
      `project ${sandbox?.project}, ${cluster} is broken on purpose`,
      `プロジェクト ${sandbox?.project}。${cluster} はわざと壊してあります`,
    );
  }
  const names = projects.join(', ');
  return projects.length > 0
    ? text(`projects ${names}`, `プロジェクト ${names}`)
    : text(
        'the projects that your credentials see; name one with --project',
        '認証情報で見えるプロジェクト（--project で指定）',
      );
}

function redisWhere({ sides, redis, redisFolder }: Up): Text {
  return sides.redis === 'given' ? text(redis, redis) : text(`data in ${redisFolder}`, `データは ${redisFolder}`);
}

function notes({ sides, approvers, outward }: Up): Text[] {
  const found: Text[] = [];
  if (sides.slackLacks === 'transport') {
    found.push(
      text(
        'SLACK_BOT_TOKEN is set, but neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET with PORT: so Slack is simulated.',
        'SLACK_BOT_TOKEN はありますが、SLACK_APP_TOKEN も、SLACK_SIGNING_SECRET と PORT の組もないため、Slack は模擬です。',
      ),
    );
  }
  if (sides.slackLacks === 'bot token') {
    found.push(
      text(
        'SLACK_BOT_TOKEN is not set: so Slack is simulated.',
        'SLACK_BOT_TOKEN が設定されていないため、Slack は模擬です。',
      ),
    );
  }
  if (!approvers) {
    found.push(
      text(
        'Approvals are off: the configuration names no approvers (README, "Configuration").',
        '承認は無効です。設定に承認者がいません（README の「Configuration」）。',
      ),
    );
  }
  if (outward === 'off') {
    found.push(
      text(
        'Approvals are off: whoever opens the page can be any approver, and Google is real. npm start -- --allow-approvals turns them on.',
        '承認は無効です。このページでは誰でも承認者として操作でき、Google は本物のためです。有効にするには npm start -- --allow-approvals を実行してください。',
      ),
    );
  }
  if (outward === 'on') {
    found.push(
      text(
        'WARNING: approvals are on (--allow-approvals). Whoever opens the page can approve changes to your real clusters.',
        '警告: 承認が有効です（--allow-approvals）。このページを開いた人は、本物のクラスタへの変更を承認できます。',
      ),
    );
  }
  return found;
}
