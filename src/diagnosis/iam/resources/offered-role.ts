/** Which role to offer on a resource: of the permission's own service, the one that adds least (docs/domain/resources.md#roles-to-offer). */
import type { Role } from '../model.ts';
import { type Choice, chooseRole } from '../role-chooser.ts';

/** What makes a role too powerful to be granted by a click: it passes access on, or acts as accounts. */
const POWERFUL =
  /\.setIamPolicy$|^iam\.roles\.|^iam\.serviceAccounts\.(?:actAs|getAccessToken|getOpenIdToken|sign\w+|implicitDelegation)$/;

/** Whether a role lets its holder give access to others, or act as somebody else. */
export function isPowerful({ permissions }: Role): boolean {
  return [...permissions].some(permission => POWERFUL.test(permission));
}

/** Undefined where no candidate contains the permission, or only powerful ones do. */
export function offeredRole(permission: string, candidates: readonly Role[], member: string): Choice | undefined {
  return chooseRole({
    missing: [permission],
    candidates: candidates.filter(role => !isPowerful(role)),
    member,
    on: 'project',
  });
}
