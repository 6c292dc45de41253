/** What a handler finds in its context. */
import { createContextKey, type HandlerContext } from "@connectrpc/connect";
import type { Principal } from "../auth/principal.ts";
import type { House } from "../service/house.ts";

/** A request as it comes to the door. */
export interface Arrival {
  readonly house: House;
  readonly release: string;
  readonly requestId: string;
  /** The caller's place in its trace, where it has told one. */
  readonly traceparent: string | undefined;
  /** Hears which method is called, once that is known. */
  readonly onOperation: (operation: string) => void;
  /** Who asks. Rejects with UNAUTHENTICATED, or UNAVAILABLE where that cannot be found out. */
  readonly authenticate: () => Promise<Principal>;
}

/** A request whose caller may make it. */
export interface Call extends Arrival {
  /** Nobody, with no tenant and no scope, where a method asks for no credential. */
  readonly principal: Principal;
  /** Why the call fails at the gate, before its message is read. */
  readonly fault?: Error;
}

export const CALL = createContextKey<Call | undefined>(undefined, { description: "the call" });

export function callOf(context: Pick<HandlerContext, "values">): Call {
  const call = context.values.get(CALL);
  if (call === undefined) throw new Error("a handler runs outside the mount");
  return call;
}
