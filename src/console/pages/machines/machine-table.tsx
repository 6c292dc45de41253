/** Machines as lists have them: without data and history. */
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { JSX } from "preact";
import type { Machine } from "../../../gen/detent/v1/machine_pb.ts";
import type { ListedMachine } from "../../../gen/detent/v1/machine_service_pb.ts";
import { hrefOf } from "../../addresses.ts";
import { labelText, queryOf, type MachineFilter } from "../../data/machine-filter.ts";
import { Link } from "../../navigation.tsx";
import { Badge } from "../../ui/badge.tsx";
import { formatCount } from "../../ui/number-text.ts";
import { Table, type Column } from "../../ui/table.tsx";
import { Ago } from "../../ui/time.tsx";

/** A machine may have hundreds; its page has all of them. */
const LABELS_SHOWN = 4;

interface MachineTableProps {
  readonly machines: readonly ListedMachine[];
  /** Which they were listed by. */
  readonly filter: MachineFilter;
}

interface Row {
  readonly id: string;
  readonly machine: Machine;
}

export function MachineTable({ machines, filter }: MachineTableProps): JSX.Element {
  const rows = machines.flatMap(({ id, statemachine }): Row[] =>
    statemachine === undefined ? [] : [{ id, machine: statemachine }],
  );
  const columns: readonly Column<Row>[] = [
    {
      title: "Id",
      isHeading: true,
      cell: ({ id }) => (
        <Link to={hrefOf("machine", { configuration: filter.configuration, id })}>
          <bdi>{id}</bdi>
        </Link>
      ),
    },
    {
      title: "State",
      cell: ({ machine: { state, final } }) => (
        <>
          <Badge text={state} /> {final && <span class="faint">final</span>}
        </>
      ),
    },
    { title: "Version", isMinor: true, cell: ({ machine }) => versionOf(machine.configId) },
    { title: "Revision", isMinor: true, isNumber: true, cell: ({ machine }) => formatCount(machine.revision) },
    { title: "Labels", isMinor: true, cell: ({ machine }) => <Labels of={machine.labels} filter={filter} /> },
    { title: "Changed", cell: ({ machine }) => <Ago at={machine.updatedAt} /> },
    { title: "Created", isMinor: true, cell: ({ machine }) => <Ago at={machine.createdAt} /> },
  ];
  return <Table caption="Machines" rows={rows} columns={columns} keyOf={keyOf} />;
}

/** An id that was erased may be used anew. */
function keyOf({ id, machine: { createdAt } }: Row): string {
  return `${createdAt === undefined ? 0 : timestampMs(createdAt)} ${id}`;
}

function versionOf(configId: string): string {
  return configId.slice(configId.lastIndexOf(":") + 1);
}

interface LabelsProps {
  readonly of: Readonly<Record<string, string>>;
  readonly filter: MachineFilter;
}

function Labels({ of: labels, filter }: LabelsProps): JSX.Element | null {
  const entries = Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1));
  if (entries.length === 0) return null;
  const rest = entries.length - LABELS_SHOWN;
  return (
    <ul class="listed-labels">
      {entries.slice(0, LABELS_SHOWN).map(([name, value]) => (
        <li key={name} title={`${name}=${value}`}>
          <Label name={name} value={value} filter={filter} />
        </li>
      ))}
      {rest > 0 && <li class="faint">{formatCount(rest)} more</li>}
    </ul>
  );
}

interface LabelProps {
  readonly name: string;
  readonly value: string;
  readonly filter: MachineFilter;
}

/** Leads to the machines that have it, too. */
function Label({ name, value, filter }: LabelProps): JSX.Element {
  const text = labelText(name, value);
  const shown = (
    <>
      <bdi>{name}</bdi>=<bdi>{value}</bdi>
    </>
  );
  if (text === undefined || text === filter.label || text === filter.label2) return shown;
  const narrowed = filter.label === "" ? { ...filter, label: text } : { ...filter, label2: text };
  return <Link to={hrefOf("machines", {}, queryOf(narrowed))}>{shown}</Link>;
}
