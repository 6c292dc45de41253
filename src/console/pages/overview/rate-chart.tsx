/** What the service has decided in the last minutes, as bars. */
import type { JSX } from "preact";
import { formatRate, type Interval } from "./rates.ts";

const WIDTH = 600;
const HEIGHT = 90;
const BARS = 59;

/** Accepted events stand upon the line and refused ones hang below it, so that they are told apart without colours. */
export function RateChart({ intervals }: { readonly intervals: readonly Interval[] }): JSX.Element {
  const most = Math.max(1, ...intervals.flatMap((one) => [one.acceptedPerMinute, one.refusedPerMinute]));
  const step = WIDTH / BARS;
  const line = HEIGHT * 0.65;
  const [above, below] = [line - 4, HEIGHT - line - 4];
  const last = intervals.at(-1);
  const summary =
    last === undefined
      ? "No rates yet."
      : `Now ${formatRate(last.acceptedPerMinute)} accepted and ${formatRate(last.refusedPerMinute)} refused events a minute; at most ${formatRate(most)}.`;
  return (
    <figure class="rates">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Events a minute. ${summary}`}
      >
        {intervals.map(({ at, acceptedPerMinute, refusedPerMinute }, i) => {
          const x = WIDTH - (intervals.length - i) * step;
          const [up, down] = [(acceptedPerMinute / most) * above, (refusedPerMinute / most) * below];
          return (
            <g key={at}>
              <rect class="accepted" x={x} y={line - up} width={step - 2} height={up} />
              <rect class="refused" x={x} y={line + 1} width={step - 2} height={down} />
            </g>
          );
        })}
        <path class="axis" d={`M0 ${line}H${WIDTH}`} />
      </svg>
      <figcaption class="faint">
        Events a minute in the last five minutes: accepted above the line, refused below it. {summary}
      </figcaption>
    </figure>
  );
}
