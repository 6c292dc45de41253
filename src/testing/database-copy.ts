/** A database in memory, remembered so that others like it can be made: cheaper than everything that has led to it once more. */
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";

export interface DatabaseCopy {
  /** How much is remembered. */
  readonly rows: number;
  /** Makes the same of a database that is empty. */
  fill(database: DatabaseSync): void;
}

/** Remembers all tables and indexes. `shared`: a long text that many rows of many copies have, and that is kept once. */
export function copyDatabase(database: DatabaseSync, shared: string): DatabaseCopy {
  const items = database.prepare("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").all();
  const tables = items
    .filter(({ type }) => type === "table")
    .map(({ name }) => ({ name: quote(name), rows: database.prepare(`SELECT * FROM ${quote(name)}`).all() }));
  for (const { rows } of tables) for (const row of rows) share(row, shared);
  return {
    rows: tables.reduce((sum, { rows }) => sum + rows.length, 0),
    fill: (empty) => {
      empty.exec("BEGIN");
      for (const { sql } of items) empty.exec(String(sql));
      for (const { name, rows } of tables) insertAll(empty, name, rows);
      empty.exec("COMMIT");
    },
  };
}

type Row = Record<string, SQLOutputValue>;

function share(row: Row, shared: string): void {
  for (const [column, value] of Object.entries(row)) if (value === shared) row[column] = shared;
}

function insertAll(database: DatabaseSync, name: string, rows: readonly Row[]): void {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first);
  const marks = columns.map(() => "?").join(", ");
  const insert = database.prepare(`INSERT INTO ${name} (${columns.map(quote).join(", ")}) VALUES (${marks})`);
  for (const row of rows) insert.run(...columns.map((column) => row[column] ?? null));
}

function quote(name: SQLOutputValue | undefined): string {
  return `"${String(name).replaceAll('"', '""')}"`;
}
