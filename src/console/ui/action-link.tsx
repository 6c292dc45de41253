/** A way to a page on which something is done, beside buttons and like them. */
import type { ComponentChildren, JSX } from "preact";
import { Link } from "../navigation.tsx";
import { Button } from "./button.tsx";

interface ActionLinkProps {
  /** An address of the console: see `hrefOf`. */
  readonly to: string;
  readonly kind?: "plain" | "primary";
  /** Why its reader cannot do there what it is about, and so need not go; see `lacks`. */
  readonly disabledReason: string | undefined;
  readonly children: ComponentChildren;
}

export function ActionLink({ to, kind = "plain", disabledReason, children }: ActionLinkProps): JSX.Element {
  if (disabledReason === undefined) {
    return (
      <Link to={to} class={`button ${kind}`}>
        {children}
      </Link>
    );
  }
  return (
    <Button kind={kind} disabledReason={disabledReason}>
      {children}
    </Button>
  );
}
