/** What takes machines and tenants out of D1 for good. Each call may be repeated, and goes on where an earlier one ended. */
import { auditStatement, insertAudit, TOMBSTONE_ACTIONS, type AuditEntry } from "./audit.ts";
import type { MachineRow } from "./index-entry.ts";
import type { Statement, TenantDb } from "./tenant-db.ts";

/** Which rows of an id are meant: those of the lives that began, and of what was told, by then; epoch ms. */
export interface ErasedRows {
  readonly configuration: string;
  readonly id: string;
  /** When the life began that was erased; undefined: its object was empty already. */
  readonly life: number | undefined;
  /** Lives that began by then are over. */
  readonly born: number;
  readonly until: number;
}

/** The labels and the row of a machine, unless it is of a later life. */
const DELETE_LABELS = `
  DELETE FROM machine_labels WHERE (tenant, configuration, name, value, machine_id) IN (
    SELECT known.tenant, known.configuration, label.key, label.value, known.id
    FROM machines AS known CROSS JOIN json_each(known.labels) AS label
    WHERE known.tenant = ?1 AND known.configuration = ?2 AND known.id = ?3 AND known.created_at <= ?4)`;
const DELETE_MACHINE = "DELETE FROM machines WHERE tenant = ?1 AND configuration = ?2 AND id = ?3 AND created_at <= ?4";

/** From here on nothing is written that is told of the life: see erased-lives.ts. */
const NOTE_LIFE = `
  UPDATE audit SET erased_life = coalesce(?4, (
    SELECT created_at FROM machines WHERE tenant = ?1 AND configuration = ?5 AND id = ?6 AND created_at <= ?7))
  WHERE tenant = ?1 AND at = ?2 AND id = ?3`;

/** Rows looked at by a statement: no index leads from a machine to them, since it would cost every event a row. */
const ROWS_PER_STATEMENT = 50_000;

/** Where rows of a machine are, what orders them, and what tells whether they are of the lives that are meant. */
const OF_MACHINE = [
  { table: "transitions", key: "seq", age: "created_at" },
  { table: "failures", key: "seq", age: "at" },
  { table: "lookups", key: "event_id", age: "at" },
  { table: "dead_letters", key: "at", age: "at" },
] as const;

const lastOfPage = (table: string, key: string): string => `
  SELECT max(${key}) AS last FROM (SELECT ${key} FROM ${table}
    WHERE tenant = ?1 AND configuration = ?2 AND ${key} > ?3 ORDER BY ${key} LIMIT ${ROWS_PER_STATEMENT})`;
const deletePage = (table: string, key: string, age: string): string => `
  DELETE FROM ${table}
  WHERE tenant = ?1 AND configuration = ?2 AND ${key} > ?3 AND ${key} <= ?4 AND machine_id = ?5 AND ${age} <= ?6`;

const HAS_ROW = `?8 = 1 OR EXISTS (
  SELECT 1 FROM machines WHERE tenant = ?1 AND configuration = ?9 AND id = ?10 AND created_at <= ?11)`;

/**
 * Deletes every row of a machine, and notes that it was: where there was one. First comes the note, so that nothing that
 * is still on its way comes back behind what is deleted.
 */
export async function eraseMachineRows(db: TenantDb, rows: ErasedRows, entry: AuditEntry): Promise<void> {
  const { configuration, id, life, born, until } = rows;
  const [noted = 0] = await db.runAll([
    auditStatement(entry, HAS_ROW, life === undefined ? 0 : 1, configuration, id, born),
    [NOTE_LIFE, entry.at, entry.id, life ?? null, configuration, id, born],
    [DELETE_LABELS, configuration, id, born],
    [DELETE_MACHINE, configuration, id, born],
  ]);
  let changes = 0;
  for (const { table, key, age } of OF_MACHINE) {
    const before = age === "created_at" ? born : until;
    let after: number | string = key === "event_id" ? "" : -1;
    for (;;) {
      const page: { last: number | string | null } | null = await db.first(
        lastOfPage(table, key),
        configuration,
        after,
      );
      const last: number | string | null = page?.last ?? null;
      if (last === null) break;
      const gone = await db.run(deletePage(table, key, age), configuration, after, last, id, before);
      if (table === "transitions") changes += gone;
      after = last;
    }
  }
  // An earlier call was interrupted, and the sweeper has found the row of an empty object since.
  if (noted === 0 && changes > 0) await insertAudit(db, entry);
}

