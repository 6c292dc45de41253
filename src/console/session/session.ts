/** Who uses the console, and by what it calls the service. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Client } from "../../client/client.ts";
import type { Principal } from "../../gen/detent/v1/tenant_service_pb.ts";
import type { Scope } from "./scope.ts";

export interface Session {
  readonly client: Client;
  readonly principal: Principal;
  /** Undefined: nobody has signed in, and the service lets this machine in without. */
  readonly key: string | undefined;
  /** Undefined: the credential has the scope; otherwise why what needs it cannot be done, for `disabledReason`. */
  readonly lacks: (scope: Scope) => string | undefined;
  /** Shows the page on which a key is entered. */
  readonly signIn: () => void;
  readonly signOut: () => void;
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error("there is no SessionGate around this");
  return session;
}

export function useClient(): Client {
  return useSession().client;
}

/** Why a credential without the scope may not. */
export function lackOf({ scopes }: Principal, scope: Scope): string | undefined {
  return scopes.includes(scope) ? undefined : `The credential lacks the scope ${scope}.`;
}
