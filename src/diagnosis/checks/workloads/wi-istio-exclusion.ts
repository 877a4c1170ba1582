/** A sidecar must not catch what goes to the metadata server, and should be ready before the application (docs/domain/workloads.md#wi-istio-exclusion). */
import { parse } from 'yaml';
import { holdsAddress } from '../../../contracts/ip-address.ts';
import { joinText, type Text } from '../../../contracts/text.ts';
import type { Container, Pod } from '../../../kubernetes/objects.ts';
import type { Fact } from '../../facts/fact.ts';
import type { Mesh } from '../../facts/kubernetes/mesh.ts';
import { hasSidecar, SIDECAR } from '../../facts/workload/marks.ts';
import type { Workload } from '../../facts/workload/workload.ts';
import type { Check, FindingDraft } from '../check.ts';
import { unreadable } from '../evidence.ts';
import { type TemplateChange, templateRemedy } from './workload/manifests.ts';
import { asksForWorkload, evidence, listed, nameOf, subjectOf, undecided } from './workload/subject.ts';

const METADATA = '169.254.169.254';
const RANGE = `${METADATA}/32`;
const EXCLUDE = 'traffic.sidecar.istio.io/excludeOutboundIPRanges';
const INCLUDE = 'traffic.sidecar.istio.io/includeOutboundIPRanges';
const CONFIG = 'proxy.istio.io/config';

export const wiIstioExclusion: Check<'workload' | 'mesh'> = {
  id: 'wi-istio-exclusion',
  title: {
    en: 'Istio’s sidecar lets the metadata server’s traffic pass',
    ja: 'Istio のサイドカーがメタデータ サーバー宛ての通信を妨げない',
  },
  description: {
    en: 'A sidecar catches the Pod’s traffic, also that to the metadata server. It has to leave 169.254.169.254/32 alone: by the Pod’s annotation excludeOutboundIPRanges, by the mesh’s excludeIPRanges, or as the injected -i and -x arguments show; a mesh that lets traffic out anyway (outboundTrafficPolicy ALLOW_ANY) does without, and one that doesn’t say is unknown. An application that starts before the sidecar has no network either: holdApplicationUntilProxyStarts, or a native sidecar, helps; without is a warning. In ambient mode there is no sidecar to set up, and a waypoint may change the identity: unknown.',
    ja: 'サイドカーは Pod の通信を捕捉し、メタデータ サーバー宛ての通信も例外ではありません。Pod の excludeOutboundIPRanges アノテーション、メッシュの excludeIPRanges、または注入された -i・-x 引数で、169.254.169.254/32 を除外する必要があります。メッシュ外への通信を許可する設定（outboundTrafficPolicy の ALLOW_ANY）なら除外は不要で、設定に指定がなければ「不明」です。サイドカーより先に起動したアプリケーションは通信できないため、holdApplicationUntilProxyStarts かネイティブ サイドカーを使わない場合は警告します。アンビエント モードにはサイドカーがなく、waypoint で ID が変わることがあるため「不明」です。',
  },
  docs: 'https://cloud.google.com/kubernetes-engine/docs/troubleshooting/authentication',
  needs: ['container.pods.list', 'container.configMaps.list'],
  facts: ['workload', 'mesh'],
  appliesTo: asksForWorkload,

  run({ workload, mesh }, _access, request) {
    const subject = subjectOf(request, workload);
    if (!workload?.known) return [undecided(subject, workload, CANT_TELL)];
    const { pods } = workload.value;
    if (!pods.known) return [undecided(subject, pods, CANT_TELL)];
    const meshed = pods.value.filter(hasSidecar);
    if (meshed.length > 0) return [judge(workload.value, meshed, mesh)];
    return [pods.value.some(isAmbient) ? ambient(subject) : noSidecar(subject)];
  },
};

/** `let-out`: caught, but sent on to where it wanted. */
type EndpointRoute = 'past' | 'let-out' | 'caught' | 'unknown';

