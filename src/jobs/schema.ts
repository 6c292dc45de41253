/**
 * The storage schema of a job's object: append-only migrations. One that has landed is never edited. An object that holds no
 * job has no tables.
 */
import type { Sql } from "../machine/deps.ts";
import { applyMigrations, readSchemaVersion, type Migrations } from "../machine/migrations.ts";

const MIGRATIONS: Migrations = [
  {
    // A job: what it is and how far, the chunks that are not done, what was refused.
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
    // A chunk knows when it may be lent again, and when it was lent first.
    statements: [
      // 0: nobody has reported on it. Before that time it is lent to nobody.
      "ALTER TABLE chunks ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE chunks ADD COLUMN first_lent_at INTEGER NOT NULL DEFAULT 0",
    ],
  },
];

/** Whether there are tables. Writes nothing. */
export function hasTables(sql: Sql): boolean {
  return readSchemaVersion(sql) > 0;
}

/** Applies what is missing. Call it inside a transaction. */
export function migrate(sql: Sql): void {
  applyMigrations(sql, MIGRATIONS);
}
