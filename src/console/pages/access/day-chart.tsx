/** Events by day, as bars and as a table. */
import type { JSX } from "preact";
import { formatCount, formatCountOf } from "../../ui/number-text.ts";
import { Table } from "../../ui/table.tsx";
import type { DayCount } from "./usage-days.ts";

export function DayChart({ days }: { readonly days: readonly DayCount[] }): JSX.Element {
  const most = Math.max(...days.map(({ events }) => events));
  const total = days.reduce((sum, { events }) => sum + events, 0);
  const [first, last] = [days[0]?.day ?? "", days.at(-1)?.day ?? ""];
  return (
    <figure class="day-chart">
      <figcaption>
        {formatCountOf(total, "event")} from {first} to {last} (days of UTC)
        {most > 0 && `; ${formatCount(most)} on the busiest`}
      </figcaption>
      <div class="bars" aria-hidden="true">
        {days.map(({ day, events }) => (
          <div key={day} class="bar" title={`${day}: ${formatCountOf(events, "event")}`}>
            <div style={{ height: `${most === 0 ? 0 : (events / most) * 100}%` }} />
          </div>
        ))}
      </div>
      {total > 0 && (
        <details>
          <summary>As a table</summary>
          <Table
            caption="Events by day"
            rows={days.filter(({ events }) => events > 0).toReversed()}
            keyOf={({ day }) => day}
            columns={[
              { title: "Day (UTC)", cell: ({ day }) => day, isHeading: true },
              { title: "Events", cell: ({ events }) => formatCount(events), isNumber: true },
            ]}
          />
        </details>
      )}
    </figure>
  );
}
