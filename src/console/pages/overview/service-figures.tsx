/** How the service fares: rates, index lag, dead letters. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import type { Metrics } from "../../data/metrics.ts";
import { Link } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Loading } from "../../ui/loading.tsx";
import { Notice } from "../../ui/notice.tsx";
import { formatCount, formatCountOf } from "../../ui/number-text.ts";
import { Problem } from "../../ui/problem.tsx";
import { Figure } from "./figure.tsx";
import { formatRate, meanLagMs, rateOver } from "./rates.ts";
import type { Readings } from "./use-readings.ts";

export function ServiceFigures({ readings, error, reload }: Readings): JSX.Element {
  const { lacks } = useSession();
  const lack = lacks("ops");
  if (lack !== undefined) return <Notice>Rates, index lag and dead letters are not shown: {lack}</Notice>;
  const last = readings.at(-1);
  if (last === undefined) {
    return error === undefined ? <Loading what="the counts" /> : <Problem error={error} onRetry={reload} />;
  }
  return (
    <>
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      <Figures readings={readings} last={last} />
    </>
  );
}

interface FiguresProps {
  readonly readings: readonly Metrics[];
  readonly last: Metrics;
}

function Figures({ readings, last }: FiguresProps): JSX.Element {
  const rate = rateOver(readings);
  const lag = meanLagMs(readings);
  return (
    <dl class="figures">
      <Figure name="Accepted a minute" value={rate ? formatRate(rate.acceptedPerMinute) : "…"}>
        {formatCountOf(last.accepted, "event")} in all
      </Figure>
      <Figure name="Refused a minute" value={rate ? formatRate(rate.refusedPerMinute) : "…"}>
        <Link to={hrefOf("failures")}>{formatCountOf(last.refused, "event")} in all</Link>
      </Figure>
      <Figure name="Index lag" value={lag === undefined ? "–" : `${formatCount(Math.round(lag))} ms`}>
        from a decision until lists have it, on average
      </Figure>
      <Figure name="Dead letters" value={formatCount(last.deadLetters)}>
        <Link to={hrefOf("deadLetters")}>{last.deadLetters === 0 ? "none is held" : "to look after"}</Link>
      </Figure>
    </dl>
  );
}
