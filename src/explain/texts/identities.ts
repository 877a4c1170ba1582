/** Texts for callers who want to be somebody else: impersonation, actAs, federation of pipelines (docs/domain/federation.md). */
import type { ProblemId } from '../../contracts/explanation.ts';
import type { Text } from '../../contracts/text.ts';
import { type Names, or, PROPAGATION, type ProblemText, shell } from './words.ts';

/** Pipelines come from a pool of federation and have no address of their own. */
const isPipeline = ({ said, program, variant }: Names): boolean =>
  variant === 'federation' ||
  said.provider !== undefined ||
  /workloadIdentityPools\/(?!.*svc\.id\.goog)/.test(said.principal ?? '') ||
  program === 'github-actions' ||
  program === 'gitlab';

/** The pool that the provider belongs to: `projects/PN/locations/global/workloadIdentityPools/POOL`. */
const poolOf = ({ said, projectNumber }: Names): string =>
  said.provider?.replace(/\/providers\/.*$/, '') ??
  /projects\/\d+\/locations\/global\/workloadIdentityPools\/[\w-]+/.exec(said.principal ?? '')?.[0] ??
  `projects/${projectNumber}/locations/global/workloadIdentityPools/POOL`;

const providerOf = ({ said }: Names): string => /providers\/([\w-]+)$/.exec(said.provider ?? '')?.[1] ?? 'PROVIDER';
const poolIdOf = (names: Names): string => /[^/]+$/.exec(poolOf(names))?.[0] ?? 'POOL';

/** The binding that lets a repository's workflows act as the account. */
function bindRepository(names: Names): Text {
  const attribute = names.program === 'gitlab' ? 'attribute.project_path' : 'attribute.repository';
  const member = `principalSet://iam.googleapis.com/${poolOf(names)}/${attribute}/OWNER/REPO`;
  const command = `gcloud iam service-accounts add-iam-policy-binding ${names.account} --role=roles/iam.workloadIdentityUser --member="${member}"`;
  return {
    en: `Let the workflows of this one repository act as the account; the mapping of the provider must set ${attribute}: ${command}`,
    ja: `このリポジトリのワークフローだけに、アカウントとして動作する権限を与えます。プロバイダのマッピングに ${attribute} が必要です: ${command}`,
  };
}

const describeProvider = (names: Names): Text => {
  const command = `gcloud iam workload-identity-pools providers describe ${providerOf(names)} --workload-identity-pool=${poolIdOf(names)} --location=global --project=${names.project}`;
  return {
    en: `See the state, condition, mapping and audiences of the provider: ${command}`,
    ja: `プロバイダの状態、条件、マッピング、オーディエンスを確認します: ${command}`,
  };
};

/** The account is asked only once the exchange works. */
const afterExchange = ({ en, ja }: Text): Text => ({
  en: `Only if iam.serviceAccounts.getAccessToken is refused after that: ${lowerFirst(en)}`,
  ja: `その後に iam.serviceAccounts.getAccessToken が拒否された場合だけ、${ja}`,
});
const lowerFirst = (words: string) => words.charAt(0).toLowerCase() + words.slice(1);

