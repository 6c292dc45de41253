/** What each scope allows, in a line; the words of docs/keys.md. Knows no DOM. */
import type { Scope } from "../../session/scope.ts";

export const SCOPES: Readonly<Record<Scope, string>> = {
  "configurations:read": "Read, check, simulate and draw configurations.",
  "configurations:write": "Upload and deprecate configurations.",
  "machines:read": "Machines, their history and receipts, feeds, counts, watches.",
  "machines:write": "Create, label, migrate and delete machines.",
  "events:send": "Send events, also many at once and by queue, and try them out.",
  ops: "Override and erase machines; jobs, dead letters, metrics, the rebuild of the index.",
  "keys:admin": "The tenant's keys, its audit log and its usage.",
};

export const EVERY_SCOPE = Object.keys(SCOPES) as Scope[];

/** What a token may have: what is about the whole tenant is not for a browser. */
export const TOKEN_SCOPES: readonly Scope[] = ["configurations:read", "machines:read", "machines:write", "events:send"];

/** These cannot be narrowed to some configurations. */
export const WHOLE_SCOPES: readonly Scope[] = ["ops", "keys:admin"];
