/** Rates, from counts that were read one after the other. */
import type { Metrics } from "../../data/metrics.ts";

/** What happened between two readings. */
export interface Interval {
  /** When it ended, epoch ms. */
  readonly at: number;
  readonly acceptedPerMinute: number;
  readonly refusedPerMinute: number;
}

const MINUTE_MS = 60_000;

/** One for every two readings that follow each other. A count that has fallen begins anew. */
export function intervalsOf(readings: readonly Metrics[]): Interval[] {
  return readings.slice(1).map((reading, i) => rateBetween(readings[i] ?? reading, reading));
}

/** Over all readings; undefined with fewer than two. */
export function rateOver(readings: readonly Metrics[]): Interval | undefined {
  const [first, last] = [readings[0], readings.at(-1)];
  return first === undefined || last === undefined || first === last ? undefined : rateBetween(first, last);
}

function rateBetween(before: Metrics, after: Metrics): Interval {
  const minutes = Math.max(1, after.at - before.at) / MINUTE_MS;
  const grown = (from: number, to: number): number => (to >= from ? to - from : to) / minutes;
  return {
    at: after.at,
    acceptedPerMinute: grown(before.accepted, after.accepted),
    refusedPerMinute: grown(before.refused, after.refused),
  };
}

/** Mean time until what was decided stood in the index, ms: of what came since the first reading, or, where nothing did, of all. */
export function meanLagMs(readings: readonly Metrics[]): number | undefined {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined || last.lag.count === 0) return undefined;
  const count = last.lag.count - first.lag.count;
  const { seconds, count: all } = last.lag;
  return count > 0 ? ((seconds - first.lag.seconds) / count) * 1_000 : (seconds / all) * 1_000;
}

/** `12`, `3.4`, `< 0.1`: a rate as it is read. */
export function formatRate(rate: number): string {
  if (rate > 0 && rate < 0.1) return "< 0.1";
  return rate >= 10 || rate === 0 ? String(Math.round(rate)) : rate.toFixed(1);
}
