/** What a credential may do, and what a method or route asks of one. */
import { DetentError } from "../errors.ts";

export const SCOPES = [
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

/**
 * Who may call a method or route, declared beside it. `open`: anybody, without a credential. `any`: whoever has a tenant,
 * since the call gives no more than its credential has. `known`: whoever has a credential, the root key too. `root`: the root
 * key alone.
 */
export type Access = Scope | "open" | "any" | "known" | "root";

/** What of a caller tells whether it may. */
interface Holder {
  readonly scopes: ReadonlySet<Scope>;
  /** Holds the root key, which manages tenants and keys and nothing else. */
  readonly isRoot?: true;
  /** Does not reach the whole of its tenant. */
  readonly reach?: object;
}

/** These are about a whole tenant: a credential that reaches a part of it has no use of them. */
export const WHOLE_SCOPES: readonly Scope[] = ["ops", "keys:admin"];

/** Throws PERMISSION_DENIED unless `holder` may call what asks for `access`. */
export function requireAccess(holder: Holder, access: Exclude<Access, "open">): void {
  if (access === "known") return;
  if (access === "any") {
    if (holder.isRoot) throw denied("the root key manages tenants and keys, and nothing else", "any");
  } else if (access === "root") {
    if (!holder.isRoot) throw denied("only the root key may manage tenants", "root");
  } else {
    requireScope(holder, access);
    if (holder.reach !== undefined && WHOLE_SCOPES.includes(access)) {
      throw denied("the credential reaches a part of the tenant only; this is about the whole of it", access);
    }
  }
}

/** Throws PERMISSION_DENIED unless `holder` has `scope`. */
export function requireScope({ scopes }: Pick<Holder, "scopes">, scope: Scope): void {
  if (!scopes.has(scope)) throw denied(`the credential lacks the scope "${scope}"`, scope);
}

function denied(message: string, scope: string): DetentError {
  return new DetentError("PERMISSION_DENIED", message, { metadata: { scope } });
}
