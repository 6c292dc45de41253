/** Things one below the other, each with more to say than a row of a table has room for. */
import type { ComponentChildren, JSX } from "preact";

interface EntryListProps {
  /** What they are; heard, not seen. */
  readonly label: string;
  readonly children: ComponentChildren;
}

/** Its children are `Entry`s. */
export function EntryList({ label, children }: EntryListProps): JSX.Element {
  return (
    <ul class="entries" aria-label={label}>
      {children}
    </ul>
  );
}

interface EntryProps {
  /** What it is, in a line. */
  readonly head: ComponentChildren;
  /** What can be done with it. */
  readonly actions?: ComponentChildren;
  readonly children?: ComponentChildren;
}

export function Entry({ head, actions, children }: EntryProps): JSX.Element {
  return (
    <li class="entry">
      <div class="heading">
        <div class="row">{head}</div>
        {actions && <div class="row">{actions}</div>}
      </div>
      {children}
    </li>
  );
}
