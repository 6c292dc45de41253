/** Events of the last minutes, and why some were refused. */
import type { JSX } from "preact";
import type { Metrics } from "../../data/metrics.ts";
import { formatCount } from "../../ui/number-text.ts";
import { Section } from "../../ui/section.tsx";
import { RateChart } from "./rate-chart.tsx";
import { intervalsOf } from "./rates.ts";

/** Nothing before anything was read. */
export function EventsSection({ readings }: { readonly readings: readonly Metrics[] }): JSX.Element | null {
  const last = readings.at(-1);
  if (last === undefined) return null;
  return (
    <Section title="Events">
      <RateChart intervals={intervalsOf(readings)} />
      {last.reasons.length > 0 && (
        <>
          <h3>Refused and failed, by reason</h3>
          <ul class="reasons">
            {last.reasons.map(({ reason, count }) => (
              <li key={reason}>
                <a href={`/errors/${encodeURIComponent(reason)}`}>
                  <code>{reason}</code>
                </a>{" "}
                {formatCount(count)}
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
