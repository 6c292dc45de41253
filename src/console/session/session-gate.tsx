/** Lets in whoever the service knows; everybody else is asked for a key. */
import type { ComponentChildren, JSX } from "preact";
import { useCallback, useMemo, useState } from "preact/hooks";
import { createClient } from "../../client/client.ts";
import { DetentError } from "../../client/error.ts";
import { useLoad } from "../data/use-load.ts";
import { Loading } from "../ui/loading.tsx";
import { Problem } from "../ui/problem.tsx";
import { forgetKey, keepKey, readKey } from "./key-store.ts";
import { lackOf, SessionContext } from "./session.ts";
import { SignIn } from "./sign-in.tsx";

export function SessionGate({ children }: { readonly children: ComponentChildren }): JSX.Element {
  const [key, setKey] = useState(readKey);
  const [isAsking, setAsking] = useState(false);
  const client = useMemo(() => createClient({ url: "/", ...(key !== undefined && { credential: key }) }), [key]);
  const { value, error, reload } = useLoad(
    async (signal) => (await client.tenants.getPrincipal({}, { signal })).principal,
    [client],
  );
  const enter = useCallback((entered: string, survivesReload: boolean) => {
    keepKey(entered, survivesReload);
    setKey(entered);
    setAsking(false);
  }, []);
  const signOut = useCallback(() => {
    forgetKey();
    setKey(undefined);
    setAsking(true);
  }, []);
  const session = useMemo(
    () =>
      value && {
        client,
        principal: value,
        key,
        lacks: (scope: Parameters<typeof lackOf>[1]) => lackOf(value, scope),
        signIn: () => setAsking(true),
        signOut,
      },
    [client, value, key, signOut],
  );
  const isDenied = error instanceof DetentError && error.reason === "UNAUTHENTICATED";
  if (isAsking || isDenied) {
    const cancel = session === undefined || isDenied ? undefined : () => setAsking(false);
    return <SignIn error={key === undefined || isAsking ? undefined : error} onEnter={enter} onCancel={cancel} />;
  }
  if (error !== undefined && session === undefined) {
    return (
      <main class="alone">
        <h1>Detent</h1>
        <Problem error={error} onRetry={reload} />
      </main>
    );
  }
  if (session === undefined) {
    return (
      <main class="alone">
        <Loading what="the console" />
      </main>
    );
  }
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}
