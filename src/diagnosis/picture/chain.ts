/** From a report to the chain Pod → KSA → annotation → IAM service account → role → resource. Pure. */
import type { CheckId, Finding, Report } from '../../contracts/report.ts';
import type { Text } from '../../contracts/text.ts';
import { BOXES, type LinkState, more, VALUES } from './words.ts';

export interface Box {
  readonly label: Text;
  readonly value: Text;
}

export interface Link {
  readonly state: LinkState;
  /** The checks that made it so; empty where it is whole. */
  readonly because: readonly CheckId[];
}

/** Six boxes and the five links between them. */
export interface Chain {
  readonly cluster: string;
  readonly workload: string;
  readonly boxes: readonly Box[];
  readonly links: readonly Link[];
}

/** Checks of the first link: can the Pod ask for a token? */
const ASKING: readonly CheckId[] = [
  'wi-nodepool-metadata-mode',
  'wi-netpol-egress',
  'wi-metadata-dns',
  'wi-metadata-startup',
  'wi-istio-exclusion',
  'wi-metadata-server-oom',
  'wi-control-plane-unavailable',
];

/** Undefined where the report is about no workload. */
export function chainOf(report: Report): Chain | undefined {
  const { workload, findings, target } = report;
  if (!workload) return undefined;
  const { namespace, serviceAccount, pods, podCount, annotation, iamServiceAccount, roles } = workload;
  const name = `${namespace}/${serviceAccount}`;
  const link = (...checks: CheckId[]) => linkOf(findings.filter(finding => isAbout(finding, checks)));
  const [pod] = pods;
  const [role] = roles;
  const others = more(new Set(roles.map(one => one.role)).size - 1);
  const held: Link = { state: role ? 'whole' : 'unseen', because: [] };
  const impersonates = annotation !== undefined;
  const pool = link('wi-workload-pool');
  return {
    cluster: target.cluster,
    workload: name,
    boxes: [
      { label: BOXES.pod, value: pod ? joined(pod, more(podCount - 1)) : VALUES.noPods },
      { label: BOXES.serviceAccount, value: same(name) },
      { label: BOXES.annotation, value: impersonates ? same(annotation) : VALUES.noAnnotation },
      impersonates
        ? { label: BOXES.iamServiceAccount, value: iamServiceAccount ? same(iamServiceAccount) : VALUES.noAccount }
        : { label: BOXES.itself, value: same(`ns/${namespace}/sa/${serviceAccount}`) },
      { label: BOXES.role, value: role ? joined(role.role, others) : VALUES.noRole },
      { label: BOXES.resource, value: role ? same(role.resource) : VALUES.noResource },
    ],
    links: [
      asking(link(...ASKING), pool),
      pool,
      impersonates ? link('wi-iamcredentials-api', 'wi-ksa-annotation', 'wi-gsa-binding') : link('wi-ksa-annotation'),
      impersonates ? held : firstOf(link('wi-gsa-binding'), held),
      held,
    ],
  };
}

/** A warning about a pool on which the workload doesn't run says nothing about the workload. */
function isAbout({ check, status }: Finding, checks: readonly CheckId[]): boolean {
  return checks.includes(check) && !(check === 'wi-nodepool-metadata-mode' && status === 'warn');
}

const WORST: readonly (readonly [status: Finding['status'], state: LinkState])[] = [
  ['fail', 'broken'],
  ['unknown', 'unknown'],
  ['warn', 'doubtful'],
  ['pass', 'whole'],
];

function linkOf(findings: readonly Finding[]): Link {
  for (const [status, state] of WORST) {
    const such = findings.filter(finding => finding.status === status);
    if (such.length === 0) continue;
    return { state, because: state === 'whole' ? [] : [...new Set(such.map(({ check }) => check))] };
  }
  return { state: 'unseen', because: [] };
}

/** Without a pool there is no metadata server to ask: that what else it needs is there proves nothing. */
function asking(link: Link, pool: Link): Link {
  return link.state === 'whole' && pool.state === 'broken' ? { state: 'unseen', because: [] } : link;
}

function firstOf(link: Link, otherwise: Link): Link {
  return link.state === 'unseen' ? otherwise : link;
}

function same(text: string): Text {
  return { en: text, ja: text };
}

function joined(text: string, end: Text): Text {
  return { en: `${text}${end.en}`, ja: `${text}${end.ja}` };
}
