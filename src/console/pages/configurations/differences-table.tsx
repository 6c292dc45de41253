/** Differences, each in a row. */
import type { JSX } from "preact";
import type { Tone } from "../../ui/badge.tsx";
import { LongTable } from "./long-table.tsx";
import type { ToldDifference } from "./difference-text.ts";

const SIGNS: Readonly<
  Record<ToldDifference["change"], { readonly text: string; readonly sign: string; readonly tone: Tone }>
> = {
  added: { text: "added", sign: "+", tone: "good" },
  removed: { text: "removed", sign: "−", tone: "bad" },
  changed: { text: "changed", sign: "≠", tone: "warn" },
};

interface DifferencesTableProps {
  readonly differences: readonly ToldDifference[];
  readonly from: string;
  readonly to: string;
}

export function DifferencesTable({ differences, from, to }: DifferencesTableProps): JSX.Element {
  const rows = differences.map((difference, position) => ({ ...difference, position }));
  return (
    <LongTable
      caption="Differences"
      rows={rows}
      limit={100}
      keyOf={({ position }) => String(position)}
      columns={[
        { title: "Change", cell: ({ change }) => <Change of={change} /> },
        {
          title: "What",
          isHeading: true,
          cell: ({ kind, name }) => (
            <>
              {kind}{" "}
              {name !== "" && (
                <strong>
                  <bdi>{name}</bdi>
                </strong>
              )}
            </>
          ),
        },
        { title: `In ${from}`, cell: ({ change, before }) => <Side text={before} isThere={change !== "added"} /> },
        { title: `In ${to}`, cell: ({ change, after }) => <Side text={after} isThere={change !== "removed"} /> },
      ]}
    />
  );
}

function Change({ of }: { readonly of: ToldDifference["change"] }): JSX.Element {
  const { text, sign, tone } = SIGNS[of];
  return (
    <span class={`badge change ${tone}`}>
      <span aria-hidden="true">{sign}</span> {text}
    </span>
  );
}

interface SideProps {
  /** Undefined: its name says all. */
  readonly text: string | undefined;
  readonly isThere: boolean;
}

function Side({ text, isThere }: SideProps): JSX.Element {
  if (!isThere) return <span class="faint">absent</span>;
  if (text === undefined) return <>present</>;
  return (
    <code class="side-text" dir="ltr">
      {text}
    </code>
  );
}
