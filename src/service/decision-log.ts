/** One line of the log for each event that was decided, whichever door it came by. */
import type { Receipt } from "../receipt.ts";
import type { House, Principal } from "./house.ts";

/**
 * Logs what became of an event; `startedAt` is the house's clock when it was asked for. On Cloudflare the clock of a
 * Worker stands still while it computes, so `ms` is time spent waiting for others; of events sent together each has the
 * time of all. Duplicates are logged, too: a receipt that was answered again.
 */
export function logDecision(house: House, { tenant }: Principal, receipt: Receipt, startedAt: number): void {
  const { machine, eventId, event, from, to, revision, result, code, reason, duplicate } = receipt;
  house.log.write("info", "an event was decided", {
    tenant,
    configuration: machine.configuration,
    id: machine.id,
    event_id: eventId,
    event,
    from,
    to,
    revision,
    result,
    code,
    reason,
    duplicate,
    ms: house.now() - startedAt,
  });
}
