/** What there is to be allowed. Knows no DOM. */

/** What a credential may do; the words of docs/keys.md. */
export type Scope =
  | "configurations:read"
  | "configurations:write"
  | "machines:read"
  | "machines:write"
  | "events:send"
  | "ops"
  | "keys:admin";
