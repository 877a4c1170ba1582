/** What the bot says to one person: acknowledgements, refusals, lists, modals. Arguments are escaped already. */
import type { EntityKey } from '../contracts/explanation.ts';
import type { Text } from '../contracts/text.ts';

const plural = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

export const botText = {
  looking: (cluster: string): Text => ({
    en: `Looking at ${cluster}. I'll post the report here.`,
    ja: `${cluster} を調べています。結果はここに投稿します。`,
  }),
  lookingBehind: (cluster: string, ahead: number): Text => ({
    en: `Looking at ${cluster}: ${ahead === 1 ? '1 diagnosis is' : `${ahead} diagnoses are`} ahead of yours. I'll post the report here.`,
    ja: `${cluster} を調べます。先に ${ahead} 件の診断が待っています。結果はここに投稿します。`,
  }),
  scanning: (what: string): Text => ({
    en: `Scanning ${what}. I'll post the result here.`,
    ja: `${what} をスキャンしています。結果はここに投稿します。`,
  }),
  everyProject: { en: 'every configured project', ja: '設定済みの全プロジェクト' },
  queueDown: {
    en: "The job queue isn't answering, so nothing was started. Try again in a minute; /gke-auth status shows details.",
    ja: '現在、ジョブを受け付けられません（キューが応答しません）。何も開始していません。1 分ほどしてからもう一度お試しください。/gke-auth status で状態を確認できます。',
  },
  broken: (trace: string): Text => ({
    en: `Internal error: your request wasn't completed. Try again, or run gke-auth in a terminal. For operators: the log has the details under ${trace}.`,
    ja: `内部エラーのため処理を完了できませんでした。もう一度お試しいただくか、ターミナルの gke-auth をお使いください。運用担当者はログの ${trace} で詳細を確認できます。`,
  }),
  slackDown: {
    en: "Slack answered with an error, so this isn't finished. Nothing was changed. Try again in a minute.",
    ja: 'Slack がエラーを返したため完了できませんでした。何も変更していません。1 分ほどしてからもう一度お試しください。',
  },
  stillWorking: { en: 'Working on it…', ja: '処理しています…' },
  notYours: {
    en: "This workspace isn't on the list of allowed workspaces (slack.teams). An operator can add it.",
    ja: 'このワークスペースは利用できる一覧（slack.teams）にありません。運用担当者に追加を依頼してください。',
  },
  noProject: {
    en: 'No project is configured, so there is nothing to scan.',
    ja: 'スキャンするプロジェクトが設定されていません。',
  },
  noProjectNext: {
    en: 'Specify one: /gke-auth scan PROJECT.',
    ja: '/gke-auth scan PROJECT のように指定してください。',
  },
  noEmail: (who: string): Text => ({
    en: `Slack doesn't show me the email of ${who}, so I can't find the matching Google identity.`,
    ja: `${who} のメールアドレスを Slack から取得できないため、どの Google アカウントか分かりません。`,
  }),
  noEmailNext: { en: 'Specify it: --for EMAIL.', ja: '--for EMAIL で指定してください。' },

  cancelled: (id: string): Text => ({ en: `Stopping ${id}.`, ja: `${id} を中止しています。` }),
  cancelRefused: (who: string): Text => ({
    en: `Only ${who}, who asked for this, or an approver can stop it.`,
    ja: `中止できるのは、依頼した ${who} と承認者だけです。`,
  }),
  cancelUnknown: (id: string): Text => ({
    en: `No diagnosis ${id} is running. A running diagnosis has a Cancel button on its message; /gke-auth history lists past ones.`,
    ja: `実行中の診断 ${id} はありません。実行中はメッセージに［中止］ボタンがあります。過去の診断は /gke-auth history で確認できます。`,
  }),
  goneReport: {
    en: 'This report is gone (reports are kept for 30 days). Run the diagnosis again: /gke-auth diagnose CLUSTER.',
    ja: 'このレポートは残っていません（保存期間は 30 日です）。/gke-auth diagnose CLUSTER でもう一度診断してください。',
  },

  pendingNone: { en: 'No fix is waiting for your decision.', ja: '自分の承認を待っている修正はありません。' },
  pendingSome: (n: number): Text => ({
    en: `${plural(n, 'fix', 'fixes')} waiting for your decision`,
    ja: `自分の承認を待っている修正が ${n} 件あります`,
  }),
  openThread: { en: 'open', ja: '開く' },
  historyNone: {
    en: 'No diagnosis on record yet. Start one: /gke-auth diagnose CLUSTER.',
    ja: '診断の記録はまだありません。/gke-auth diagnose CLUSTER で開始できます。',
  },
  historyTitle: { en: 'Past diagnoses', ja: '過去の診断' },
  historyOf: (cluster: string): Text => ({ en: `Past diagnoses of ${cluster}`, ja: `${cluster} の過去の診断` }),
  grantsTitle: { en: 'Grants', ja: '付与した権限' },

  statusTitle: { en: 'gke-auth status', ja: 'gke-auth の状態' },
  statusBot: (since: string): Text => ({ en: `Bot: running since ${since}`, ja: `ボット: ${since} から稼働中` }),
  statusQueue: (waiting: number, active: number): Text => ({
    en: `Queue: ${waiting} waiting, ${active} running`,
    ja: `キュー: 待機 ${waiting} 件、実行中 ${active} 件`,
  }),
  statusQueueDown: {
    en: "Queue: Redis isn't answering, so no job can start. An operator must start Redis; the bot then recovers automatically.",
    ja: 'キュー: Redis が応答しません。ジョブを受け付けられません。運用担当者が Redis を起動すると自動で復旧します。',
  },
  statusNoWorker: (role: Text): Text => ({
    en: `${role.en}: none is running. An operator must start one.`,
    ja: `${role.ja}: 稼働していません。運用担当者による起動が必要です。`,
  }),
  statusWorkers: (role: Text, n: number): Text => ({ en: `${role.en}: ${n} running`, ja: `${role.ja}: ${n} 台稼働中` }),
  diagnosers: { en: 'Diagnosing workers', ja: '診断ワーカー' },
  remediators: { en: 'Remediating workers', ja: '修正ワーカー' },
  googleOk: (identity: string): Text => ({
    en: `Google Cloud: reachable as ${identity}`,
    ja: `Google Cloud: ${identity} でアクセスできます`,
  }),
  googleUnknown: { en: 'Google Cloud: not contacted yet', ja: 'Google Cloud: 未確認' },
  googleFails: { en: 'Google Cloud: access failed:', ja: 'Google Cloud: アクセスできません:' },

  checksTitle: { en: 'Checks', ja: 'チェックの一覧' },
  checksMore: { en: '/gke-auth checks ID shows one in full.', ja: '/gke-auth checks ID で詳細を確認できます。' },
  checksGone: {
    en: 'The catalogue of checks is missing (docs/checks.json). npm test writes it again.',
    ja: 'チェックの一覧（docs/checks.json）が見つかりません。npm test で再生成できます。',
  },
  needsPermissions: { en: 'Permissions it needs:', ja: '必要な権限:' },

  watching: (target: string, every: string, id: string): Text => ({
    en: `Watching ${target} every ${every}. I post only when a finding appears, changes or goes away. Stop it: /gke-auth unwatch ${id}`,
    ja: `${target} を ${every} ごとに監視します。検出結果に変化があったときだけ投稿します。停止するには: /gke-auth unwatch ${id}`,
  }),
  unwatched: (id: string): Text => ({ en: `Stopped watch ${id}.`, ja: `${id} の監視を停止しました。` }),
  watchUnknown: (id: string): Text => ({
    en: `There is no watch ${id}. The answer to /gke-auth watch shows the id.`,
    ja: `${id} という監視はありません。ID は /gke-auth watch の応答にあります。`,
  }),

  noText: {
    en: 'This message has no text to explain. Use the shortcut on a message with an error in it, or type /gke-auth explain.',
    ja: 'このメッセージには調べる文がありません。エラーが書かれたメッセージでショートカットを使うか、/gke-auth explain と入力してください。',
  },
  asked: (headline: string): Text => ({
    en: `Requested again: ${headline}. I'll post the new report here.`,
    ja: `もう一度依頼しました: ${headline}。新しいレポートをここに投稿します。`,
  }),
} as const;

