/** The scopes that there are. */

/** What a credential may do; the words of docs/tenants.md. */
export type Scope =
  | "configurations:read"
  | "configurations:write"
  | "machines:read"
  | "machines:write"
  | "events:send"
  | "ops"
  | "keys:admin";
