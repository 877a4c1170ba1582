/** Texts for resources of Google Cloud with policies of their own: buckets, secrets, images, keys (docs/domain/resources.md). */
import type { ProblemId } from '../../contracts/explanation.ts';
import type { Text } from '../../contracts/text.ts';
import { grant, type Names, or, PROPAGATION, type ProblemText, shell } from './words.ts';

/** The least role of the permission's own service, where it is settled which one that is. */
const ROLES: Readonly<Record<string, string>> = {
  'storage.objects.get': 'roles/storage.objectViewer',
  'storage.objects.list': 'roles/storage.objectViewer',
  'storage.objects.create': 'roles/storage.objectCreator',
  'storage.objects.delete': 'roles/storage.objectUser',
  'storage.objects.update': 'roles/storage.objectUser',
  'storage.buckets.get': 'roles/storage.legacyBucketReader',
  'secretmanager.versions.access': 'roles/secretmanager.secretAccessor',
  'secretmanager.versions.get': 'roles/secretmanager.viewer',
  'pubsub.topics.publish': 'roles/pubsub.publisher',
  'pubsub.subscriptions.consume': 'roles/pubsub.subscriber',
  'bigquery.jobs.create': 'roles/bigquery.jobUser',
  'bigquery.tables.getData': 'roles/bigquery.dataViewer',
  'bigquery.tables.get': 'roles/bigquery.dataViewer',
  'cloudsql.instances.connect': 'roles/cloudsql.client',
  'cloudsql.instances.get': 'roles/cloudsql.client',
  'spanner.databases.read': 'roles/spanner.databaseReader',
  'spanner.databases.select': 'roles/spanner.databaseReader',
  'spanner.databases.write': 'roles/spanner.databaseUser',
  'cloudkms.cryptoKeyVersions.useToEncrypt': 'roles/cloudkms.cryptoKeyEncrypter',
  'cloudkms.cryptoKeyVersions.useToDecrypt': 'roles/cloudkms.cryptoKeyDecrypter',
  'artifactregistry.repositories.downloadArtifacts': 'roles/artifactregistry.reader',
  'artifactregistry.repositories.uploadArtifacts': 'roles/artifactregistry.writer',
};

/** The part of a resource's name behind `/kind/`, or a placeholder. */
const part = (resource: string | undefined, kind: string, otherwise: string): string =>
  shell(new RegExp(`(?:^|/)${kind}/([^/]+)`).exec(resource ?? '')?.[1] ?? otherwise);

/** The command that grants the role on the resource itself; on the project where the service has no narrower policy. */
function grantOnResource({ said, project, member }: Names): string {
  const { permission = '', resource } = said;
  const role = shell(ROLES[permission] ?? 'ROLE');
  const binding = `--member=${member} --role=${role}`;
  switch (permission.split('.')[0]) {
    case 'storage': {
      const bucket = /^gs:\/\/([\w.-]+)/.exec(resource ?? '')?.[1] ?? part(resource, 'buckets', 'BUCKET');
      return `gcloud storage buckets add-iam-policy-binding gs://${bucket} ${binding}`;
    }
    case 'secretmanager':
      return `gcloud secrets add-iam-policy-binding ${part(resource, 'secrets', 'SECRET')} --project=${project} ${binding}`;
    case 'pubsub':
      return permission.includes('subscriptions')
        ? `gcloud pubsub subscriptions add-iam-policy-binding ${part(resource, 'subscriptions', 'SUBSCRIPTION')} --project=${project} ${binding}`
        : `gcloud pubsub topics add-iam-policy-binding ${part(resource, 'topics', 'TOPIC')} --project=${project} ${binding}`;
    case 'artifactregistry':
      return `gcloud artifacts repositories add-iam-policy-binding ${part(resource, 'repositories', 'REPOSITORY')} --location=${part(resource, 'locations', 'LOCATION')} --project=${project} ${binding}`;
    case 'cloudkms':
      return `gcloud kms keys add-iam-policy-binding ${part(resource, 'cryptoKeys', 'KEY')} --keyring=${part(resource, 'keyRings', 'KEYRING')} --location=${part(resource, 'locations', 'LOCATION')} --project=${project} ${binding}`;
    case 'spanner':
      return `gcloud spanner databases add-iam-policy-binding ${part(resource, 'databases', 'DATABASE')} --instance=${part(resource, 'instances', 'INSTANCE')} --project=${project} ${binding}`;
    default:
      return grant(project, member, role);
  }
}

