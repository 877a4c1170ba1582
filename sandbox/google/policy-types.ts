/** JSON, and allow policies as IAM's API has them. */
export type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** google.type.Expr, as IAM bindings carry it. */
export type Condition = { title?: string; description?: string; expression: string };
export type Binding = { role: string; members: string[]; condition?: Condition };
/** google.iam.v1.Policy. `etag` is base64 of bytes; `auditConfigs` are google.iam.v1.AuditConfigs. */
export type Policy = { etag: string; bindings: Binding[]; auditConfigs?: JsonObject[] };
