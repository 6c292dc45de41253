/** What a credential may do. */
import { DetentError } from "./errors.ts";

const SCOPES = [
  "configurations:read",
  "configurations:write",
  "machines:read",
  "machines:write",
  "events:send",
  "ops",
  "keys:admin",
] as const;

export type Scope = (typeof SCOPES)[number];

export const EVERY_SCOPE: ReadonlySet<Scope> = new Set(SCOPES);

/** Throws PERMISSION_DENIED unless `scopes` has `scope`. */
export function requireScope({ scopes }: { readonly scopes: ReadonlySet<Scope> }, scope: Scope): void {
  if (scopes.has(scope)) return;
  throw new DetentError("PERMISSION_DENIED", `the credential lacks the scope "${scope}"`, { metadata: { scope } });
}
