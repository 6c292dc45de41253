/** What the service has counted, as its overview needs it; there is no RPC of it. */
import { DetentError } from "../../client/error.ts";
import { readOpenMetrics, type Sample } from "./open-metrics.ts";

/** Counts only grow, except for dead letters. */
export interface Metrics {
  /** When they were read, epoch ms. */
  readonly at: number;
  /** Events that were transitioned, ignored or deferred. */
  readonly accepted: number;
  /** Events that were refused or failed. */
  readonly refused: number;
  /** Refused and failed events by reason, most first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
  /** How many entries went into the index, and how long they took together. */
  readonly lag: { readonly count: number; readonly seconds: number };
  readonly deadLetters: number;
}

const REFUSED: ReadonlySet<string | undefined> = new Set(["refused", "failed"]);

/** Reads them. Throws DetentError, PERMISSION_DENIED without the scope `ops`. */
export async function loadMetrics(key: string | undefined, signal: AbortSignal): Promise<Metrics> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch("/metrics", { headers, signal });
  if (!response.ok) throw await toError(response);
  return summarize(readOpenMetrics(await response.text()), Date.now());
}

export function summarize(samples: readonly Sample[], at: number): Metrics {
  const events = samples.filter(({ name }) => name === "detent_events_total");
  const refused = events.filter(({ labels }) => REFUSED.has(labels["result"]));
  const byReason = Map.groupBy(refused, ({ labels }) => labels["reason"] ?? "");
  return {
    at,
    accepted: sum(events) - sum(refused),
    refused: sum(refused),
    reasons: Array.from(byReason, ([reason, found]) => ({ reason, count: sum(found) })).toSorted(
      (one, other) => other.count - one.count,
    ),
    lag: {
      count: valueOf(samples, "detent_index_lag_seconds_count"),
      seconds: valueOf(samples, "detent_index_lag_seconds_sum"),
    },
    deadLetters: valueOf(samples, "detent_dead_letters"),
  };
}

function valueOf(samples: readonly Sample[], wanted: string): number {
  return sum(samples.filter(({ name }) => name === wanted));
}

function sum(samples: readonly Sample[]): number {
  return samples.reduce((total, { value }) => total + value, 0);
}

async function toError(response: Response): Promise<DetentError> {
  const problem = (await response.json().catch(() => ({}))) as { reason?: string; detail?: string };
  const { reason = "UNKNOWN", detail = `HTTP ${response.status}` } = problem;
  const requestId = response.headers.get("request-id") ?? undefined;
  return new DetentError(detail, { reason, code: "unknown", requestId });
}
