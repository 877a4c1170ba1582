/**
 * Names of Kubernetes that stand for everybody, or for all power: nothing is ever granted to them, whatever an error says
 * (docs/domain/kubernetes-access.md, "What may be bound").
 */
const EVERYBODY =
  /^(?:(?:user|group|serviceAccount):)?(?:system:(?:anonymous|unauthenticated|authenticated|masters)|allUsers|allAuthenticatedUsers)$/i;

/** Whether the principal, also as `group:system:authenticated`, is one of these. */
export const isEverybody = (principal: string | undefined): boolean =>
  principal !== undefined && EVERYBODY.test(principal);
