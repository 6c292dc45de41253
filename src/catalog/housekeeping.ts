/** What the sweeper does in D1, for all tenants: who is overdue, what has expired, what has yet to leave. */
import type { FailedEvent, MachineRow } from "./index-entry.ts";
import { labelDeletion } from "./label-index.ts";
import { MACHINE_COLUMNS, toMachineRow, type StoredMachineRow } from "./machine-rows.ts";
import type { TenantDb } from "./tenant-db.ts";

/** Machines that had something to do before this time and have not said since that it is done. */
export async function listOverdueMachines(db: D1Database, before: number, limit: number): Promise<MachineRow[]> {
  const query = db.prepare(`SELECT ${MACHINE_COLUMNS} FROM machines WHERE due_at < ?1 ORDER BY due_at LIMIT ?2`);
  return (await query.bind(before, limit).all<StoredMachineRow>()).results.map(toMachineRow);
}

/** Looks after a machine later, unless it has said something since. */
export async function postponeMachine(db: D1Database, row: MachineRow, dueAt: number): Promise<void> {
  await db
    .prepare(
      `UPDATE machines SET due_at = ?6
       WHERE tenant = ?1 AND configuration = ?2 AND id = ?3 AND created_at = ?4 AND change = ?5`,
    )
    .bind(row.tenant, row.configuration, row.id, row.createdAt, row.change, dueAt)
    .run();
}

/** Takes a row out of the index that is about no machine, or stands in its way, unless it was written since. */
export async function deleteMachine(db: D1Database, row: MachineRow): Promise<void> {
  const sql =
    "DELETE FROM machines WHERE tenant = ?1 AND configuration = ?2 AND id = ?3 AND created_at = ?4 AND change = ?5";
  const deletion = db.prepare(sql).bind(row.tenant, row.configuration, row.id, row.createdAt, row.change);
  await db.batch([labelDeletion(db, row), deletion]);
}

/**
 * Accepted changes from before this time, at most `limit`; answers how many. Positions are in the order of time, so of
 * each configuration only the oldest are looked at, and of most only one.
 */
export async function pruneTransitions(db: D1Database, before: number, limit: number): Promise<number> {
  const query = db.prepare(
    `DELETE FROM transitions WHERE (tenant, configuration, seq) IN (
       SELECT old.tenant, old.configuration, old.seq
       FROM (SELECT DISTINCT tenant, name FROM configurations) AS owner
       CROSS JOIN transitions AS old ON old.tenant = owner.tenant AND old.configuration = owner.name
       WHERE (SELECT at FROM transitions AS oldest WHERE oldest.tenant = owner.tenant
           AND oldest.configuration = owner.name ORDER BY seq LIMIT 1) < ?1
         AND old.seq IN (SELECT seq FROM transitions AS oldest
           WHERE oldest.tenant = owner.tenant AND oldest.configuration = owner.name ORDER BY seq LIMIT ?2)
         AND old.at < ?1
       LIMIT ?2)`,
  );
  return (await query.bind(before, limit).run()).meta.changes;
}

/** Refused and failed receipts whose time is up, at most `limit`; answers how many. */
export async function pruneFailures(db: D1Database, now: number, limit: number): Promise<number> {
  const query = db.prepare(
    `DELETE FROM failures WHERE (tenant, seq) IN
       (SELECT tenant, seq FROM failures WHERE expires_at < ?1 AND notification IS NULL ORDER BY expires_at LIMIT ?2)`,
  );
  return (await query.bind(now, limit).run()).meta.changes;
}

/** What was ignored or deferred and whose time is up, at most `limit`; answers how many. */
export async function pruneLookups(db: D1Database, now: number, limit: number): Promise<number> {
  const query = db.prepare(
    `DELETE FROM lookups WHERE (tenant, configuration, event_id, machine_id) IN
       (SELECT tenant, configuration, event_id, machine_id FROM lookups WHERE expires_at < ?1 ORDER BY expires_at LIMIT ?2)`,
  );
  return (await query.bind(now, limit).run()).meta.changes;
}

/**
 * Rows of machines that ended before this time: no write of theirs can be on its way any more. Their
 * labels went with their end.
 */
export async function pruneTombstones(db: D1Database, before: number, limit: number): Promise<number> {
  const query = db.prepare(
    `DELETE FROM machines WHERE (tenant, configuration, id) IN
       (SELECT tenant, configuration, id FROM machines WHERE retired_at < ?1 ORDER BY retired_at LIMIT ?2)`,
  );
  return (await query.bind(before, limit).run()).meta.changes;
}

/** Failed events from before this time whose notifications the queue does not have yet. */
export async function listUnsentNotifications(
  db: D1Database,
  before: number,
  limit: number,
): Promise<Omit<FailedEvent, "expiresAt" | "receipt">[]> {
  const query = db.prepare(
    `SELECT tenant, configuration, machine_id AS id, event_id AS eventId, at, failure_id AS failureId, notification
     FROM failures
     WHERE notification IS NOT NULL AND at < ?1 ORDER BY at LIMIT ?2`,
  );
  return (await query.bind(before, limit).all<Omit<FailedEvent, "expiresAt" | "receipt">>()).results;
}

/** A tenant's machines in the order of their keys, after one; the dead ones too. */
export async function walkMachines(
  db: TenantDb,
  after: { readonly configuration: string; readonly id: string },
  limit: number,
): Promise<MachineRow[]> {
  const sql = `
    SELECT ${MACHINE_COLUMNS} FROM machines WHERE tenant = ?1 AND (configuration, id) > (?2, ?3)
    ORDER BY configuration, id LIMIT ?4`;
  return (await db.all<StoredMachineRow>(sql, after.configuration, after.id, limit)).map(toMachineRow);
}

/**
 * Whether the machines live where the setting says: the first to ask is believed. With another jurisdiction every object
 * seems never to have been created.
 */
export async function isJurisdiction(db: D1Database, jurisdiction: string): Promise<boolean> {
  await db.prepare("UPDATE deployment SET jurisdiction = ?1 WHERE jurisdiction IS NULL").bind(jurisdiction).run();
  const row = await db.prepare("SELECT jurisdiction FROM deployment").first<{ jurisdiction: string }>();
  return row?.jurisdiction === jurisdiction;
}
