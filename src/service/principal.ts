/** Use case: who the caller is and what it may do, so that what it uses can show it. Asks nobody. */
import type { Principal } from "../auth/principal.ts";
import { readReachKey } from "../auth/reach.ts";
import { SCOPES, type Scope } from "../auth/scope.ts";

/** What a caller is told of itself: nothing that it could not find out by trying. */
export interface PrincipalView {
  /** Empty with the root key. */
  readonly tenant: string;
  readonly actor: string;
  /** In the order of SCOPES. */
  readonly scopes: readonly Scope[];
  /** Names of those it reaches; empty: all. A credential that is narrowed reaches one at least. */
  readonly configurations: readonly string[];
  /** Those it reaches; empty: every one of its configurations. */
  readonly machines: readonly { readonly configuration: string; readonly id: string }[];
  /** Names of those it may send; empty: all. */
  readonly events: readonly string[];
  readonly isRoot: boolean;
  /** Epoch ms; undefined: never. */
  readonly expiresAt: number | undefined;
}

export function describePrincipal({ tenant, actor, scopes, reach, isRoot, expiresAt }: Principal): PrincipalView {
  return {
    tenant,
    actor,
    scopes: SCOPES.filter((scope) => scopes.has(scope)),
    configurations: [...(reach?.configurations ?? [])],
    machines: [...(reach?.machines ?? [])].map(readReachKey),
    events: [...(reach?.events ?? [])],
    isRoot: isRoot ?? false,
    expiresAt,
  };
}
