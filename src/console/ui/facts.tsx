/** Names and what they are. */
import type { ComponentChildren, JSX } from "preact";

/** Facts whose value is undefined, null or false are left out. */
export function Facts({ of: facts }: { readonly of: Readonly<Record<string, ComponentChildren>> }): JSX.Element {
  const present = Object.entries(facts).filter(([, value]) => value !== undefined && value !== null && value !== false);
  return (
    <dl class="facts">
      {present.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
