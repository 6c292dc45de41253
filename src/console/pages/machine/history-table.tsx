/** The changes of a machine, newest first. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { hrefOf } from "../../addresses.ts";
import { useAction } from "../../data/use-action.ts";
import type { HistoryEntry } from "../../../gen/detent/v1/machine_pb.ts";
import { Link, useNavigation } from "../../navigation.tsx";
import { Badge, type Tone } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Json } from "../../ui/json.tsx";
import { formatCount } from "../../ui/number-text.ts";
import { Problem } from "../../ui/problem.tsx";
import { Table } from "../../ui/table.tsx";
import { When } from "../../ui/time.tsx";
import type { MachineAddress } from "./follow-machine.ts";
import type { KnownHistory } from "./present.ts";

interface HistoryTableProps {
  readonly address: MachineAddress;
  readonly history: KnownHistory;
  /** Changes of the machine in all. */
  readonly revision: number;
  readonly onOlder: (count: number) => Promise<void>;
}

const PAGE_SIZE = 100;

const KIND_TONES: Readonly<Record<string, Tone>> = { override: "warn", migration: "accent" };

export function HistoryTable({ address, history, revision, onOlder }: HistoryTableProps): JSX.Element {
  const { query } = useNavigation();
  const { entries: known, olderToken } = history;
  // The diagram may have asked for many more than anybody reads.
  const [limit, setLimit] = useState(PAGE_SIZE);
  const entries = known.slice(0, limit);
  const older = useAction(async () => {
    if (known.length < limit + PAGE_SIZE && olderToken !== "") await onOlder(PAGE_SIZE);
    setLimit(limit + PAGE_SIZE);
  });
  if (entries.length === 0) {
    return (
      <p class="faint">{revision === 0 ? "Nothing has happened to it yet." : "Its history is not kept any more."}</p>
    );
  }
  return (
    <>
      <Table
        caption="Changes of the machine"
        rows={entries}
        keyOf={(entry) => String(entry.revision)}
        columns={[
          {
            title: "Revision",
            isHeading: true,
            cell: (entry) => (
              <Link
                to={hrefOf("machine", { ...address }, { ...query, revision: String(entry.revision) })}
                label={`Revision ${entry.revision}: the machine as it was`}
                isCurrent={query["revision"] === String(entry.revision)}
              >
                {entry.revision}
              </Link>
            ),
          },
          { title: "Change", cell: (entry) => <Change of={entry} /> },
          {
            title: "When",
            cell: ({ timestamp }) => <When at={timestamp} />,
          },
          { title: "By", cell: (entry) => <Sender of={entry} /> },
          { title: "Details", cell: (entry) => <Details of={entry} /> },
        ]}
      />
      <div class="row">
        {(olderToken !== "" || entries.length < known.length) && (
          <Button isBusy={older.isBusy} onClick={() => void older.run()}>
            Load more
          </Button>
        )}
        <span class="faint">
          {formatCount(entries.length)} of {formatCount(revision)} changes
          {olderToken === "" && known.length < revision && "; older ones are not kept any more"}
        </span>
      </div>
      {older.error !== undefined && <Problem error={older.error} />}
    </>
  );
}

function Change({ of: { kind, transition } }: { readonly of: HistoryEntry }): JSX.Element {
  return (
    <>
      {kind === "event" ? (
        <strong>
          <bdi>{transition?.event}</bdi>
        </strong>
      ) : (
        <Badge text={kind} tone={KIND_TONES[kind] ?? "neutral"} />
      )}
      <br />
      <bdi>{transition?.from}</bdi> → <bdi>{transition?.to}</bdi>
    </>
  );
}

/** Of whom the sender says that it is from, and whose credential it came with. */
export function Sender({ of }: { readonly of: { readonly originator: string; readonly actor: string } }): JSX.Element {
  const { originator, actor } = of;
  return (
    <span class="sender">
      {originator !== "" && (
        <>
          <bdi>{originator}</bdi>
          <br />
        </>
      )}
      {actor !== "" && (
        <span class={originator === "" ? undefined : "faint"}>
          <bdi>{actor}</bdi>
        </span>
      )}
    </span>
  );
}

function Details({ of: { details, data = {}, eventId, revision } }: { readonly of: HistoryEntry }): JSX.Element {
  return (
    <>
      {details !== "" && (
        <p>
          <bdi>{details}</bdi>
        </p>
      )}
      {Object.keys(data).length > 0 && (
        <details>
          <summary>Data</summary>
          <Json value={data} label={`Data of revision ${revision}`} />
        </details>
      )}
      <details>
        <summary>Event id</summary>
        <code class="id">{eventId}</code>
      </details>
    </>
  );
}
