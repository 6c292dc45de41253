/** The data of the machine, and what its last change has changed in it. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLoad } from "../../data/use-load.ts";
import type { Machine } from "../../../gen/detent/v1/machine_pb.ts";
import { useClient } from "../../session/session.ts";
import { Json } from "../../ui/json.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { Table } from "../../ui/table.tsx";
import { listDataChanges } from "./data-change.ts";
import type { MachineAddress } from "./follow-machine.ts";

interface MachineDataProps {
  readonly address: MachineAddress;
  readonly machine: Machine;
}

/** What is longer is folded, in characters of JSON. */
const BIG = 4_000;

export function MachineData({ address, machine }: MachineDataProps): JSX.Element {
  const { data = {}, revision } = machine;
  const json = <Json value={data} label="Data of the machine" />;
  const length = JSON.stringify(data).length;
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title="Data">
      {length > BIG ? (
        <details>
          <summary>{length.toLocaleString("en")} characters of JSON</summary>
          {json}
        </details>
      ) : (
        json
      )}
      {revision > 0 && (
        <details open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
          <summary>What revision {revision} changed in it</summary>
          {isOpen && <DataChanges address={address} revision={revision} data={data} />}
        </details>
      )}
    </Section>
  );
}

interface DataChangesProps {
  readonly address: MachineAddress;
  readonly revision: number;
  readonly data: object;
}

function DataChanges({ address, revision, data }: DataChangesProps): JSX.Element {
  const client = useClient();
  const { configuration, id } = address;
  const { value, error, reload } = useLoad(
    async (signal) => {
      const before = await client.machines.getMachine({ configuration, id, atRevision: revision - 1 }, { signal });
      return before.statemachine?.data ?? {};
    },
    [client, configuration, id, revision],
  );
  if (error !== undefined) return <Problem error={error} onRetry={reload} />;
  if (value === undefined) return <Loading what="the data before" />;
  const changes = listDataChanges(value, data);
  if (changes.length === 0) return <p class="faint">Nothing.</p>;
  return (
    <Table
      caption={`What revision ${revision} changed`}
      rows={changes}
      keyOf={({ pointer }) => pointer}
      columns={[
        { title: "Place", isHeading: true, cell: ({ pointer }) => <bdi>{pointer}</bdi> },
        { title: "Before", cell: ({ before }) => <Value text={before} /> },
        { title: "After", cell: ({ after }) => <Value text={after} /> },
      ]}
    />
  );
}

function Value({ text }: { readonly text: string | undefined }): JSX.Element {
  return text === undefined ? <span class="faint">absent</span> : <code>{text}</code>;
}
