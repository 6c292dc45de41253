/** Events that the machine will send to itself, counted down. */
import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { JSX } from "preact";
import { useNow } from "../../data/use-now.ts";
import type { Timer } from "../../../gen/detent/v1/machine_pb.ts";
import { Section } from "../../ui/section.tsx";
import { Table } from "../../ui/table.tsx";
import { Instant } from "../../ui/time.tsx";
import { formatCountdown } from "./countdown.ts";

export function Timers({
  timers,
  isPast,
}: {
  readonly timers: readonly Timer[];
  readonly isPast: boolean;
}): JSX.Element {
  return (
    <Section title="Timers">
      {timers.length === 0 ? (
        <p class="faint">
          {isPast
            ? "Nothing is sent from an earlier revision."
            : "The machine will send nothing to itself in this state."}
        </p>
      ) : (
        <Table
          caption="Timers of the machine"
          rows={timers}
          keyOf={({ event, to, dueAt }) => JSON.stringify([event, to, dueAt && timestampMs(dueAt)])}
          columns={[
            { title: "Event", isHeading: true, cell: ({ event }) => <bdi>{event}</bdi> },
            { title: "To", cell: ({ to }) => <bdi>{to}</bdi> },
            { title: "Due", cell: ({ dueAt }) => <Countdown dueAt={dueAt ? timestampMs(dueAt) : 0} /> },
            { title: "At", isMinor: true, cell: ({ dueAt }) => <Instant at={dueAt} /> },
          ]}
        />
      )}
    </Section>
  );
}

function Countdown({ dueAt }: { readonly dueAt: number }): JSX.Element {
  return <span class="figures-text">{formatCountdown(dueAt, useNow())}</span>;
}