export const explainText = {
  meaning: { en: 'The error says:', ja: 'エラーの意味:' },
  next: { en: 'What to do:', ja: '対処方法:' },
  entities: { en: 'Found in the text:', ja: '読み取った項目:' },
  checking: (cluster: string): Text => ({
    en: `Checking this on ${cluster}. I'll post the report here.`,
    ja: `${cluster} で確認しています。結果はここに投稿します。`,
  }),
} as const;

/** What a name that was found in an error text is. */
export const entityName: Readonly<Record<EntityKey, Text>> = {
  project: { en: 'project', ja: 'プロジェクト' },
  projectNumber: { en: 'project number', ja: 'プロジェクト番号' },
  location: { en: 'location', ja: 'ロケーション' },
  cluster: { en: 'cluster', ja: 'クラスタ' },
  nodePool: { en: 'node pool', ja: 'ノードプール' },
  permission: { en: 'permission', ja: '権限' },
  role: { en: 'role', ja: 'ロール' },
  principal: { en: 'principal', ja: 'プリンシパル' },
  iamServiceAccount: { en: 'IAM service account', ja: 'IAM サービス アカウント' },
  namespace: { en: 'namespace', ja: 'Namespace' },
  kubernetesServiceAccount: { en: 'Kubernetes service account', ja: 'Kubernetes サービス アカウント' },
  resource: { en: 'resource', ja: 'リソース' },
  verb: { en: 'verb', ja: '動詞（verb）' },
  apiGroup: { en: 'API group', ja: 'API グループ' },
  kubernetesResource: { en: 'Kubernetes resource', ja: 'Kubernetes リソース' },
  statusCode: { en: 'status code', ja: 'ステータス コード' },
  host: { en: 'host', ja: 'ホスト' },
  service: { en: 'API', ja: 'API' },
  constraint: { en: 'constraint', ja: '制約' },
  errorInfoId: { en: 'error info ID', ja: 'エラー情報 ID' },
  vpcScId: { en: 'VPC Service Controls ID', ja: 'VPC Service Controls の ID' },
  image: { en: 'image', ja: 'イメージ' },
  repository: { en: 'repository', ja: 'リポジトリ' },
  provider: { en: 'provider', ja: 'プロバイダ' },
  audience: { en: 'audience', ja: '対象（audience）' },
};

