/** The states of a configuration, with the machines in them. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import type { ConfigurationSource } from "../../../engine/configuration.ts";
import { Link } from "../../navigation.tsx";
import { Badge } from "../../ui/badge.tsx";
import { formatCount, formatCountOf } from "../../ui/number-text.ts";
import { LongTable } from "./long-table.tsx";
import { listStates, type OutlinedState } from "./outline.ts";
import { SchemaDetails } from "./schema-details.tsx";

interface StatesTableProps {
  readonly name: string;
  readonly source: ConfigurationSource;
  /** Undefined: they are not known. */
  readonly counts: ReadonlyMap<string, number> | undefined;
  /** Of which version the counts are; undefined: of all. */
  readonly version: string | undefined;
}

export function StatesTable({ name, source, counts, version }: StatesTableProps): JSX.Element {
  const rows = listStates(source);
  const named = new Set(rows.map((state) => state.name));
  // With all versions counted there may be machines in states that this one does not have.
  const others = Array.from(counts ?? []).filter(([state, count]) => count > 0 && !named.has(state));
  return (
    <div class="stack wide-names">
      <LongTable
        caption="States"
        rows={rows}
        keyOf={(state) => state.name}
        columns={[
          { title: "State", isHeading: true, cell: (state) => <bdi>{state.name}</bdi> },
          { title: "Kind", cell: (state) => <Kinds of={state} /> },
          {
            title: "Machines",
            isNumber: true,
            cell: (state) => {
              if (counts === undefined) return <span class="faint">–</span>;
              const count = counts.get(state.name) ?? 0;
              return (
                <Link
                  to={hrefOf("machines", {}, { configuration: name, version, state: state.name })}
                  label={`${formatCountOf(count, "machine")} in ${state.name}`}
                >
                  {formatCount(count)}
                </Link>
              );
            },
          },
          {
            title: "Events without a transition",
            isMinor: true,
            cell: ({ unhandled }) =>
              unhandled ? <Badge text={unhandled} /> : <span class="faint">{source.unhandled ?? "reject"}</span>,
          },
          {
            title: "Machine's data",
            isMinor: true,
            cell: (state) => <SchemaDetails schema={state.schema} of={state.name} />,
          },
        ]}
      />
      {others.length > 0 && (
        <p class="faint">
          In states that this version does not have:{" "}
          {others.map(([state, count], i) => (
            <span key={state}>
              {i > 0 && ", "}
              <Link to={hrefOf("machines", {}, { configuration: name, state })}>
                <bdi>{state}</bdi>
              </Link>{" "}
              {formatCount(count)}
            </span>
          ))}
        </p>
      )}
    </div>
  );
}

function Kinds({ of: { isStart, isInitial, isFinal } }: { readonly of: OutlinedState }): JSX.Element {
  return (
    <span class="row words">
      {isStart && <Badge text="start" tone="accent" />}
      {isInitial && <Badge text="initial" />}
      {isFinal && <Badge text="final" tone="good" />}
    </span>
  );
}
