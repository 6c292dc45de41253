/** What a credential may not see is explained, before the service has to refuse it. */
import type { ComponentChildren, JSX } from "preact";
import { Link } from "../navigation.tsx";
import { hrefOf } from "../addresses.ts";
import type { Scope } from "../session/scope.ts";
import { useSession } from "../session/session.ts";
import { Badge } from "./badge.tsx";
import { Button } from "./button.tsx";
import { Notice } from "./notice.tsx";

interface NeedsScopeProps {
  /** `root`: the root key alone. */
  readonly scope: Scope | "root";
  /** What cannot be seen without, as the beginning of a sentence: `The failures`. */
  readonly what: string;
  /** Shown to whoever has it. */
  readonly children: ComponentChildren;
}

/** Shows its children to a credential that has the scope, and to any other why not, and what to do about it. */
export function NeedsScope({ scope, what, children }: NeedsScopeProps): JSX.Element {
  const { principal, signIn } = useSession();
  const mayPass = scope === "root" ? principal.root : principal.scopes.includes(scope);
  if (mayPass) return <>{children}</>;
  return (
    <Notice tone="warn">
      <p>
        <strong>{scope === "root" ? `${what} need the root key.` : `${what} need the scope ${scope}.`}</strong>{" "}
        {principal.root ? (
          <>
            The root key manages <Link to={hrefOf("tenants")}>tenants and their keys</Link>, and reads nothing that
            belongs to a tenant. Sign in with a key of the tenant.
          </>
        ) : (
          <>
            This credential (<bdi>{principal.actor}</bdi>) does not have it. Sign in with one that has
            {scope === "root"
              ? ", which the operator of the deployment keeps"
              : ", or ask who manages the keys of the tenant"}
            .
          </>
        )}
      </p>
      {!principal.root && principal.scopes.length > 0 && (
        <p class="row">
          It has:
          {principal.scopes.map((each) => (
            <Badge key={each} text={each} />
          ))}
        </p>
      )}
      <Button onClick={signIn}>Sign in with another key</Button>
    </Notice>
  );
}