/** What was wrong with the exchange, by what the Security Token Service or the pipeline said. */
const FEDERATION: Readonly<Record<string, { readonly means: Text; readonly steps: (names: Names) => Text[] }>> = {
  condition: {
    means: {
      en: "The provider's attribute condition is false for this pipeline's token.",
      ja: 'プロバイダの属性条件が、このパイプラインのトークンでは満たされていません。',
    },
    steps: names => {
      const command = `gcloud iam workload-identity-pools providers update-oidc ${providerOf(names)} --workload-identity-pool=${poolIdOf(names)} --location=global --project=${names.project} --attribute-condition=CONDITION`;
      return [
        describeProvider(names),
        {
          en: "Compare the condition with the token's claims: repository and owner are case-sensitive, and a renamed repository, a fork or another branch has other claims.",
          ja: '条件とトークンのクレームを比べます。リポジトリと所有者の名前は大文字と小文字を区別し、名前の変更、フォーク、別のブランチではクレームが変わります。',
        },
        {
          en: `Have the owner of the pool correct it, and keep it as narrow as the repositories need: ${command}`,
          ja: `プールの管理者に、必要なリポジトリに限定した条件へ修正してもらいます: ${command}`,
        },
      ];
    },
  },
  audience: {
    means: {
      en: 'The token of the pipeline was made for another audience than the provider expects.',
      ja: 'パイプラインのトークンの aud が、プロバイダの想定するオーディエンスと一致していません。',
    },
    steps: names => [
      describeProvider(names),
      {
        en: `Ask for the token with the provider's own name as audience (https://iam.googleapis.com/${poolOf(names)}/providers/${providerOf(names)}), or add the audience to allowedAudiences.`,
        ja: `プロバイダ自身の名前（https://iam.googleapis.com/${poolOf(names)}/providers/${providerOf(names)}）をオーディエンスとしてトークンを取得するか、allowedAudiences に追加します。`,
      },
    ],
  },
  issuer: {
    means: {
      en: "Google could not fetch the keys of the token's issuer, so it can't check the token.",
      ja: 'Google がトークンの発行者の公開鍵を取得できず、トークンを検証できません。',
    },
    steps: names => [
      describeProvider(names),
      {
        en: 'The issuer must be the exact iss of the token and answer at /.well-known/openid-configuration from the internet; where it can not, upload its keys as jwksJson.',
        ja: '発行者はトークンの iss と完全に一致し、/.well-known/openid-configuration にインターネットから到達できる必要があります。できない場合は、鍵を jwksJson としてアップロードします。',
      },
    ],
  },
  mapping: {
    means: {
      en: "The provider's attribute mapping makes no valid subject from the pipeline's token.",
      ja: 'プロバイダの属性マッピングから、有効な subject が作られていません。',
    },
    steps: names => [
      describeProvider(names),
      {
        en: 'google.subject may hold 127 bytes: map a short, unique claim to it, such as assertion.repository_id or a part of assertion.sub, and adapt the bindings that name the subject.',
        ja: 'google.subject は 127 バイトまでです。assertion.repository_id や assertion.sub の一部など、短く一意のクレームをマッピングし、subject を指定しているバインディングも合わせて変更します。',
      },
    ],
  },
  'id-token': {
    means: {
      en: 'The job has no ID token to exchange: it was not allowed to ask for one.',
      ja: 'ジョブに、交換する ID トークンがありません。取得が許可されていません。',
    },
    steps: () => [
      {
        en: 'In the workflow or the job, set permissions: { id-token: write, contents: read }. A reusable workflow needs it in the caller too.',
        ja: 'ワークフローまたはジョブに permissions: { id-token: write, contents: read } を設定します。再利用可能なワークフローでは、呼び出し側にも必要です。',
      },
      {
        en: 'Pull requests from forks never get one: run that step only for branches of the repository itself.',
        ja: 'フォークからの pull request では取得できません。この処理はリポジトリ自身のブランチでのみ実行します。',
      },
    ],
  },
};

