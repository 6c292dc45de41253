/** Who has decided an event, by configuration and event id. */
import type { Receipt } from "../receipt.ts";
import type { TenantDb } from "./tenant-db.ts";

/** The machine that keeps the receipt, or the receipt itself where there was no machine to keep it. */
export type Decision =
  | { readonly kind: "machine"; readonly id: string }
  | { readonly kind: "failed"; readonly receipt: Receipt };

/**
 * The newest accepted change, ignored or deferred event, of which the machine is told, and the newest refused or failed
 * events of one millisecond with their receipts. (max() takes the row's other columns from the same row; with no row all of them are NULL.)
 */
export const FIND_DECISION = `
  SELECT machine_id AS id, max(at) AS at, NULL AS seq, '' AS failureId, NULL AS receipt FROM transitions INDEXED BY transitions_by_event
  WHERE tenant = ?1 AND configuration = ?2 AND event_id = ?3 AND kind = 'changed'
  UNION ALL
  SELECT machine_id, at, seq, failure_id, receipt FROM failures INDEXED BY failures_by_event
  WHERE tenant = ?1 AND configuration = ?2 AND event_id = ?3 AND (machine_id, at) = (
    SELECT machine_id, max(at) FROM failures INDEXED BY failures_by_event
    WHERE tenant = ?1 AND configuration = ?2 AND event_id = ?3
  )
  UNION ALL
  SELECT machine_id, max(at), 0, '', '' FROM lookups WHERE tenant = ?1 AND configuration = ?2 AND event_id = ?3`;

/** The newest decision on an event id, whichever machine or none took it. */
export async function findDecision(
  db: TenantDb,
  configuration: string,
  eventId: string,
): Promise<Decision | undefined> {
  const rows = await db.all<DecisionRow>(FIND_DECISION, configuration, eventId);
  const [newest] = rows.filter(({ at }) => at !== null).toSorted(newestFirst);
  if (newest === undefined) return undefined;
  // What a machine refused lacks here what the sender sent; the machine has it whole.
  const { receipt, failureId, id } = newest;
  return receipt === null || failureId === ""
    ? { kind: "machine", id }
    : { kind: "failed", receipt: JSON.parse(receipt) as Receipt };
}

export const FIND_FAILURE = `
  SELECT max(seq) AS seq, receipt FROM failures INDEXED BY failures_by_event
  WHERE tenant = ?1 AND configuration = ?2 AND event_id = ?3 AND machine_id = ?4 AND failure_id <> '' AND at = (
    SELECT max(at) FROM failures INDEXED BY failures_by_event
    WHERE tenant = ?1 AND configuration = ?2 AND event_id = ?3 AND machine_id = ?4 AND failure_id <> ''
  )`;

/** The newest receipt, of one millisecond the last, of an event that was sent to this machine and did not find it. */
export async function findFailure(
  db: TenantDb,
  machine: { readonly configuration: string; readonly id: string },
  eventId: string,
): Promise<Receipt | undefined> {
  const row = await db.first<{ receipt: string | null }>(FIND_FAILURE, machine.configuration, eventId, machine.id);
  const receipt = row?.receipt ?? undefined;
  return receipt === undefined ? undefined : (JSON.parse(receipt) as Receipt);
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
  /** Not empty: no machine keeps it. */
  readonly failureId: string;
  readonly receipt: string | null;
}
