/** What the form of a dialog ends with: why it failed, the button that does it, and the way out. */
import type { ComponentChildren, JSX } from "preact";
import { Button } from "./button.tsx";
import { Problem } from "./problem.tsx";

interface FormEndProps {
  /** What the button says. */
  readonly children: ComponentChildren;
  readonly kind?: "primary" | "danger";
  readonly error: unknown;
  readonly isBusy: boolean;
  /** Why it cannot be done yet; undefined: it can. */
  readonly disabledReason?: string | undefined;
  /** What the way out says. */
  readonly cancel?: string;
  readonly onCancel: () => void;
}

export function FormEnd(props: FormEndProps): JSX.Element {
  const { children, kind = "primary", error, isBusy, disabledReason, cancel = "Cancel", onCancel } = props;
  return (
    <>
      {error !== undefined && (
        <div class="wide">
          <Problem error={error} />
        </div>
      )}
      <div class="wide row">
        <Button type="submit" kind={kind} isBusy={isBusy} disabledReason={disabledReason}>
          {children}
        </Button>
        <Button onClick={onCancel}>{cancel}</Button>
      </div>
    </>
  );
}
