import { perimeterDenial } from './build/audit-log.ts';
import { errorInfo, GoogleError } from './errors.ts';
import { refusingPerimeter } from './iam/perimeters.ts';
import { findResource } from './iam/resources.ts';
import type { Call, Route } from './route.ts';
import { asString, nextSerial, type Project } from './world.ts';

/** The project that a bucket is in: its path has none. */
function bucketProject(call: Call): Project | undefined {
  const { bucket } = call.params;
  return bucket === undefined
    ? undefined
    : findResource(call.world, `//storage.googleapis.com/projects/_/buckets/${bucket}`)?.project;
}

/**
 * Refuses a call that a service perimeter forbids, and logs it in the protected project (VPC Service Controls,
 * "Troubleshoot common issues").
 */
export function refuseByPerimeter(call: Call, route: Route, consumer: Project | undefined): void {
  const project = bucketProject(call) ?? consumer;
  const perimeter = project && refusingPerimeter(call.world, project, route.service, call.caller);
  if (!project || !perimeter) return;
  const id = Buffer.from(`perimeter-${nextSerial(call.world)}`).toString('base64url');
  project.logEntries.push({
    insertId: id,
    ...perimeterDenial({
      project: project.projectId,
      projectNumber: project.projectNumber,
      minutesAgo: (Date.now() - call.clock.now()) / 60_000,
      id,
      service: route.service,
      method: `${route.service.split('.')[0]}.${route.id}`,
      principal: call.caller,
      perimeter: asString(perimeter.name),
    }),
  });
  throw new GoogleError(
    'PERMISSION_DENIED',
    `Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: ${id}`,
    [
      {
        '@type': 'type.googleapis.com/google.rpc.PreconditionFailure',
        violations: [{ type: 'VPC_SERVICE_CONTROLS', description: id }],
      },
      errorInfo('SECURITY_POLICY_VIOLATED', 'googleapis.com', { uid: id, service: route.service }),
    ],
  );
}
