/** The feeds in D1, in the order in which things were written: accepted changes, and refused and failed events. */
import type { Receipt } from "../receipt.ts";
import type { TenantDb } from "./tenant-db.ts";

/** Everything after `after`; of one configuration unless it is "". */
export interface FeedQuery {
  readonly configuration: string;
  readonly after: number;
  readonly limit: number;
}

export interface FeedTransition {
  readonly seq: number;
  readonly kind: "created" | "changed" | "deleted";
  readonly configuration: string;
  readonly id: string;
  readonly version: string;
  readonly revision: number;
  readonly eventId: string;
  readonly event: string;
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly originator: string;
  readonly actor: string;
}

export type FeedFailure = {
  readonly seq: number;
  readonly receipt: Omit<Receipt, "data" | "details">;
};

const TRANSITION = `
  seq, kind, configuration, machine_id AS id, version, revision, event_id AS eventId, event, from_state AS "from",
  to_state AS "to", at, originator, actor`;

const TRANSITIONS_OF_ONE = `
  SELECT ${TRANSITION} FROM transitions INDEXED BY sqlite_autoindex_transitions_1
  WHERE tenant = ?1 AND configuration = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4`;

/**
 * The order is per configuration, which spares each change a row of another index. So the names are taken one seek
 * each, and of every name as many as are wanted: names x limit rows at most are read and sorted.
 */
const TRANSITIONS_OF_ALL = `
  WITH RECURSIVE names (name) AS (
    SELECT min(configuration) FROM transitions WHERE tenant = ?1
    UNION ALL
    SELECT (SELECT min(configuration) FROM transitions WHERE tenant = ?1 AND configuration > name)
    FROM names WHERE name IS NOT NULL
  )
  SELECT ${TRANSITION} FROM names CROSS JOIN transitions AS listed
  WHERE listed.tenant = ?1 AND listed.configuration = name AND listed.seq IN (
    SELECT seq FROM transitions INDEXED BY sqlite_autoindex_transitions_1
    WHERE tenant = ?1 AND configuration = name AND seq > ?2 ORDER BY seq LIMIT ?3
  )
  ORDER BY listed.seq LIMIT ?3`;

// The sender's data may be 64 KiB, and the feed leaves it out: it does not leave the database.
const FAILURE = "seq, json_remove(receipt, '$.data', '$.details') AS receipt";

const FAILURES_OF_ONE = `
  SELECT ${FAILURE} FROM failures INDEXED BY failures_by_configuration
  WHERE tenant = ?1 AND configuration = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4`;

const FAILURES_OF_ALL = `
  SELECT ${FAILURE} FROM failures INDEXED BY sqlite_autoindex_failures_1
  WHERE tenant = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3`;

const WHOLE_FAILURES = "SELECT seq, receipt FROM failures WHERE tenant = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";

/** For the test of their plans. */
export const FEED_STATEMENTS = {
  TRANSITIONS_OF_ONE,
  TRANSITIONS_OF_ALL,
  FAILURES_OF_ONE,
  FAILURES_OF_ALL,
  WHOLE_FAILURES,
} as const;

export function listTransitions(db: TenantDb, { configuration, after, limit }: FeedQuery): Promise<FeedTransition[]> {
  return configuration === ""
    ? db.all(TRANSITIONS_OF_ALL, after, limit)
    : db.all(TRANSITIONS_OF_ONE, configuration, after, limit);
}

export async function listFailures(db: TenantDb, { configuration, after, limit }: FeedQuery): Promise<FeedFailure[]> {
  const rows = await (configuration === ""
    ? db.all<FailureRow>(FAILURES_OF_ALL, after, limit)
    : db.all<FailureRow>(FAILURES_OF_ONE, configuration, after, limit));
  return rows.map(({ seq, receipt }) => ({ seq, receipt: JSON.parse(receipt) as FeedFailure["receipt"] }));
}

/** A failure with what the sender sent, where no machine keeps that. */
export interface WholeFailure {
  readonly seq: number;
  readonly receipt: Receipt;
}

/** Of all configurations, after a position. */
export async function listWholeFailures(db: TenantDb, after: number, limit: number): Promise<WholeFailure[]> {
  const rows = await db.all<FailureRow>(WHOLE_FAILURES, after, limit);
  return rows.map(({ seq, receipt }) => ({
    seq,
    receipt: { data: "{}", details: "", ...JSON.parse(receipt) } as Receipt,
  }));
}

interface FailureRow {
  readonly seq: number;
  readonly receipt: string;
}
