/** There is nothing yet: what to do about it. */
import type { ComponentChildren, JSX } from "preact";
import { Code } from "./code.tsx";

interface EmptyProps {
  readonly title: string;
  readonly children?: ComponentChildren;
  /** A command that does the next thing; see `curl-text.ts`. */
  readonly command?: string;
}

export function Empty({ title, children, command }: EmptyProps): JSX.Element {
  return (
    <div class="empty">
      <p>
        <strong>{title}</strong>
      </p>
      {children}
      {command !== undefined && <Code text={command} label="A command that does it" canBeCopied />}
    </div>
  );
}
