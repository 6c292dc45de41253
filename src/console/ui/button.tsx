/** What is pressed. */
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly kind?: "plain" | "primary" | "danger" | "quiet";
  readonly type?: "button" | "submit";
  readonly onClick?: (() => void) | undefined;
  /** It is being done; another press does nothing. */
  readonly isBusy?: boolean;
  /** Why it cannot be pressed: told to whoever points at it or hears it. Undefined: it can. */
  readonly disabledReason?: string | undefined;
  /** For who hears it, where the children do not say enough. */
  readonly label?: string;
  /** Whether what it opens is open. */
  readonly isExpanded?: boolean;
  /** One of several that are on or off. */
  readonly isPressed?: boolean;
}

/** One that cannot be pressed stays in the tab order, so that its reason can be heard. */
export function Button(props: ButtonProps): JSX.Element {
  const { children, kind = "plain", type = "button", onClick, isBusy = false, disabledReason, label } = props;
  const reasonId = useId();
  const isDisabled = disabledReason !== undefined;
  const press = (event: Event): void => {
    if (isDisabled || isBusy) event.preventDefault();
    else onClick?.();
  };
  return (
    <>
      <button
        class={`button ${kind}`}
        type={type}
        onClick={press}
        aria-disabled={isDisabled || undefined}
        aria-busy={isBusy || undefined}
        aria-describedby={isDisabled ? reasonId : undefined}
        aria-label={label}
        aria-expanded={props.isExpanded}
        aria-pressed={props.isPressed}
        title={disabledReason}
      >
        {children}
        {isBusy && <span class="spinner" aria-hidden="true" />}
      </button>
      {isDisabled && (
        <span class="hidden" id={reasonId}>
          {disabledReason}
        </span>
      )}
    </>
  );
}