export const IDENTITY_TEXTS = {
  'federation-denied': {
    means: ({ variant }) =>
      FEDERATION[variant ?? '']?.means ?? {
        en: "Google's Security Token Service did not exchange the pipeline's token: the provider, the token or its mapping does not fit.",
        ja: 'Google の Security Token Service が、パイプラインのトークンを交換しませんでした。プロバイダ、トークン、マッピングのいずれかが合っていません。',
      },
    why: () => ({
      en: 'This is the first of two steps: the exchange at the provider comes before any service account, so no role on an account helps yet.',
      ja: '2 段階のうちの最初の段階です。プロバイダでの交換はサービス アカウントより前に行われるため、この時点ではアカウントのロールを変えても解決しません。',
    }),
    next: names => [
      ...(FEDERATION[names.variant ?? '']?.steps(names) ?? [
        describeProvider(names),
        {
          en: 'A provider or pool that is disabled or deleted must be enabled or restored. Its name carries the number of its project, not the id.',
          ja: 'プロバイダやプールが無効または削除済みの場合は、有効化または復元します。名前に使うのはプロジェクト ID ではなく番号です。',
        },
      ]),
      afterExchange(bindRepository(names)),
    ],
  },
  'impersonation-denied': {
    means: ({ said }) => {
      const who = or(said.principal, { en: 'The caller', ja: '呼び出し元' });
      const account = or(said.iamServiceAccount, { en: 'the service account', ja: 'サービス アカウント' });
      return {
        en: `${who.en} may not take a token of ${account.en}.`,
        ja: `${who.ja} には ${account.ja} のトークンを取得する権限がありません。`,
      };
    },
    why: names =>
      isPipeline(names)
        ? {
            en: 'The exchange of the token worked; what is missing is the binding on the service account for this repository. An account that does not exist is refused in the same words.',
            ja: 'トークンの交換は成功しています。足りないのは、サービス アカウントに対するこのリポジトリのバインディングです。アカウントが存在しない場合も同じ文言になります。',
          }
        : {
            en: 'Impersonation needs iam.serviceAccounts.getAccessToken on the account. Owner of a project alone does not give it. An account that does not exist is refused in the same words.',
            ja: '権限の借用には、アカウントに対する iam.serviceAccounts.getAccessToken が必要です。プロジェクトのオーナーでも持っていません。アカウントが存在しない場合も同じ文言になります。',
          },
    next: names => [
      {
        en: `Check that the account exists: gcloud iam service-accounts describe ${names.account}`,
        ja: `アカウントの存在を確認します: gcloud iam service-accounts describe ${names.account}`,
      },
      isPipeline(names) ? bindRepository(names) : onAccount(names, 'roles/iam.serviceAccountTokenCreator'),
      PROPAGATION,
    ],
  },
  'caller-act-as': {
    means: ({ said }) => {
      const who = or(said.principal, { en: 'The caller', ja: '呼び出し元' });
      const account = or(said.iamServiceAccount, { en: 'the service account', ja: 'サービス アカウント' });
      return {
        en: `${who.en} may not attach ${account.en} to what is being created.`,
        ja: `${who.ja} には、作成するリソースに ${account.ja} を関連付ける権限がありません。`,
      };
    },
    why: () => ({
      en: 'Nodes and jobs run as an account, and whoever creates them needs iam.serviceAccounts.actAs on it. roles/container.admin does not contain it. "default" is the Compute Engine default account of the project.',
      ja: 'ノードやジョブはアカウントとして動作するため、作成者にはそのアカウントに対する iam.serviceAccounts.actAs が必要です。roles/container.admin には含まれません。「default」はプロジェクトの Compute Engine のデフォルト サービス アカウントです。',
    }),
    next: names => [
      onAccount(names, 'roles/iam.serviceAccountUser'),
      {
        en: 'Or create it with an account that the caller may use already: --service-account, in Terraform node_config { service_account }.',
        ja: 'または、呼び出し元がすでに使えるアカウントで作成します（--service-account、Terraform では node_config { service_account }）。',
      },
      PROPAGATION,
    ],
  },
} satisfies Partial<Record<ProblemId, ProblemText>>;

function onAccount({ account, member, said }: Names, usual: string): Text {
  const role = said.role?.startsWith('roles/iam.serviceAccount') === true ? said.role : usual;
  const command = `gcloud iam service-accounts add-iam-policy-binding ${account} --member=${member} --role=${shell(role)}`;
  return {
    en: `Have its owner grant the role on this one account: ${command}`,
    ja: `アカウントの管理者に、このアカウントに限ってロールを付与してもらいます: ${command}`,
  };
}