/** Whether the tenant is erased, or being so. */
export async function isErased(db: TenantDb): Promise<boolean> {
  return (await db.first("SELECT 1 FROM tenants WHERE name = ?1 AND erasing_at IS NOT NULL")) !== null;
}

/** Marks the tenant and ends its keys; one that is marked stays as it is. */
export async function beginErasure(db: TenantDb, entry: AuditEntry): Promise<void> {
  const { at } = entry;
  const marked = "EXISTS (SELECT 1 FROM tenants WHERE name = ?1 AND erasing_at = ?8)";
  await db.runAll([
    [
      "UPDATE tenants SET erasing_at = ?2, erased_counts = '{}', quotas = NULL WHERE name = ?1 AND erasing_at IS NULL",
      at,
    ],
    ["UPDATE keys SET revoked_at = ?2 WHERE tenant = ?1 AND revoked_at IS NULL", at],
    auditStatement(
      entry,
      `${marked} AND NOT EXISTS (SELECT 1 FROM audit WHERE tenant = ?1 AND at = ?2 AND action = ?5)`,
      at,
    ),
  ]);
}

/** How many rows the statement before it has deleted, added up where the tenant's tombstone is. */
function countStatement(kind: string): Statement {
  const sql = `
    UPDATE tenants SET erased_counts = json_set(erased_counts, '$.' || ?2, coalesce(erased_counts->>?2, 0) + changes())
    WHERE name = ?1 AND changes() > 0`;
  return [sql, kind];
}

/** Deletes the rows of machines whose objects are empty, unless another life has begun. */
export async function eraseRegistryRows(db: TenantDb, rows: readonly MachineRow[]): Promise<void> {
  const statements = rows.flatMap(({ configuration, id, createdAt }): Statement[] => [
    [DELETE_LABELS, configuration, id, createdAt],
    [DELETE_MACHINE, configuration, id, createdAt],
    countStatement("machines"),
  ]);
  if (statements.length > 0) await db.runAll(statements);
}

/** Deletes a job's row. */
export async function eraseJobRow(db: TenantDb, createdAt: number, id: string): Promise<void> {
  const sql = "DELETE FROM jobs WHERE tenant = ?1 AND created_at = ?2 AND id = ?3";
  await db.runAll([[sql, createdAt, id], countStatement("jobs")]);
}

/** Tables whose rows go as they are, by their keys within the tenant. Of machines and jobs the objects go first. */
const OF_TENANT = [
  { table: "configurations", key: "seq", more: "" },
  { table: "machine_labels", key: "(configuration, name, value, machine_id)", more: "" },
  { table: "failures", key: "seq", more: "" },
  { table: "lookups", key: "(configuration, event_id, machine_id)", more: "" },
  { table: "dead_letters", key: "(at, id)", more: "" },
  { table: "keys", key: "id", more: "" },
  { table: "usage", key: "tenant", more: "" },
  { table: "event_counts", key: "day", more: "" },
  { table: "audit", key: "(at, id)", more: `AND action NOT IN ('${TOMBSTONE_ACTIONS.join("', '")}')` },
] as const;

/** Configurations have up to 256 KiB, dead letters 128,000 bytes. */
const ROWS_PER_DELETION = 500;

