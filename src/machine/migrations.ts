/**
 * The schema of an object's storage, by its version: the number of migrations that it has had. They are append-only: one
 * that has landed is never edited.
 */
import type { Sql } from "./deps.ts";

export type Migrations = readonly { readonly statements: readonly string[] }[];

/** How many migrations this database has had; 0 when it has no tables. Writes nothing. */
export function readSchemaVersion(sql: Sql): number {
  const rows = sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'");
  if (rows.length === 0) return 0;
  return Number(sql.exec("SELECT version FROM schema_version")[0]?.["version"] ?? 0);
}

/** Applies what is missing. Call it inside a transaction. */
export function applyMigrations(sql: Sql, migrations: Migrations): void {
  const from = readSchemaVersion(sql);
  // A later release may have been here.
  if (from >= migrations.length) return;
  if (from === 0) {
    sql.exec("CREATE TABLE schema_version (version INTEGER NOT NULL)");
    sql.exec("INSERT INTO schema_version VALUES (0)");
  }
  for (const { statements } of migrations.slice(from)) {
    for (const statement of statements) sql.exec(statement);
  }
  sql.exec("UPDATE schema_version SET version = ?", migrations.length);
}
