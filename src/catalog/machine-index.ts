/** The index of machines in D1: lists by state, look-up of events. Written by the index-writers only. */
import type { IndexEntry } from "./index-entry.ts";
import type { TenantDb } from "./tenant-db.ts";

const UPSERT_MACHINES = `
  INSERT INTO machines (tenant, configuration, id, version, state, revision, change, created_at, updated_at, labels)
  SELECT value->>'tenant', value->>'configuration', value->>'id', value->>'version', value->>'state', value->>'revision',
         value->>'change', value->>'createdAt', value->>'updatedAt', value->>'labels'
  FROM json_each(?1) WHERE true
  ON CONFLICT (tenant, configuration, id) DO UPDATE SET
    version = excluded.version, state = excluded.state, revision = excluded.revision, change = excluded.change,
    created_at = excluded.created_at, updated_at = excluded.updated_at, labels = excluded.labels
  WHERE (excluded.created_at, excluded.change) > (created_at, change)`;

const INSERT_EVENTS = `
  INSERT OR REPLACE INTO events (tenant, configuration, event_id, machine_id, at)
  SELECT machine.value->>'tenant', machine.value->>'configuration', event.value->>'eventId', machine.value->>'id',
         event.value->>'at'
  FROM json_each(?1) AS machine, json_each(machine.value, '$.events') AS event`;

/** Writes entries of any tenants: each carries its own. All or nothing. */
export async function writeIndex(db: D1Database, entries: readonly IndexEntry[]): Promise<void> {
  const json = JSON.stringify(entries);
  const statements = [db.prepare(UPSERT_MACHINES).bind(json)];
  if (entries.some((entry) => entry.events.length > 0)) statements.push(db.prepare(INSERT_EVENTS).bind(json));
  await db.batch(statements);
}

/** A machine as the index knows it. */
export interface IndexedMachine {
  readonly id: string;
  readonly version: string;
  readonly state: string;
}

/** Machines of a configuration in id order, after `after`; of one state unless it is "". */
export function listMachines(
  db: TenantDb,
  query: { configuration: string; state: string; after: string; limit: number },
): Promise<IndexedMachine[]> {
  const { configuration, state, after, limit } = query;
  if (state === "") {
    return db.all(
      "SELECT id, version, state FROM machines WHERE tenant = ?1 AND configuration = ?2 AND id > ?3 ORDER BY id LIMIT ?4",
      configuration,
      after,
      limit,
    );
  }
  return db.all(
    `SELECT id, version, state FROM machines
     WHERE tenant = ?1 AND configuration = ?2 AND state = ?3 AND id > ?4 ORDER BY id LIMIT ?5`,
    configuration,
    state,
    after,
    limit,
  );
}

/** The machine that decided this event id last. */
export async function findEventMachine(
  db: TenantDb,
  configuration: string,
  eventId: string,
): Promise<string | undefined> {
  const row = await db.first<{ machine_id: string }>(
    "SELECT machine_id FROM events WHERE tenant = ?1 AND configuration = ?2 AND event_id = ?3 ORDER BY at DESC LIMIT 1",
    configuration,
    eventId,
  );
  return row?.machine_id;
}