export const modalText = {
  diagnoseTitle: { en: 'Diagnose a cluster', ja: 'クラスタを診断' },
  diagnose: { en: 'Diagnose', ja: '診断' },
  cluster: { en: 'Cluster', ja: 'クラスタ' },
  clusterHint: {
    en: "Type part of the name. For a cluster that isn't listed, type its full name below.",
    ja: '名前の一部を入力してください。一覧にないクラスタは名前全体を入力します。',
  },
  clusterTyped: { en: 'Or its name', ja: 'または名前を入力' },
  find: { en: 'Find a cluster', ja: 'クラスタを探す' },
  forWhom: { en: 'For whom (optional)', ja: '対象者（任意）' },
  forHint: {
    en: 'An email or IAM member. Leave empty for yourself.',
    ja: 'メールアドレスか IAM メンバー。空欄の場合は自分です。',
  },
  noPrincipal: {
    en: 'Enter an email or an IAM member, such as bob@example.com or serviceAccount:….',
    ja: 'メールアドレスか IAM メンバー（bob@example.com、serviceAccount:… など）を入力してください。',
  },
  workload: { en: 'Workload (optional)', ja: 'ワークロード（任意）' },
  workloadHint: {
    en: 'NAMESPACE/SERVICE-ACCOUNT, NAMESPACE/pod/NAME or NAMESPACE/deploy/NAME. Leave empty to check only the cluster.',
    ja: 'NAMESPACE/SERVICE-ACCOUNT、NAMESPACE/pod/NAME、NAMESPACE/deploy/NAME のいずれか。空欄の場合はクラスタだけを調べます。',
  },
  noWorkload: {
    en: 'Enter NAMESPACE/SERVICE-ACCOUNT, NAMESPACE/pod/NAME or NAMESPACE/deploy/NAME.',
    ja: 'ワークロードは NAMESPACE/SERVICE-ACCOUNT、NAMESPACE/pod/NAME、NAMESPACE/deploy/NAME のいずれかで指定してください。',
  },
  clusterNeeded: { en: 'Choose a cluster, or type its name.', ja: 'クラスタを選ぶか、名前を入力してください。' },
  close: { en: 'Close', ja: '閉じる' },
  explainTitle: { en: 'Explain an error', ja: 'エラーを調べる' },
  explain: { en: 'Explain', ja: '調べる' },
  explainLabel: { en: 'The error text', ja: 'エラーの本文' },
  explainHint: {
    en: 'Paste all of it. Secrets are removed before anything is stored.',
    ja: '全文を貼り付けてください。シークレットは保存前に取り除かれます。',
  },
  resultsTitle: { en: 'All results', ja: 'すべての結果' },
} as const;

export const homeText = {
  title: { en: 'gke-auth', ja: 'gke-auth' },
  intro: {
    en: "Finds out why a person, a node or a workload can't authenticate to a GKE cluster, shows the proof, and grants exactly what is missing once an approver agrees.",
    ja: 'GKE クラスタで認証・認可に失敗する原因を調べ、根拠を示し、承認者の承認後に不足分だけを付与します。',
  },
  diagnose: { en: 'Diagnose a cluster', ja: 'クラスタを診断' },
  explain: { en: 'Explain an error', ja: 'エラーを調べる' },
  waiting: { en: 'Waiting for me', ja: '自分の承認待ち' },
  mine: { en: 'My recent diagnoses', ja: '自分の最近の診断' },
} as const;
