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
 * The newest accepted change, which says its machine only, and the newest refused or failed events of one millisecond with
 * their receipts. (max() takes the row's other columns from the same row; with no row all of them are NULL.)
 */
export const FIND_DECISION = `
  SELECT machine_id AS id, max(at) AS at, NULL AS seq, NULL AS receipt FROM transitions INDEXED BY transitions_by_event
  WHERE tenant = ?1 AND configuration = ?2 AND event_id = ?3 AND kind = 'changed'
  UNION ALL
  SELECT machine_id, at, seq, receipt FROM failures INDEXED BY failures_by_event
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
  const [newest] = rows.filter(({ at }) => at !== null).toSorted(newestFirst);
  if (newest === undefined) return undefined;
  const receipt = newest.receipt === null ? undefined : (JSON.parse(newest.receipt) as Receipt);
  // A refused event's receipt lacks what the sender sent; the machine has it whole.
  return receipt?.result === "failed" ? { kind: "failed", receipt } : { kind: "machine", id: newest.id };
}

/** Of two of one millisecond the later written one; what was accepted comes after what was not. */
function newestFirst(a: DecisionRow, b: DecisionRow): number {
  const seqOf = ({ seq }: DecisionRow): number => seq ?? Number.MAX_SAFE_INTEGER;
  return (b.at ?? 0) - (a.at ?? 0) || seqOf(b) - seqOf(a);
}

interface DecisionRow {
  readonly id: string;
  readonly at: number | null;
  /** Absent in what was accepted. */
  readonly seq: number | null;
  readonly receipt: string | null;
}
