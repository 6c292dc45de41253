/** The counts of the service, read again and again. */
import { useEffect, useState } from "preact/hooks";
import { loadMetrics, type Metrics } from "../../data/metrics.ts";
import { useEvery } from "../../data/use-every.ts";
import { useLoad } from "../../data/use-load.ts";
import { useSession } from "../../session/session.ts";

const EVERY_MS = 5_000;
/** Five minutes. */
const MOST = 60;

export interface Readings {
  /** Oldest first. */
  readonly readings: readonly Metrics[];
  readonly error: unknown;
  readonly reload: () => void;
}

/** Nothing is read by a credential that may not. */
export function useReadings(): Readings {
  const { key, lacks } = useSession();
  const [readings, setReadings] = useState<readonly Metrics[]>([]);
  const load = lacks("ops") === undefined ? (signal: AbortSignal) => loadMetrics(key, signal) : undefined;
  const { value, error, reload, poll } = useLoad(load, [key]);
  useEffect(() => {
    if (value !== undefined) setReadings((before) => [...before, value].slice(-MOST));
  }, [value]);
  useEvery(EVERY_MS, poll);
  return { readings, error, reload };
}
