/** The metadata server takes some seconds to know a new Pod; an application that asks at once may fail (docs/domain/workloads.md#wi-metadata-startup). */
import type { Text } from '../../../contracts/text.ts';
import type { Pod } from '../../../kubernetes/objects.ts';
import type { LogLine } from '../../facts/workload/logs.ts';
import { SIDECAR } from '../../facts/workload/marks.ts';
import type { Workload } from '../../facts/workload/workload.ts';
import type { Check, CheckRequest, FindingDraft } from '../check.ts';
import { egressOf, isBlocked } from './workload/egress.ts';
import { type TemplateChange, templateRemedy } from './workload/manifests.ts';
import {
  asksForWorkload,
  bringsCredentials,
  hasNoPods,
  nameOf,
  subjectOf,
  undecided,
  waits,
} from './workload/subject.ts';
import { linesOf, quoted, searchEnded } from './workload/symptoms.ts';

/** How long after the start of a container an error still belongs to it: Google speaks of some seconds. */
const STARTUP_MS = 30_000;
/** A line may be dated by another clock than the container's start. */
const SKEW_MS = 1_000;

export const wiMetadataStartup: Check<'cluster' | 'workload' | 'workloadNetwork' | 'workloadLogs'> = {
  id: 'wi-metadata-startup',
  title: {
    en: 'The application gets its credentials when it starts',
    ja: 'アプリケーションが起動直後に認証情報を取得できる',
  },
  description: {
    en: 'For some seconds after a Pod’s start the GKE metadata server doesn’t know it yet; an application that asks once, with a short deadline, fails. A warning if errors about credentials fall into the first 30 seconds of a container and then stop. Errors that go on have another cause: the links before this one. A search of the logs that ends before all of the day was searched is unknown. Newer client libraries try again; an init container can wait instead, unless a sidecar of Istio starts after it.',
    ja: 'Pod の起動から数秒間は、GKE メタデータ サーバーがその Pod をまだ認識していません。短いタイムアウトで一度しか要求しないアプリケーションは失敗します。認証情報のエラーがコンテナの起動から 30 秒以内に集中し、その後止んでいる場合に警告します。続いているエラーは別の原因（これより前の項目）によるものです。ログ全体を検索できなかった場合は「不明」です。新しいクライアント ライブラリは再試行します。init コンテナで待つこともできますが、その後に Istio のサイドカーが起動する場合は使えません。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/authentication',
  needs: ['container.pods.list', 'container.deployments.list', 'logging.logEntries.list'],
  facts: ['cluster', 'workload', 'workloadNetwork', 'workloadLogs'],
  appliesTo: asksForWorkload,

  run({ cluster, workload, workloadNetwork, workloadLogs }, _access, request) {
    const subject = subjectOf(request, workload);
    if (!cluster.known) return [undecided(subject, cluster, CANT_TELL)];
    if (!workload?.known) return [undecided(subject, workload, CANT_TELL)];
    if (!workloadNetwork || !workloadLogs) throw new Error('a workload has a network and logs');
    const exempt = bringsCredentials(subject, workload.value) ?? hasNoPods(subject, workload.value);
    if (exempt) return [exempt];
    if (isBlocked(egressOf(cluster.value, workload.value, workloadNetwork), 'metadata')) {
      return [waits(subject, 'wi-netpol-egress', BLOCKED)];
    }
    if (!workloadLogs.known) return [undecided(subject, workloadLogs, CANT_TELL)];
    const errors = linesOf(workloadLogs, 'credentials');
    return [
      judge(workload.value, errors, request) ?? withoutSigns(workload.value, errors, workloadLogs.value.isComplete),
    ];
  },
};

/** Undefined if no error belongs to a run that can still be seen. */
function judge(workload: Workload, errors: readonly LogLine[], request: CheckRequest): FindingDraft | undefined {
  const starts = startsOf(workload);
  const isOfStart = ({ at, pod }: LogLine) =>
    starts.some(
      start => start.pod === pod && at.getTime() >= start.at - SKEW_MS && at.getTime() < start.at + STARTUP_MS,
    );
  const ofStarts = errors.filter(isOfStart);
  // What is older than the runs that are still known may have been at a start as well.
  const afterStarts = errors.filter(
    line => !isOfStart(line) && starts.some(({ pod, at }) => pod === line.pod && at < line.at.getTime()),
  );
  // If the container doesn't stay up, the error comes back with each start: it hasn't stopped.
  const repeated = ofStarts.filter(({ pod }) => isDown(workload, pod));
  if (afterStarts.length > 0 || repeated.length > 0) return goOn(workload, [...afterStarts, ...repeated]);
  const isPasted = request.symptom?.problem === 'wi-metadata-startup' && errors.length === 0;
  return ofStarts.length > 0 || isPasted ? atStart(workload, ofStarts) : undefined;
}

function goOn(workload: Workload, lines: readonly LogLine[]): FindingDraft {
  const name = nameOf(workload);
  return {
    subject: workload.resource,
    status: 'not-applicable',
    headline: {
      en: `${name}: errors about credentials go on after the start`,
      ja: `${name}: 認証情報のエラーは起動後も続いています`,
    },
    detail: {
      en: 'They don’t stop after the first seconds, or come back with every start, so the start isn’t the cause; see the links before this one.',
      ja: '起動直後だけではないか、起動のたびに繰り返されているため、起動のタイミングが原因ではありません。これより前の項目を確認してください。',
    },
    evidence: quoted(lines),
  };
}

function atStart(workload: Workload, lines: readonly LogLine[]): FindingDraft {
  const name = nameOf(workload);
  const seen = lines.length > 0;
  const canWait = !(workload.pods.known && workload.pods.value.some(hasClassicSidecar));
  const advice: Text = canWait
    ? {
        en: 'Update the client library, try again after some seconds, or let an init container wait for the metadata server.',
        ja: 'クライアント ライブラリを更新するか、数秒後に再試行するか、init コンテナでメタデータ サーバーを待ってください。',
      }
    : {
        en: 'Update the client library, or try again after some seconds. An init container can’t wait here: its traffic is redirected to Istio’s sidecar, which starts after it (see wi-istio-exclusion).',
        ja: 'クライアント ライブラリを更新するか、数秒後に再試行してください。init コンテナの通信は後から起動する Istio のサイドカーにリダイレクトされるため、init コンテナで待つことはできません（wi-istio-exclusion を参照）。',
      };
  return {
    subject: workload.resource,
    status: 'warn',
    headline: {
      en: `${name} asks for credentials before the metadata server is ready`,
      ja: `${name} が、メタデータ サーバーの準備前に認証情報を要求しています`,
    },
    detail: seen
      ? {
          en: `Errors about credentials fall into the first seconds of the containers, and then stop. ${advice.en}`,
          ja: `認証情報のエラーがコンテナの起動直後だけに発生しています。${advice.ja}`,
        }
      : {
          en: `The error text looks like it, although the logs of the last day don’t show it. ${advice.en}`,
          ja: `直近 1 日のログには見当たりませんが、エラーの内容から起動直後の失敗と思われます。${advice.ja}`,
        },
    effect: {
      en: 'The application fails or restarts when a Pod starts.',
      ja: 'Pod の起動時に、アプリケーションが失敗または再起動します。',
    },
    evidence: quoted(lines),
    remedies: canWait ? templateRemedy(workload, WAIT) : [],
  };
}

function withoutSigns(workload: Workload, errors: readonly LogLine[], isComplete: boolean): FindingDraft {
  const { resource: subject } = workload;
  const name = nameOf(workload);
  if (!isComplete) return searchEnded(subject, CANT_TELL, quoted(errors));
  return {
    subject,
    status: 'pass',
    headline: { en: 'No sign of failed starts', ja: '起動時の失敗の兆候はありません' },
    detail:
      errors.length > 0
        ? {
            en: `Errors about credentials in the logs of ${name} are older than the runs that can still be seen; since then there are none.`,
            ja: `${name} のログにある認証情報のエラーは、現在確認できる実行より前のもので、その後は発生していません。`,
          }
        : {
            en: `The logs of ${name} in the last day show no errors about credentials after a start.`,
            ja: `直近 1 日の ${name} のログに、起動直後の認証情報のエラーはありません。`,
          },
    evidence: quoted(errors),
  };
}

/** When containers started, of this run and the one before; ms since the epoch. */
function startsOf({ pods }: Workload): { readonly pod: string; readonly at: number }[] {
  return (pods.known ? pods.value : []).flatMap(({ metadata, status }) =>
    status.containerStatuses
      .flatMap(({ state, lastState }) => [state.running, state.terminated, lastState.terminated])
      .flatMap(run => (run?.startedAt ? [{ pod: metadata.name, at: Date.parse(run.startedAt) }] : [])),
  );
}

/** Whether a container of the Pod isn't running: it has ended, or waits to be started once more. */
function isDown({ pods }: Workload, name: string): boolean {
  const pod = (pods.known ? pods.value : []).find(({ metadata }) => metadata.name === name);
  return (
    pod?.status.containerStatuses.some(({ state }) => state.waiting !== undefined || state.terminated !== undefined) ??
    false
  );
}

/** Istio's proxy as an ordinary container, which starts after all init containers (https://istio.io/latest/blog/2023/native-sidecars/). */
function hasClassicSidecar({ spec }: Pod): boolean {
  return spec.containers.some(({ name }) => name === SIDECAR);
}

const TOKEN = 'http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token';
const NAME = 'wait-for-metadata-server';

/** Google's init container: 30 tries, at most 60 s, 3 s for a connection. */
const WAIT: TemplateChange = {
  purpose: 'wait-for-metadata-server',
  change: () => ({
    spec: {
      initContainers: [
        {
          name: NAME,
          image: 'gcr.io/google.com/cloudsdktool/cloud-sdk:alpine',
          command: ['/bin/bash', '-c'],
          args: [
            [
              `curl -sS -H 'Metadata-Flavor: Google' '${TOKEN}'`,
              '--retry 30 --retry-connrefused --retry-max-time 60 --connect-timeout 3 --fail --retry-all-errors > /dev/null',
              "|| { echo 'Retry limit exceeded. Failed to wait for metadata server to be available.' >&2; exit 1; }",
            ].join(' '),
          ],
        },
      ],
    },
  }),
  lines: ({ kind, name }) => ({ before: [], after: [`+ ${kind} ${name}: initContainer ${NAME}`] }),
};

const BLOCKED: Text = {
  en: 'A network policy blocks the Pods from the metadata server, at the start and later.',
  ja: 'ネットワーク ポリシーがメタデータ サーバーへの通信を、起動時もその後も遮断しています。',
};

const CANT_TELL: Text = {
  en: 'I can’t determine whether the application fails when it starts',
  ja: '起動時に失敗しているか判定できません',
};
