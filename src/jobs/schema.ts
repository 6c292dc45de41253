/**
 * The storage schema of a job's object: append-only migrations. One that has landed is never edited. An object that holds no
 * job has no tables.
 */
import type { Sql } from "../machine/deps.ts";

const MIGRATIONS: readonly { readonly message: string; readonly statements: readonly string[] }[] = [
  {
    message: "a job: what it is and how far, the chunks that are not done, what was refused",
    statements: [
      `CREATE TABLE job (
         only INTEGER PRIMARY KEY CHECK (only = 1), spec TEXT NOT NULL, status TEXT NOT NULL, updated_at INTEGER NOT NULL,
         finished_at INTEGER, found INTEGER NOT NULL DEFAULT 0, succeeded INTEGER NOT NULL DEFAULT 0,
         unchanged INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0,
         chunks INTEGER NOT NULL DEFAULT 0, after_id TEXT, is_cut INTEGER NOT NULL DEFAULT 0,
         next_cut_at INTEGER NOT NULL DEFAULT 0, told_at INTEGER, is_told INTEGER NOT NULL DEFAULT 0)`,
      // `ids`: JSON, those that have no result yet. `due_at`: when a message about it is to be sent (again).
      `CREATE TABLE chunks (
         chunk INTEGER PRIMARY KEY, ids TEXT NOT NULL, lease INTEGER NOT NULL DEFAULT 0, lent_until INTEGER NOT NULL DEFAULT 0,
         due_at INTEGER NOT NULL)`,
      "CREATE TABLE refusals (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL)",
    ],
  },
  {
    message: "a chunk knows when it may be lent again, and when it was lent first",
    statements: [
      // 0: nobody has reported on it. Before that time it is lent to nobody.
      "ALTER TABLE chunks ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE chunks ADD COLUMN first_lent_at INTEGER NOT NULL DEFAULT 0",
    ],
  },
];

const SCHEMA_VERSION = MIGRATIONS.length;

/** Whether there are tables. Writes nothing. */
export function hasTables(sql: Sql): boolean {
  return sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'").length > 0;
}

/** Applies what is missing. Call it inside a transaction. */
export function migrate(sql: Sql): void {
  if (!hasTables(sql)) {
    sql.exec("CREATE TABLE schema_version (version INTEGER NOT NULL)");
    sql.exec("INSERT INTO schema_version VALUES (0)");
  }
  const from = Number(sql.exec("SELECT version FROM schema_version")[0]?.["version"] ?? 0);
  // A later release may have been here.
  if (from >= SCHEMA_VERSION) return;
  for (const { statements } of MIGRATIONS.slice(from)) for (const statement of statements) sql.exec(statement);
  sql.exec("UPDATE schema_version SET version = ?", SCHEMA_VERSION);
}
