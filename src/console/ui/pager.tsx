/** From page to page of a list. */
import type { JSX } from "preact";
import { Button } from "./button.tsx";

interface PagerProps {
  /** Undefined: this is the first. */
  readonly onFirst: (() => void) | undefined;
  /** Undefined: this is the last. */
  readonly onNext: (() => void) | undefined;
  /** What is shown of it: `50 machines`. */
  readonly shown: string;
}

export function Pager({ onFirst, onNext, shown }: PagerProps): JSX.Element {
  return (
    <nav class="row pager" aria-label="Pages">
      <Button onClick={onFirst} disabledReason={onFirst ? undefined : "This is the first page."}>
        First page
      </Button>
      <Button onClick={onNext} disabledReason={onNext ? undefined : "This is the last page."}>
        Next page
      </Button>
      <span class="faint">{shown}</span>
    </nav>
  );
}
