/** Resources below projects in words. */
import type { CloudResource, ResourceKind } from '../../../contracts/resource-name.ts';
import type { Text } from '../../../contracts/text.ts';

const NOUNS: Readonly<Record<ResourceKind, Text>> = {
  object: { en: 'object', ja: 'オブジェクト' },
  managedFolder: { en: 'managed folder', ja: 'マネージド フォルダ' },
  bucket: { en: 'bucket', ja: 'バケット' },
  secretVersion: { en: 'secret version', ja: 'シークレット バージョン' },
  secret: { en: 'secret', ja: 'シークレット' },
  topic: { en: 'topic', ja: 'トピック' },
  subscription: { en: 'subscription', ja: 'サブスクリプション' },
  keyVersion: { en: 'key version', ja: '鍵バージョン' },
  key: { en: 'key', ja: '鍵' },
  keyRing: { en: 'key ring', ja: 'キーリング' },
  repository: { en: 'repository', ja: 'リポジトリ' },
  database: { en: 'database', ja: 'データベース' },
  spannerInstance: { en: 'Spanner instance', ja: 'Spanner インスタンス' },
  zone: { en: 'DNS zone', ja: 'DNS ゾーン' },
  table: { en: 'table', ja: 'テーブル' },
  dataset: { en: 'dataset', ja: 'データセット' },
  disk: { en: 'disk', ja: 'ディスク' },
  instance: { en: 'VM instance', ja: 'VM インスタンス' },
  subnetwork: { en: 'subnet', ja: 'サブネット' },
  sqlInstance: { en: 'Cloud SQL instance', ja: 'Cloud SQL インスタンス' },
};

/** `bucket reports`, `secret db of project p`. The Japanese text ends in a blank, as names in sentences need. */
export function nameOfResource({ kind, path }: CloudResource): Text {
  const noun = NOUNS[kind];
  const [, project = '', , bucket = '', ...rest] = path.split('/');
  if (project === '_') {
    const name = kind === 'bucket' ? bucket : `gs://${bucket}/${rest.slice(1).join('/')}`;
    return { en: `${noun.en} ${name}`, ja: `${noun.ja} ${name} ` };
  }
  const name =
    kind === 'secretVersion' || kind === 'keyVersion' ? path.split('/').slice(-3).join('/') : path.split('/').at(-1);
  return { en: `${noun.en} ${name} of project ${project}`, ja: `プロジェクト ${project} の${noun.ja} ${name} ` };
}
