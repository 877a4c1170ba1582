/** Help: one line per verb, and what each option does. */
import type { Text } from '../contracts/text.ts';
import type { OptionName } from '../grammar/options.ts';
import type { Verb } from '../grammar/verbs.ts';

export const verbHelp: Readonly<
  Record<Verb, { readonly usage: string; readonly what: Text; readonly example: string }>
> = {
  diagnose: {
    usage: 'diagnose CLUSTER',
    what: {
      en: 'Run every check that applies to the cluster; show proof and fixes.',
      ja: 'クラスタに当てはまるチェックをすべて実行し、根拠と修正方法を示します。',
    },
    example: 'diagnose cluster-x --for alice@example.com --verb list --resource pods --namespace shop',
  },
  scan: {
    usage: 'scan [PROJECT] [--all]',
    what: {
      en: 'Check node service accounts, service agents and APIs of every cluster in a project.',
      ja: 'プロジェクト内の全クラスタについて、ノードのサービス アカウント、サービス エージェント、API を調べます。',
    },
    example: 'scan prod-1',
  },
  explain: {
    usage: 'explain [TEXT]',
    what: {
      en: 'Explain a pasted error and check its cause.',
      ja: '貼り付けたエラーの意味を示し、実際に確認します。',
    },
    example: 'explain Error from server (Forbidden): …',
  },
  pending: {
    usage: 'pending',
    what: { en: 'List the fixes that wait for my decision.', ja: '自分の判断待ちの修正を表示します。' },
    example: 'pending',
  },
  history: {
    usage: 'history [CLUSTER]',
    what: { en: 'List past reports and grants.', ja: '過去のレポートと付与した内容を表示します。' },
    example: 'history cluster-x',
  },
  cancel: {
    usage: 'cancel ID',
    what: { en: 'Stop a running diagnosis.', ja: '実行中の診断を中止します。' },
    example: 'cancel d1a2b3c4',
  },
  watch: {
    usage: 'watch CLUSTER|PROJECT --every 1d',
    what: {
      en: 'Diagnose on a schedule; post only when something changes.',
      ja: '定期的に診断し、変化があったときだけ投稿します。',
    },
    example: 'watch cluster-x --every 1d',
  },
  unwatch: {
    usage: 'unwatch ID',
    what: { en: 'Stop a watch.', ja: '監視を停止します。' },
    example: 'unwatch w1a2b3c4',
  },
  checks: {
    usage: 'checks [ID]',
    what: { en: 'List all checks, or show one in full.', ja: 'チェックの一覧、または 1 件の詳細を表示します。' },
    example: 'checks node-sa-permissions',
  },
  status: {
    usage: 'status',
    what: {
      en: 'Show the health of bot, queue and Google access.',
      ja: 'ボット、キュー、Google 接続の状態を表示します。',
    },
    example: 'status',
  },
  help: {
    usage: 'help [VERB]',
    what: { en: 'Show help, or help for one command.', ja: 'このヘルプ、またはコマンドごとのヘルプを表示します。' },
    example: 'help diagnose',
  },
  doctor: {
    usage: 'doctor CLUSTER',
    what: {
      en: 'Check this machine: account, token, API server, plugin, kubectl, kubeconfig.',
      ja: 'この端末を調べます（アカウント、トークン、API サーバー、プラグイン、kubectl、kubeconfig）。',
    },
    example: 'doctor cluster-x',
  },
  audit: {
    usage: 'audit verify|export',
    what: {
      en: 'Verify the audit log, or write it as JSON lines.',
      ja: '監査ログが改ざんされていないことを検証、または JSON Lines で出力します。',
    },
    example: 'audit verify',
  },
};

export const optionHelp: Readonly<Record<OptionName, { readonly usage: string; readonly what: Text }>> = {
  for: {
    usage: '--for PRINCIPAL',
    what: {
      en: 'Whose access to check (in Slack: you, by default).',
      ja: '誰のアクセスを調べるか（Slack での既定は自分）',
    },
  },
  verb: { usage: '--verb V', what: { en: 'Kubernetes verb that was denied.', ja: '拒否された Kubernetes の動詞' } },
  resource: {
    usage: '--resource R',
    what: { en: 'Kubernetes resource that was denied.', ja: '拒否された Kubernetes リソース' },
  },
  namespace: { usage: '--namespace N', what: { en: 'Namespace where it was denied.', ja: '拒否された Namespace' } },
  workload: {
    usage: '--workload NS/KSA',
    what: {
      en: 'Check the Workload Identity chain of a workload (also NS/pod/NAME, NS/deploy/NAME).',
      ja: 'ワークロードの Workload Identity の経路（NS/pod/NAME、NS/deploy/NAME も可）',
    },
  },
  needs: {
    usage: '--needs PERMISSION',
    what: {
      en: 'Check whether the workload (or --for) holds an IAM permission on the resource of --on.',
      ja: 'ワークロード（または --for）が、--on のリソースに対して持つべき IAM 権限',
    },
  },
  on: {
    usage: '--on RESOURCE',
    what: {
      en: 'The resource: a full resource name, or gs://BUCKET.',
      ja: '対象のリソース（完全なリソース名、または gs://BUCKET）',
    },
  },
  from: {
    usage: '--from IP',
    what: {
      en: 'Compare this address with the authorized networks.',
      ja: '承認済みネットワークと照合する IP アドレス',
    },
  },
  only: { usage: '--only CHECK,…', what: { en: 'Run only these checks.', ja: '指定したチェックだけ' } },
  ttl: { usage: '--ttl 8h', what: { en: 'Ask for grants that expire after this time.', ja: '期限付きの付与を依頼' } },
  every: { usage: '--every 1d', what: { en: 'How often to run, at least 5m.', ja: '間隔（5m 以上）' } },
  all: { usage: '--all', what: { en: 'Every configured project.', ja: '設定済みの全プロジェクト' } },
  picture: {
    usage: '--picture FILE.svg|FILE.png',
    what: { en: 'Draw the chain into this file.', ja: '経路を図にする' },
  },
  project: {
    usage: '--project P',
    what: { en: 'Project to look for the cluster in.', ja: 'クラスタ名を探すプロジェクト' },
  },
  lang: { usage: '--lang en|ja', what: { en: 'Language of the output.', ja: '応答の言語' } },
  format: { usage: '--format text|json|markdown', what: { en: 'Output format.', ja: '出力形式' } },
  verbose: { usage: '--verbose', what: { en: 'Show passed checks too.', ja: '正常な項目も表示' } },
};

export const helpText = {
  title: {
    en: "gke-auth finds out why a person, a node or a workload can't authenticate to a GKE cluster.",
    ja: 'gke-auth は、GKE クラスタで認証・認可に失敗する原因を調べます。',
  },
  shortcut: {
    en: 'On a message with an error in it: ⋮ → Diagnose this error.',
    ja: 'エラーが書かれたメッセージでは、⋮ から「Diagnose this error」を選べます。',
  },
  example: { en: 'Example:', ja: '例:' },
} as const;
