import { type PlainError, reasonError } from '../../errors.ts';
import { type Call, param, type Route } from '../../route.ts';
import { nextSerial } from '../../world.ts';
import { getRoute, listed } from './collection.ts';
import { policyRoutes, type ResourceApi, resourceFor } from './policy-routes.ts';

const service = 'dns.googleapis.com';

/** Cloud DNS's denials name neither permission nor resource. */
function forbidden(): PlainError {
  return reasonError(403, 'forbidden', 'Forbidden');
}

const projectName = (call: Call): string => `//${service}/projects/${param(call, 'project')}`;

const zones: ResourceApi & { id: string; path: string } = {
  service,
  id: 'managedZones',
  path: '/dns/v1/projects/{project}/managedZones/{zone}',
  fullName: call => `${projectName(call)}/managedZones/${param(call, 'zone')}`,
  denied: forbidden,
  missing: fullName =>
    reasonError(
      404,
      'notFound',
      `The 'parameters.managedZone' resource named '${fullName.split('/').at(-1)}' does not exist.`,
    ),
};

/** Collections of a zone: path, key in the answer, noun of the permissions. */
const inZone: [path: string, key: string, noun: string][] = [
  ['rrsets', 'rrsets', 'resourceRecordSets'],
  ['changes', 'changes', 'changes'],
];

export const dnsRoutes: Route[] = [
  {
    service,
    id: 'managedZones.list',
    method: 'GET',
    path: '/dns/v1/projects/{project}/managedZones',
    handle: call => ({
      kind: 'dns#managedZonesListResponse',
      managedZones: listed(call, zones, projectName(call), `${projectName(call)}/managedZones/x`),
    }),
  },
  getRoute(zones),
  ...policyRoutes({
    ...zones,
    // gcloud asks for policies in v2, and for all else in v1.
    path: '/dns/v1|v2/projects/{project}/locations/{location}/managedZones/{zone}',
    separator: ':',
    read: 'POST',
    grantsByRole: 'unsupported',
  }),
  ...inZone.flatMap(([path, key, noun]): Route[] => [
    {
      service,
      id: `${noun}.list`,
      method: 'GET',
      path: `${zones.path}/${path}`,
      handle: call => {
        resourceFor(call, zones, `dns.${noun}.list`);
        return { kind: `dns#${noun}ListResponse`, [key]: [] };
      },
    },
    {
      service,
      id: `${noun}.create`,
      method: 'POST',
      path: `${zones.path}/${path}`,
      handle: call => {
        resourceFor(call, zones, `dns.${noun}.create`);
        return { ...call.body, id: String(nextSerial(call.world)), status: 'done' };
      },
    },
  ]),
];