function judge(workload: Workload, pods: readonly Pod[], mesh: Fact<Mesh> | undefined): FindingDraft {
  const { resource: subject } = workload;
  const name = nameOf(workload);
  const ways = pods.map(pod => ({ pod, way: wayOf(pod, mesh) }));
  const caught = ways.filter(({ way }) => way === 'caught').map(({ pod }) => pod);
  const early = pods.filter(pod => isHeld(pod, mesh) === false);
  const proof = [
    ...pods.slice(0, 3).map(pod => evidence('kubernetes pods.list', said(pod))),
    ...(mesh && !mesh.known ? [unreadable(mesh)] : []),
  ];
  if (caught.length > 0) {
    return {
      subject,
      status: 'fail',
      headline: {
        en: `The sidecar of ${name} catches the metadata server’s traffic`,
        ja: `${name} のサイドカーがメタデータ サーバー宛ての通信を捕捉しています`,
      },
      detail: joinText([
        {
          en: `${names(caught).en}: neither the Pod nor the mesh excludes ${RANGE} from redirection.`,
          ja: `${names(caught).ja}: Pod でもメッシュでも、${RANGE} がリダイレクトから除外されていません。`,
        },
        ...(early.length > 0 ? [EARLY] : []),
      ]),
      effect: {
        en: 'Requests for a token end in the sidecar and fail.',
        ja: 'トークンの要求がサイドカーで止まり、失敗します。',
      },
      evidence: proof,
      remedies: templateRemedy(workload, exclusion(early.length > 0)),
    };
  }
  if (ways.some(({ way }) => way === 'unknown')) {
    if (mesh && !mesh.known) return { ...undecided(subject, mesh, CANT_TELL), evidence: proof };
    return {
      subject,
      status: 'unknown',
      headline: CANT_TELL,
      detail: mesh?.known && mesh.value.outbound === 'unsaid' ? UNSAID : UNSEEN,
      evidence: proof,
      remedies: templateRemedy(workload, exclusion(early.length > 0)),
    };
  }
  const open = pods.filter(pod => isHeld(pod, mesh) === undefined);
  if (early.length === 0 && open.length > 0 && mesh && !mesh.known) {
    return { ...undecided(subject, mesh, CANT_TELL_FIRST), evidence: proof };
  }
  if (early.length > 0) {
    return {
      subject,
      status: 'warn',
      headline: {
        en: `${name} may start before its sidecar`,
        ja: `${name} がサイドカーより先に起動する可能性があります`,
      },
      detail: EARLY,
      evidence: proof,
      remedies: templateRemedy(workload, exclusion(true)),
    };
  }
  const letOut = ways.some(({ way }) => way === 'let-out');
  return {
    subject,
    status: 'pass',
    headline: { en: 'The sidecar lets it pass', ja: 'サイドカーは通信を妨げません' },
    detail: letOut
      ? {
          en: `Traffic to ${METADATA} goes through the sidecar, which lets it out (outboundTrafficPolicy ALLOW_ANY), and the application starts after it. Excluding ${RANGE} would make it independent of that.`,
          ja: `${METADATA} 宛ての通信はサイドカーを通りますが、そのまま外に出され（outboundTrafficPolicy ALLOW_ANY）、アプリケーションはサイドカーの後に起動します。${RANGE} を除外すると、この設定に左右されなくなります。`,
        }
      : {
          en: `Traffic to ${METADATA} goes past the sidecar, and the application starts after it.`,
          ja: `${METADATA} 宛ての通信はサイドカーを通らず、アプリケーションはサイドカーの後に起動します。`,
        },
    evidence: proof,
  };
}

/** What was injected counts; annotations and the mesh's settings only say what the next injection will do. */
function wayOf(pod: Pod, mesh: Fact<Mesh> | undefined): EndpointRoute {
  const { annotations } = pod.metadata;
  const init = pod.spec.initContainers.find(({ name }) => name === 'istio-init' || name === 'istio-validation');
  const included = argument(init, '-i') ?? annotations[INCLUDE];
  const excluded = argument(init, '-x');
  if (holds(excluded) || holds(annotations[EXCLUDE])) return 'past';
  if (included !== undefined && included !== '*' && !holds(included)) return 'past';
  if (mesh?.known && mesh.value.excludeIPRanges.some(range => holds(range))) return 'past';
  if (mesh && !mesh.known) return 'unknown';
  if (mesh?.known && mesh.value.outbound === 'ALLOW_ANY') return 'let-out';
  if (mesh?.known && mesh.value.outbound === 'unsaid') return 'unknown';
  if (included !== undefined || excluded !== undefined) return 'caught';
  return isManaged(pod) ? 'unknown' : 'caught';
}

/** A managed control plane keeps its settings where they can't be read. */
function isManaged({ metadata, spec }: Pod): boolean {
  const proxy = [...spec.containers, ...spec.initContainers].find(({ name }) => name === SIDECAR);
  return /asm-managed/.test(
    `${metadata.labels['istio.io/rev'] ?? ''} ${metadata.annotations['istio.io/rev'] ?? ''} ${JSON.stringify(proxy?.env ?? [])}`,
  );
}

/** `-x 10.0.0.0/8,169.254.169.254/32`, as istio-iptables takes it. */
function argument(container: Container | undefined, flag: '-i' | '-x'): string | undefined {
  const words = [...(container?.command ?? []), ...(container?.args ?? [])];
  const at = words.indexOf(flag);
  return at === -1 ? undefined : words[at + 1];
}

function holds(ranges: string | undefined): boolean {
  return (ranges ?? '').split(',').some(range => holdsAddress(range.trim(), METADATA));
}

/** Whether the application starts after its sidecar; undefined where only the mesh's settings say, and they can't be read. */
function isHeld(pod: Pod, mesh: Fact<Mesh> | undefined): boolean | undefined {
  const native = pod.spec.initContainers.some(
    ({ name, restartPolicy }) => name === SIDECAR && restartPolicy === 'Always',
  );
  const own = configOf(pod.metadata.annotations).holdApplicationUntilProxyStarts;
  if (native || own === true) return true;
  if (own !== undefined) return false;
  return mesh?.known ? mesh.value.holdApplicationUntilProxyStarts : undefined;
}

