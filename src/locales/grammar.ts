/** Errors in a command, and what to type instead. Arguments are as typed: the caller escapes them. */
import type { Text } from '../contracts/text.ts';

export const grammarText = {
  verbUnknown: (verb: string): Text => ({
    en: `There is no command “${verb}”.`,
    ja: `「${verb}」というコマンドはありません。`,
  }),
  didYouMean: (word: string): Text => ({ en: `Did you mean ${word}?`, ja: `もしかして: ${word}` }),
  seeHelp: { en: 'help lists all commands.', ja: 'help ですべてのコマンドを確認できます。' },
  seeHelpOf: (verb: string): Text => ({
    en: `help ${verb} shows its options.`,
    ja: `help ${verb} で使い方を確認できます。`,
  }),
  verbMissing: { en: 'No command was given.', ja: 'コマンドが指定されていません。' },
  optionUnknown: (option: string, verb: string): Text => ({
    en: `${verb} has no option ${option}.`,
    ja: `${verb} に ${option} というオプションはありません。`,
  }),
  valueMissing: (option: string): Text => ({ en: `${option} needs a value.`, ja: `${option} には値が必要です。` }),
  valueUnwanted: (option: string): Text => ({
    en: `${option} takes no value.`,
    ja: `${option} に値は指定できません。`,
  }),
  valueInvalid: (option: string, got: string): Text => ({
    en: `${option} can't be “${got}”.`,
    ja: `${option} に「${got}」は指定できません。`,
  }),
  takes: (what: Text): Text => ({ en: `It takes ${what.en}.`, ja: `指定できるのは${what.ja}です。` }),
  needs: (option: string, other: string): Text => ({
    en: `${option} needs ${other}.`,
    ja: `${option} は ${other} と一緒に指定してください。`,
  }),
  argumentMissing: (verb: string, what: Text): Text => ({
    en: `${verb} needs ${what.en}.`,
    ja: `${verb} には${what.ja}が必要です。`,
  }),
  argumentExtra: (verb: string, extra: string): Text => ({
    en: `${verb} doesn't take “${extra}”.`,
    ja: `${verb} に「${extra}」は指定できません。`,
  }),
  argumentInvalid: (got: string, what: Text): Text => ({
    en: `“${got}” can't be ${what.en}.`,
    ja: `「${got}」は${what.ja}として使えません。`,
  }),
  tooLong: (length: number, max: number): Text => ({
    en: `The text has ${length} characters; the limit is ${max}.`,
    ja: `${length} 文字あります。${max} 文字までにしてください。`,
  }),
  shorten: {
    en: 'Shorten it. For a long error text, use the message shortcut “Diagnose this error”.',
    ja: '短くしてください。長いエラー文にはメッセージのショートカット「Diagnose this error」が使えます。',
  },
  controlCharacters: {
    en: 'The text contains invisible control characters, so nothing was done.',
    ja: '見えない制御文字が含まれているため、何もしませんでした。',
  },
  typeAgain: { en: 'Type the command instead of pasting it.', ja: '貼り付けずに、キーボードから入力してください。' },
} as const;

/** What an argument or an option's value is. */
export const argumentText = {
  cluster: {
    en: 'a cluster: cluster-x, location/cluster-x, project/location/cluster-x or its full resource name',
    ja: 'クラスタ（cluster-x、location/cluster-x、project/location/cluster-x、または完全なリソース名）',
  },
  clusterOrProject: { en: 'a cluster or a project', ja: 'クラスタまたはプロジェクト' },
  project: { en: 'a project id such as prod-1', ja: 'prod-1 のようなプロジェクト ID' },
  principal: {
    en: 'an email, or an IAM member such as serviceAccount:x@p.iam.gserviceaccount.com',
    ja: 'メールアドレス、または serviceAccount:x@p.iam.gserviceaccount.com のような IAM メンバー',
  },
  verb: {
    en: 'a Kubernetes verb such as get, list or create',
    ja: 'get、list、create などの Kubernetes の動詞（verb）',
  },
  resource: { en: 'a Kubernetes resource such as pods or roles', ja: 'pods や roles などの Kubernetes リソース' },
  namespace: { en: 'a Kubernetes namespace', ja: 'Kubernetes の Namespace' },
  workload: { en: 'NS/KSA, NS/pod/NAME or NS/deploy/NAME', ja: 'NS/KSA、NS/pod/NAME、NS/deploy/NAME のいずれか' },
  permission: {
    en: 'an IAM permission such as storage.objects.get',
    ja: 'storage.objects.get のような IAM 権限',
  },
  cloudResource: {
    en: 'a full resource name such as //pubsub.googleapis.com/projects/P/topics/T, or gs://BUCKET',
    ja: '//pubsub.googleapis.com/projects/P/topics/T のような完全なリソース名、または gs://BUCKET',
  },
  address: { en: 'an IP address', ja: 'IP アドレス' },
  checks: {
    en: 'ids of checks, separated by commas (checks lists them)',
    ja: 'チェックの ID（カンマ区切り。checks で一覧を確認できます）',
  },
  check: { en: 'the id of a check (checks lists them)', ja: 'チェックの ID（checks で一覧を確認できます）' },
  duration: { en: 'a time such as 30m, 8h or 1d', ja: '30m、8h、1d のような期間' },
  interval: { en: 'a time of at least 5m, such as 1h or 1d', ja: '5m 以上の期間（1h、1d など）' },
  language: { en: 'en or ja', ja: 'en か ja' },
  format: { en: 'text, json or markdown', ja: 'text、json、markdown のいずれか' },
  file: { en: 'a file that ends in .svg or .png', ja: '.svg か .png で終わるファイル名' },
  id: { en: 'an id', ja: 'ID' },
  text: { en: 'the text of an error', ja: 'エラーの本文' },
  person: { en: 'your name, for the audit log', ja: '監査ログに残す名前' },
  checkpointFile: {
    en: 'a checkpoint file, or a log with audit checkpoints',
    ja: 'チェックポイント ファイル、または監査チェックポイントを含むログ',
  },
  auditAction: { en: 'verify or export', ja: 'verify か export' },
  verbName: { en: 'the name of a command', ja: 'コマンド名' },
} as const satisfies Readonly<Record<string, Text>>;
