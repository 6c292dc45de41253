/** One line of the log for each event that was decided, whichever door it came by. */
import { receiptFacts, type Receipt } from "../receipt.ts";
import type { Principal } from "../auth/principal.ts";
import type { House } from "./house.ts";

/** What the log says besides the receipt. */
interface Circumstances {
  /** The house's clock when the event was asked for. */
  readonly startedAt: number;
  /** The event's own place in a trace: that of the request that brought it, or once enqueued it. */
  readonly traceparent: string | undefined;
}

/**
 * Logs what became of an event. On Cloudflare the clock of a Worker stands still while it computes, so `ms` is time spent
 * waiting for others; of events of one machine that are sent together each has the time until it was settled. Duplicates
 * are logged, too: a receipt that was answered again.
 */
export function logDecision(
  house: House,
  { tenant }: Principal,
  receipt: Receipt,
  { startedAt, traceparent }: Circumstances,
): void {
  const ms = house.now() - startedAt;
  house.log.write("info", "an event was decided", { traceparent, tenant, ...receiptFacts(receipt), ms });
}