function configOf(annotations: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  try {
    const config: unknown = parse(annotations[CONFIG] ?? '{}', { logLevel: 'silent' });
    return config !== null && typeof config === 'object' ? { ...config } : {};
  } catch {
    return {};
  }
}

/** Whatever the annotations say already stays in them. */
function exclusion(hold: boolean): TemplateChange {
  const wanted = (annotations: Readonly<Record<string, string>>) => {
    const ranges = (annotations[EXCLUDE] ?? '').split(',').filter(Boolean);
    return {
      ...(holds(annotations[EXCLUDE]) ? {} : { [EXCLUDE]: [...ranges, RANGE].join(',') }),
      ...(hold
        ? { [CONFIG]: JSON.stringify({ ...configOf(annotations), holdApplicationUntilProxyStarts: true }) }
        : {}),
    };
  };
  return {
    purpose: 'istio-exclusion',
    change: ({ annotations }) => ({ annotations: wanted(annotations) }),
    lines: ({ kind, name, annotations }) => {
      const changes = Object.entries(wanted(annotations));
      const line = (sign: string, key: string, value: string) => `${sign} ${kind} ${name}: ${key}: ${value}`;
      return {
        before: changes.flatMap(([key]) => (annotations[key] ? [line('-', key, annotations[key])] : [])),
        after: changes.map(([key, value]) => line('+', key, value)),
      };
    },
  };
}

function said(pod: Pod): Text {
  const { annotations, name } = pod.metadata;
  const init = pod.spec.initContainers.find(one => one.name === 'istio-init');
  const parts = [
    `${EXCLUDE}: ${annotations[EXCLUDE] ?? '-'}`,
    `${CONFIG}: ${annotations[CONFIG] ?? '-'}`,
    `istio-init -i ${argument(init, '-i') || '-'} -x ${argument(init, '-x') || '-'}`,
  ].join('; ');
  return { en: `${name}: ${parts}`, ja: `${name}: ${parts}` };
}

function names(pods: readonly Pod[]): Text {
  return listed(
    pods.map(({ metadata }) => metadata.name),
    3,
  );
}

function isAmbient({ metadata }: Pod): boolean {
  return (
    metadata.labels['istio.io/dataplane-mode'] === 'ambient' ||
    metadata.annotations['ambient.istio.io/redirection'] === 'enabled'
  );
}

function ambient(subject: string): FindingDraft {
  return {
    subject,
    status: 'unknown',
    headline: { en: 'The Pods are in an ambient mesh', ja: 'Pod はアンビエント メッシュに属しています' },
    detail: {
      en: 'There is no sidecar whose settings could be read; behind a waypoint the workload may appear as *.svc.id.goog alone. Try without ambient mode, or ask the mesh’s operators.',
      ja: '設定を読み取れるサイドカーがありません。waypoint を通ると、ワークロードが *.svc.id.goog としてしか見えないことがあります。アンビエント モードなしで試すか、メッシュの管理者に確認してください。',
    },
    evidence: [],
  };
}

function noSidecar(subject: string): FindingDraft {
  return {
    subject,
    status: 'not-applicable',
    headline: { en: 'No Pod has a sidecar of Istio', ja: 'Istio のサイドカーはありません' },
    detail: { en: 'No Pod has a container istio-proxy.', ja: 'istio-proxy コンテナを持つ Pod はありません。' },
    evidence: [],
  };
}

const EARLY: Text = {
  en: 'The application may start before its sidecar is ready, and has no network until then (holdApplicationUntilProxyStarts is not set).',
  ja: 'アプリケーションがサイドカーの準備前に起動し、その間は通信できない可能性があります（holdApplicationUntilProxyStarts が未設定）。',
};

const CANT_TELL: Text = {
  en: "I can't tell whether the sidecar lets the metadata server’s traffic pass",
  ja: 'サイドカーがメタデータ サーバー宛ての通信を妨げていないか判定できません',
};

const UNSAID: Text = {
  en: `Nothing excludes ${RANGE}, and the mesh’s options don’t say what happens to traffic that leaves the mesh (outboundTrafficPolicy). Istio’s default lets it out; a Sidecar resource may not. Excluding it makes sure.`,
  ja: `${RANGE} は除外されておらず、メッシュの設定にもメッシュ外への通信の扱い（outboundTrafficPolicy）が指定されていません。Istio のデフォルトでは外に出されますが、Sidecar リソースで制限されていることがあります。除外しておけば確実です。`,
};

const UNSEEN: Text = {
  en: 'Nothing in the Pods shows what is redirected (no istio-init with -i or -x), as with a managed mesh or Istio’s CNI plugin.',
  ja: 'マネージド メッシュや Istio の CNI プラグインのように、リダイレクトの範囲（istio-init の -i、-x）が Pod に現れていません。',
};

const CANT_TELL_FIRST: Text = {
  en: "The sidecar lets the metadata server’s traffic pass; I can't tell whether the application waits for it",
  ja: 'サイドカーは通信を妨げませんが、アプリケーションがサイドカーの準備を待つか判定できません',
};
