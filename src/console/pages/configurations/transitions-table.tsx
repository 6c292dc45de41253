/** The transitions of a configuration, in the order in which they are tried: what the diagram shows, as text. */
import type { JSX } from "preact";
import type { ConfigurationSource, TransitionSource } from "../../../engine/configuration.ts";
import { LongTable } from "./long-table.tsx";

export function TransitionsTable({ source }: { readonly source: ConfigurationSource }): JSX.Element {
  const rows = (source.transitions ?? []).map((transition, position) => ({ transition, position }));
  const hasRule = (name: "guard" | "assign" | "after" | "deadline"): boolean =>
    rows.some(({ transition }) => Boolean(transition[name]));
  return (
    <div class="stack wide-cells">
      <LongTable
        caption="Transitions"
        rows={rows}
        keyOf={({ position }) => String(position)}
        columns={[
          { title: "From", isHeading: true, cell: ({ transition: { from = "" } }) => <From state={from} /> },
          { title: "Event", cell: ({ transition }) => <bdi>{transition.event}</bdi> },
          { title: "To", cell: ({ transition }) => <bdi>{transition.to}</bdi> },
          ...(hasRule("guard")
            ? [{ title: "Guard", cell: ({ transition }: Row) => <Expression text={transition.guard} /> }]
            : []),
          ...(hasRule("after") || hasRule("deadline")
            ? [{ title: "By itself", cell: ({ transition }: Row) => <Timing of={transition} /> }]
            : []),
          ...(hasRule("assign")
            ? [{ title: "Assign", cell: ({ transition }: Row) => <Assignments of={transition} /> }]
            : []),
        ]}
      />
    </div>
  );
}

interface Row {
  readonly transition: TransitionSource;
}

function From({ state }: { readonly state: string }): JSX.Element {
  return state === "*" ? <em>any state that is not final</em> : <bdi>{state}</bdi>;
}

function Expression({ text }: { readonly text: string | undefined }): JSX.Element {
  return text ? <code dir="ltr">{text}</code> : <span class="faint">–</span>;
}

function Timing({ of: { after, deadline } }: { readonly of: TransitionSource }): JSX.Element {
  if (after) {
    return (
      <>
        after <code>{after}</code>
      </>
    );
  }
  if (!deadline) return <span class="faint">–</span>;
  return (
    <>
      at <Expression text={deadline} />
    </>
  );
}

function Assignments({ of: { assign } }: { readonly of: TransitionSource }): JSX.Element {
  const fields = Object.entries(assign ?? {});
  if (fields.length === 0) return <span class="faint">–</span>;
  return (
    <ul class="plain">
      {fields.map(([field, expression]) => (
        <li key={field}>
          <code dir="ltr">
            {field} = {expression}
          </code>
        </li>
      ))}
    </ul>
  );
}