function deleteSome({ table, key, more }: (typeof OF_TENANT)[number]): string {
  const columns = key.replaceAll(/[()]/g, "");
  return `DELETE FROM ${table} WHERE tenant = ?1 AND ${key} IN
    (SELECT ${columns} FROM ${table} WHERE tenant = ?1 ${more} LIMIT ${ROWS_PER_DELETION})`;
}

/** Deletes some rows of each of the tenant's tables; answers whether there may be more. */
export async function eraseSomeRows(db: TenantDb): Promise<boolean> {
  const statements = OF_TENANT.flatMap((rows): Statement[] => [[deleteSome(rows)], countStatement(rows.table)]);
  const changes = await db.runAll(statements);
  return changes.some((count, index) => index % 2 === 0 && count >= ROWS_PER_DELETION);
}

const FIRST_TRANSITIONS = `
  SELECT configuration, seq, machine_id AS id, kind
  FROM transitions WHERE tenant = ?1 ORDER BY configuration, seq LIMIT ${ROWS_PER_DELETION}`;
const DELETE_TRANSITIONS = "DELETE FROM transitions WHERE tenant = ?1 AND (configuration, seq) <= (?2, ?3)";

/** A change in the feed: where it stands, and whose it is. */
export interface FeedRow {
  readonly configuration: string;
  readonly id: string;
  readonly seq: number;
  readonly kind: string;
}

/** The first of the feed. */
export function listFirstTransitions(db: TenantDb): Promise<FeedRow[]> {
  return db.all(FIRST_TRANSITIONS);
}

/** Deletes the feed up to a row of it. */
export async function eraseTransitions(db: TenantDb, { configuration, seq }: FeedRow): Promise<void> {
  await db.runAll([[DELETE_TRANSITIONS, configuration, seq], countStatement("transitions")]);
}

/** The condition that no table has a row of the tenant; `name` says in SQL whose. */
function nothingLeft(name: string): string {
  const tables = [...OF_TENANT, ...["machines", "transitions", "jobs"].map((table) => ({ table, more: "" }))];
  return tables
    .map(({ table, more }) => `NOT EXISTS (SELECT 1 FROM ${table} WHERE tenant = ${name} ${more})`)
    .join(" AND ");
}

/** Notes that nothing is left of the tenant, unless something is; answers whether it did. */
export async function endErasure(db: TenantDb, entry: AuditEntry): Promise<boolean> {
  const [ended = 0] = await db.runAll([
    [`UPDATE tenants SET erased_at = ?2 WHERE name = ?1 AND erasing_at IS NOT NULL AND ${nothingLeft("?1")}`, entry.at],
    auditStatement(entry, "EXISTS (SELECT 1 FROM tenants WHERE name = ?1 AND erased_at = ?2)"),
  ]);
  return ended > 0;
}

const LIST_UNERASED = `
  SELECT name FROM tenants
  WHERE erasing_at IS NOT NULL AND (erased_at IS NULL OR NOT (${nothingLeft("tenants.name")}))
  LIMIT ?1`;

/** Tenants that are to be erased and of which something is left: a machine that the index had lost may have come back. */
export async function listUnerased(db: D1Database, limit: number): Promise<string[]> {
  return (await db.prepare(LIST_UNERASED).bind(limit).all<{ name: string }>()).results.map(({ name }) => name);
}

/** For the test of their plans. */
export function listErasureStatements(): Record<string, string> {
  const ofMachine = OF_MACHINE.flatMap(({ table, key, age }) => [lastOfPage(table, key), deletePage(table, key, age)]);
  const ofTenant = [FIRST_TRANSITIONS, DELETE_TRANSITIONS, ...OF_TENANT.map(deleteSome)];
  const statements = [DELETE_LABELS, DELETE_MACHINE, NOTE_LIFE, ...ofMachine, ...ofTenant];
  return { LIST_UNERASED, ...Object.fromEntries(statements.map((sql) => [sql.trim(), sql])) };
}
