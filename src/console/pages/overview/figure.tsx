/** A number to be seen from afar. */
import type { ComponentChildren, JSX } from "preact";

interface FigureProps {
  readonly name: string;
  readonly value: ComponentChildren;
  /** What to know of it. */
  readonly children?: ComponentChildren;
}

export function Figure({ name, value, children }: FigureProps): JSX.Element {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        <b>{value}</b>
        {children && <span class="faint">{children}</span>}
      </dd>
    </div>
  );
}
