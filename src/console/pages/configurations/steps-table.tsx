/** What became of the events that were tried. */
import type { JSX } from "preact";
import type { Receipt } from "../../../gen/detent/v1/receipt_pb.ts";
import { ResultBadge } from "../../ui/badge.tsx";
import { Table } from "../../ui/table.tsx";

export function StepsTable({ steps }: { readonly steps: readonly Receipt[] }): JSX.Element {
  return (
    <Table
      caption="What would happen"
      rows={steps.map((receipt, position) => ({ receipt, position }))}
      keyOf={({ position }) => String(position)}
      columns={[
        {
          title: "Event",
          isHeading: true,
          cell: ({ receipt, position }) => (
            <>
              {position + 1}. <bdi>{receipt.event}</bdi>
            </>
          ),
        },
        {
          title: "Result",
          cell: ({ receipt }) => (
            <span class="words">
              <ResultBadge result={receipt.result} />
            </span>
          ),
        },
        { title: "From", cell: ({ receipt }) => <bdi>{receipt.from}</bdi> },
        { title: "To", cell: ({ receipt }) => (receipt.to === undefined ? "–" : <bdi>{receipt.to}</bdi>) },
        {
          title: "Why",
          cell: ({ receipt: { reason, message, allowedEvents } }) =>
            reason === "" ? (
              "–"
            ) : (
              <>
                <code>{reason}</code> <bdi>{message}</bdi>
                {allowedEvents.length > 0 && (
                  <>
                    {" "}
                    Allowed: <bdi>{allowedEvents.join(", ")}</bdi>
                  </>
                )}
              </>
            ),
        },
      ]}
    />
  );
}
