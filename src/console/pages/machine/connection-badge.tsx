/** How the machine is watched. */
import type { JSX } from "preact";
import { Badge, type Tone } from "../../ui/badge.tsx";
import type { Connection } from "./use-machine.ts";

const TEXTS: Readonly<Record<Connection, readonly [text: string, tone: Tone]>> = {
  live: ["live", "good"],
  again: ["connecting again", "warn"],
  ended: ["no longer watched", "neutral"],
};

/** It is told to whoever hears the page when it changes. */
export function ConnectionBadge({ connection }: { readonly connection: Connection }): JSX.Element {
  const [text, tone] = TEXTS[connection];
  return (
    <span role="status" aria-label="Connection">
      <Badge text={text} tone={tone} />
    </span>
  );
}
