/** Events that the machine has refused, newest first. */
import type { JSX } from "preact";
import { useEvery } from "../../data/use-every.ts";
import { useLoad } from "../../data/use-load.ts";
import type { Receipt } from "../../../gen/detent/v1/receipt_pb.ts";
import { useNavigation } from "../../navigation.tsx";
import { useClient } from "../../session/session.ts";
import { ResultBadge } from "../../ui/badge.tsx";
import { Empty } from "../../ui/empty.tsx";
import { Json } from "../../ui/json.tsx";
import { Loading } from "../../ui/loading.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { Pager } from "../../ui/pager.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Table } from "../../ui/table.tsx";
import { When } from "../../ui/time.tsx";
import type { MachineAddress } from "./follow-machine.ts";
import { Sender } from "./history-table.tsx";

const PAGE_SIZE = 50;
/** No watch tells of what changes nothing. */
const AGAIN_MS = 10_000;

export function RefusedTable({ configuration, id }: MachineAddress): JSX.Element {
  const client = useClient();
  const { query, setQuery } = useNavigation();
  const page = query["page"] ?? "";
  const { value, error, reload, poll } = useLoad(
    async (signal) =>
      await client.machines.listHistory(
        { configuration, id, refused: true, order: "desc", pageSize: PAGE_SIZE, pageToken: page },
        { signal },
      ),
    [client, configuration, id, page],
  );
  useEvery(AGAIN_MS, poll);
  if (value === undefined) {
    return error === undefined ? <Loading what="the refused events" /> : <Problem error={error} onRetry={reload} />;
  }
  const { receipts, nextPageToken } = value;
  const hasPages = page !== "" || nextPageToken !== "";
  return (
    <>
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      {receipts.length === 0 ? (
        <Empty title="The machine has refused nothing">
          <p>An event that is refused changes nothing; its receipt is kept here for a while and says why.</p>
        </Empty>
      ) : (
        <Table
          caption="Refused events"
          rows={receipts}
          keyOf={({ eventId }) => eventId}
          columns={[
            {
              title: "Event",
              isHeading: true,
              cell: ({ event, from, result }) => (
                <>
                  <strong>
                    <bdi>{event}</bdi>
                  </strong>{" "}
                  <ResultBadge result={result} />
                  <br />
                  in <bdi>{from}</bdi>
                </>
              ),
            },
            { title: "Why", cell: (receipt) => <Why of={receipt} /> },
            {
              title: "When",
              cell: ({ at }) => <When at={at} />,
            },
            { title: "By", cell: (receipt) => <Sender of={receipt} /> },
            { title: "Details", cell: (receipt) => <Details of={receipt} /> },
          ]}
        />
      )}
      {hasPages && (
        <Pager
          shown={formatCountOf(receipts.length, "receipt")}
          onFirst={page === "" ? undefined : () => setQuery({ page: undefined })}
          onNext={nextPageToken === "" ? undefined : () => setQuery({ page: nextPageToken })}
        />
      )}
    </>
  );
}

function Why({ of: { reason, message } }: { readonly of: Receipt }): JSX.Element {
  return (
    <>
      <a href={`/errors/${encodeURIComponent(reason)}`}>
        <code>{reason}</code>
      </a>
      <br />
      <bdi>{message}</bdi>
    </>
  );
}

function Details({ of: { allowedEvents, details, data = {}, eventId } }: { readonly of: Receipt }): JSX.Element {
  return (
    <>
      {details !== "" && (
        <p>
          <bdi>{details}</bdi>
        </p>
      )}
      <p>
        Allowed was: <bdi>{allowedEvents.length === 0 ? "nothing" : allowedEvents.join(", ")}</bdi>
      </p>
      {Object.keys(data).length > 0 && (
        <details>
          <summary>Data</summary>
          <Json value={data} label={`Data of ${eventId}`} />
        </details>
      )}
      <details>
        <summary>Event id</summary>
        <code class="id">{eventId}</code>
      </details>
    </>
  );
}