/** Who it was, where the error doesn't say: a Pod is somebody else than its node. */
const whoIsIt = ({ said }: Names): Text[] =>
  said.principal === undefined && said.iamServiceAccount === undefined
    ? [
        {
          en: 'Find out who called: at a terminal the active account; in a Pod its own identity, not the node: gcloud auth list',
          ja: '呼び出し元を確認します。ターミナルでは有効なアカウント、Pod ではノードではなく Pod 自身の ID です: gcloud auth list',
        },
      ]
    : [];

/** The principal, or the account that the sentence begins with. */
const withAccount = (names: Names): Names =>
  names.said.principal === undefined && names.said.iamServiceAccount !== undefined
    ? { ...names, member: `serviceAccount:${names.account}` }
    : names;

export const RESOURCE_TEXTS = {
  'resource-permission': {
    means: ({ said }) => {
      const who = or(said.principal ?? said.iamServiceAccount, { en: 'The caller', ja: '呼び出し元' });
      const what = or(said.permission, { en: 'a permission', ja: '権限' });
      const where = or(said.resource, { en: 'the resource that it wants to use', ja: '使おうとしたリソース' });
      return {
        en: `${who.en} is known to Google, but lacks ${what.en} on ${where.en}.`,
        ja: `${who.ja} は認証されていますが、${where.ja} に対する ${what.ja} がありません。`,
      };
    },
    why: () => ({
      en: 'No role of this identity on the resource, its project or above holds the permission; or it was granted to another identity, or elsewhere. A misspelt or deleted resource is refused in the same words.',
      ja: 'このリソース、プロジェクト、またはその上位で、この ID のロールに権限が含まれていません。別の ID や別のリソースに付与した場合もあります。リソース名の誤りや削除済みの場合も同じ文言になります。',
    }),
    next: names => {
      const known = withAccount(names);
      return [
        ...whoIsIt(names),
        {
          en: `Have the owner of the resource grant the least role that holds it: ${grantOnResource(known)}`,
          ja: `リソースの管理者に、この権限を含む最小のロールを付与してもらいます: ${grantOnResource(known)}`,
        },
        ...(names.said.permission?.startsWith('bigquery.') === true
          ? [
              {
                en: 'In BigQuery jobs are paid by the project that runs them: bigquery.jobUser belongs there, data access to the dataset, which Terraform grants as google_bigquery_dataset_iam_member.',
                ja: 'BigQuery のジョブは実行するプロジェクトに課金されます。bigquery.jobUser はそのプロジェクトに、データの権限はデータセットに付与します（Terraform では google_bigquery_dataset_iam_member）。',
              },
            ]
          : []),
        PROPAGATION,
      ];
    },
  },
  'image-pull': {
    means: ({ said }) => {
      const image = or(said.image ?? said.repository, { en: 'the image', ja: 'イメージ' });
      return {
        en: `The node may not pull ${image.en}: the registry refused it.`,
        ja: `ノードが ${image.ja} を pull できません。レジストリに拒否されています。`,
      };
    },
    why: () => ({
      en: "The service account of the node pulls images, never the Pod's: Workload Identity plays no part. It needs to read the repository, also one of another project. A missing repository is refused in the same words.",
      ja: 'イメージの pull は Pod ではなくノードのサービス アカウントが行い、Workload Identity は関係ありません。別のプロジェクトのものも含め、リポジトリの読み取り権限が必要です。リポジトリが存在しない場合も同じ文言になります。',
    }),
    next: names => {
      const { said, cluster, location, projectNumber } = names;
      const { repository } = said;
      // The project that such an error names is that of the repository.
      const project = said.cluster === undefined ? 'CLUSTER_PROJECT' : names.project;
      const of = (kind: string, otherwise: string) => part(repository, kind, otherwise);
      const bind = `gcloud artifacts repositories add-iam-policy-binding ${of('repositories', 'REPOSITORY')} --location=${of('locations', 'REPOSITORY_LOCATION')} --project=${of('projects', 'REPOSITORY_PROJECT')} --member=serviceAccount:NODE_SERVICE_ACCOUNT --role=roles/artifactregistry.reader`;
      return [
        {
          en: `Find the account of the nodes; "default" is ${projectNumber}-compute@developer.gserviceaccount.com: gcloud container clusters describe ${cluster} --location=${location} --project=${project} --format="table(nodePools.name,nodePools.config.serviceAccount)"`,
          ja: `ノードのアカウントを調べます。「default」は ${projectNumber}-compute@developer.gserviceaccount.com です: gcloud container clusters describe ${cluster} --location=${location} --project=${project} --format="table(nodePools.name,nodePools.config.serviceAccount)"`,
        },
        {
          en: `Let it read this one repository: ${bind}`,
          ja: `このリポジトリに限って読み取りを許可します: ${bind}`,
        },
        {
          en: 'If the Pod names imagePullSecrets for this registry, they come first: a stale one breaks pulls that would work without it.',
          ja: 'Pod がこのレジストリの imagePullSecrets を指定している場合は、それが優先されます。古い Secret があると、なければ成功する pull も失敗します。',
        },
        {
          en: 'Flux, Argo CD or Helm that pull charts do it as themselves: grant the role to their identity instead.',
          ja: 'Flux、Argo CD、Helm によるチャートの取得は、それぞれ自身の ID で行われます。その場合は、その ID にロールを付与します。',
        },
      ];
    },
  },
  'kms-key': {
    means: ({ said }) => {
      const key = or(said.resource, { en: 'the Cloud KMS key', ja: 'Cloud KMS 鍵' });
      return {
        en: `${key.en} can't be used for the cluster's disks or Secrets.`,
        ja: `${key.ja} を、クラスタのディスクや Secret の暗号化に使えません。`,
      };
    },
    why: () => ({
      en: "Google's own agents use the key: GKE's agent for Secrets, Compute Engine's agent for disks, both of the cluster's project. Neither has it by its usual role. Or the key is disabled or destroyed.",
      ja: '鍵を使うのは Google のエージェントです。Secret には GKE、ディスクには Compute Engine のエージェント（どちらもクラスタのプロジェクトのもの）が使い、通常のロールには権限がありません。鍵が無効または破棄されている場合もあります。',
    }),
    next: names => {
      const { said, projectNumber } = names;
      const of = (kind: string, otherwise: string) => part(said.resource, kind, otherwise);
      const key = `${of('cryptoKeys', 'KEY')} --keyring=${of('keyRings', 'KEYRING')} --location=${of('locations', 'KEY_LOCATION')} --project=${of('projects', 'KEY_PROJECT')}`;
      const agent =
        /(service-\d+@[\w.-]+)/.exec(said.principal ?? said.iamServiceAccount ?? '')?.[1] ??
        `service-${projectNumber}@compute-system.iam.gserviceaccount.com`;
      return [
        {
          en: `See the state of the key: gcloud kms keys describe ${key} --format="value(primary.state)"`,
          ja: `鍵の状態を確認します: gcloud kms keys describe ${key} --format="value(primary.state)"`,
        },
        {
          en: `Let the agent use it (for Secrets it is service-${projectNumber}@container-engine-robot.iam.gserviceaccount.com): gcloud kms keys add-iam-policy-binding ${key} --member=serviceAccount:${agent} --role=roles/cloudkms.cryptoKeyEncrypterDecrypter`,
          ja: `エージェントに鍵の使用を許可します（Secret の場合は service-${projectNumber}@container-engine-robot.iam.gserviceaccount.com）: gcloud kms keys add-iam-policy-binding ${key} --member=serviceAccount:${agent} --role=roles/cloudkms.cryptoKeyEncrypterDecrypter`,
        },
        {
          en: 'A disabled version can be enabled, one scheduled for destruction restored, by the owner of the key; what is destroyed is lost.',
          ja: '無効なバージョンは有効化、破棄予定のバージョンは復元を、鍵の管理者が行えます。破棄されたものは元に戻せません。',
        },
      ];
    },
  },
} satisfies Partial<Record<ProblemId, ProblemText>>;
