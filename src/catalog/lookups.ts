/** Who has decided an event, by configuration and event id. */
import type { Receipt } from "../receipt.ts";
import type { TenantDb } from "./tenant-db.ts";

/** The machine that keeps the receipt, or the receipt itself where there was no machine to keep it. */
export type Decision =
  | { readonly kind: "machine"; readonly id: string }
  | { readonly kind: "failed"; readonly receipt: Receipt };

/** What stands in `transitions` where no event did it: not to be looked up, and as many as there are machines. */
const NO_EVENTS: readonly string[] = ["detent:created", "detent:deleted"];

/**
 * At most two rows: the newest accepted change, which says its machine only, and the newest refused or failed event with
 * its receipt. (max() takes the row's other columns from the same row; with no row all of them are NULL.)
 */
export const FIND_DECISION = `
  SELECT machine_id AS id, max(at) AS at, NULL AS receipt FROM transitions INDEXED BY transitions_by_event
  WHERE tenant = ?1 AND configuration = ?2 AND event_id = ?3 AND kind = 'changed'
  UNION ALL
  SELECT machine_id, at, receipt FROM failures INDEXED BY failures_by_event
  WHERE tenant = ?1 AND configuration = ?2 AND event_id = ?3 AND (machine_id, at) = (
    SELECT machine_id, max(at) FROM failures INDEXED BY failures_by_event
    WHERE tenant = ?1 AND configuration = ?2 AND event_id = ?3
  )`;

/** The newest decision on an event id, whichever machine or none took it. */
export async function findDecision(
  db: TenantDb,
  configuration: string,
  eventId: string,
): Promise<Decision | undefined> {
  if (NO_EVENTS.includes(eventId)) return undefined;
  const rows = await db.all<DecisionRow>(FIND_DECISION, configuration, eventId);
  const [first, second] = rows.filter(({ at }) => at !== null);
  if (first === undefined) return undefined;
  const newest = second !== undefined && (second.at ?? 0) > (first.at ?? 0) ? second : first;
  const receipt = newest.receipt === null ? undefined : (JSON.parse(newest.receipt) as Receipt);
  // A refused event's receipt lacks what the sender sent; the machine has it whole.
  return receipt?.result === "failed" ? { kind: "failed", receipt } : { kind: "machine", id: newest.id };
}

interface DecisionRow {
  readonly id: string;
  readonly at: number | null;
  readonly receipt: string | null;
}
