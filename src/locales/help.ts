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
      en: 'Run every check that applies to the cluster, and show proof and fixes.',
      ja: 'クラスタに当てはまるチェックをすべて実行し、根拠と修正方法を示します。',
    },
    example: 'diagnose cluster-x --for alice@example.com --verb list --resource pods --namespace shop',
  },
  scan: {
    usage: 'scan [PROJECT] [--all]',
    what: {
      en: 'Check node service accounts, service agents and APIs of every cluster in a project.',
      ja: 'プロジェクト内の全クラスタについて、ノード サービス アカウント、サービス エージェント、API を調べます。',
    },
    example: 'scan prod-1',
  },
  explain: {
    usage: 'explain [TEXT]',
    what: {
      en: 'Explain a pasted error and check its cause.',
      ja: '貼り付けたエラーの意味を説明し、原因を確認します。',
    },
    example: 'explain Error from server (Forbidden): …',
  },
  pending: {
    usage: 'pending',
    what: { en: 'List the fixes that wait for your decision.', ja: '自分の承認を待っている修正を表示します。' },
    example: 'pending',
  },
  history: {
    usage: 'history [CLUSTER]',
    what: { en: 'List past reports and grants.', ja: '過去のレポートと付与した権限を表示します。' },
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
      en: 'Show the health of the bot, the queue and the access to Google Cloud.',
      ja: 'ボット、キュー、Google Cloud へのアクセスの状態を表示します。',
    },
    example: 'status',
  },
  help: {
    usage: 'help [VERB]',
    what: { en: 'Show help, or help for one command.', ja: 'ヘルプ、またはコマンドごとのヘルプを表示します。' },
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
    usage: 'audit verify|export [--checkpoint FILE]',
    what: {
      en: 'Verify the audit log, or write it as JSON lines.',
      ja: '監査ログが改ざんされていないことを検証します。または JSON Lines で出力します。',
    },
    example: 'audit verify',
  },
  freeze: {
    usage: 'freeze --by NAME',
    what: {
      en: 'Stop all approving and applying at once; revoking stays possible.',
      ja: '承認と適用をただちに停止します（取り消しは可能です）。',
    },
    example: 'freeze --by carol',
  },
  unfreeze: {
    usage: 'unfreeze --by NAME',
    what: { en: 'Allow approving and applying again.', ja: '承認と適用を再開します。' },
    example: 'unfreeze --by carol',
  },
  revoke: {
    usage: 'revoke --all --by NAME',
    what: { en: 'Take back everything that was granted.', ja: '付与したものをすべて取り消します。' },
    example: 'revoke --all --by carol',
  },
};

export const optionHelp: Readonly<Record<OptionName, { readonly usage: string; readonly what: Text }>> = {
  for: {
    usage: '--for PRINCIPAL',
    what: {
      en: 'Whose access to check (in Slack: yours by default).',
      ja: '指定した人のアクセスを調べます（Slack での既定は自分です）。',
    },
  },
  verb: {
    usage: '--verb V',
    what: { en: 'Kubernetes verb that was denied.', ja: '拒否された Kubernetes の動詞（verb）を指定します。' },
  },
  resource: {
    usage: '--resource R',
    what: { en: 'Kubernetes resource that was denied.', ja: '拒否された Kubernetes リソースを指定します。' },
  },
  namespace: {
    usage: '--namespace N',
    what: { en: 'Namespace where it was denied.', ja: '拒否された Namespace を指定します。' },
  },
  workload: {
    usage: '--workload NS/KSA',
    what: {
      en: 'Check the Workload Identity chain of a workload (also NS/pod/NAME, NS/deploy/NAME).',
      ja: 'ワークロードの Workload Identity の経路を調べます（NS/pod/NAME、NS/deploy/NAME も指定できます）。',
    },
  },
  only: { usage: '--only CHECK,…', what: { en: 'Run only these checks.', ja: '指定したチェックだけを実行します。' } },
  ttl: {
    usage: '--ttl 8h',
    what: { en: 'Ask for grants that expire after this time.', ja: '期限付きの付与を依頼します。' },
  },
  every: {
    usage: '--every 1d',
    what: { en: 'How often to run, at least 5m.', ja: '実行間隔を指定します（5m 以上）。' },
  },
  all: { usage: '--all', what: { en: 'Scan every configured project.', ja: '設定済みの全プロジェクトを調べます。' } },
  by: {
    usage: '--by NAME',
    what: { en: 'Who does it, for the audit log.', ja: '監査ログに残す実行者の名前を指定します。' },
  },
  checkpoint: {
    usage: '--checkpoint FILE',
    what: {
      en: 'Prove that nothing before this checkpoint was altered or cut off.',
      ja: 'チェックポイント以前の記録が改変されていないことを検証します。',
    },
  },
  needs: {
    usage: '--needs PERMISSION',
    what: {
      en: 'Check whether the workload (or --for) holds an IAM permission on the resource of --on.',
      ja: 'ワークロード（または --for）に必要な、--on のリソースに対する IAM 権限を指定します。',
    },
  },
  on: {
    usage: '--on RESOURCE',
    what: {
      en: 'The resource: a full resource name, or gs://BUCKET.',
      ja: '対象のリソースを指定します（完全なリソース名、または gs://BUCKET）。',
    },
  },
  from: {
    usage: '--from IP',
    what: {
      en: 'Compare this address with the authorized networks.',
      ja: '承認済みネットワークと照合する IP アドレスを指定します。',
    },
  },
  picture: {
    usage: '--picture FILE.svg|FILE.png',
    what: { en: 'Write a diagram of the chain to this file.', ja: '経路の図をこのファイルに書き出します。' },
  },
  project: {
    usage: '--project P',
    what: { en: 'Project to look for the cluster in.', ja: 'クラスタを探すプロジェクトを指定します。' },
  },
  lang: { usage: '--lang en|ja', what: { en: 'Language of the output.', ja: '出力の言語を指定します。' } },
  format: { usage: '--format text|json|markdown', what: { en: 'Output format.', ja: '出力形式を指定します。' } },
  verbose: { usage: '--verbose', what: { en: 'Show passed checks too.', ja: '正常な項目も表示します。' } },
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
