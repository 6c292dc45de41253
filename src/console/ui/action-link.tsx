/** A link to where something is done; where it cannot be done, a button that says why. */
import type { ComponentChildren, JSX } from "preact";
import { Link } from "../navigation.tsx";
import { Button } from "./button.tsx";

interface ActionLinkProps {
  readonly to: string;
  readonly kind?: "plain" | "primary";
  readonly disabledReason?: string | undefined;
  readonly children: ComponentChildren;
}

export function ActionLink({ to, kind = "plain", disabledReason, children }: ActionLinkProps): JSX.Element {
  if (disabledReason !== undefined) return <Button disabledReason={disabledReason}>{children}</Button>;
  return (
    <Link class={`button ${kind}`} to={to}>
      {children}
    </Link>
  );
}
