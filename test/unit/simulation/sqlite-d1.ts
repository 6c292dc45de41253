/** As much of D1 as the index needs, on SQLite in this process. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SqlValue } from "../../../src/machine/deps.ts";

const migrations = join(import.meta.dirname, "../../../migrations");

interface Prepared {
  change(): { results: never[]; success: boolean; meta: { changes: number } };
  bind(...values: SqlValue[]): Prepared;
  all(): Promise<unknown>;
  first(): Promise<unknown>;
  run(): Promise<unknown>;
}

/** A call on its way to the database may be held up or fail: `through` decides. */
export function createD1(through: <T>(work: () => T) => Promise<T>) {
  const sqlite = new DatabaseSync(":memory:");
  for (const file of readdirSync(migrations).toSorted()) sqlite.exec(readFileSync(join(migrations, file), "utf8"));

  const bound = { largest: 0 };
  const prepare = (sql: string, params: SqlValue[] = []): Prepared => {
    const rows = () => sqlite.prepare(sql).all(...params);
    const change = () => ({
      results: [],
      success: true,
      meta: { changes: Number(sqlite.prepare(sql).run(...params).changes) },
    });
    return {
      change,
      bind: (...values: SqlValue[]) => {
        const sizes = values.map((value) => (typeof value === "string" ? Buffer.byteLength(value) : 0));
        bound.largest = Math.max(bound.largest, ...sizes);
        return prepare(sql, values);
      },
      all: () => through(() => ({ results: rows() })),
      first: () => through(() => rows()[0] ?? null),
      run: () => through(change),
    };
  };
  const batch = (statements: Prepared[]) =>
    through(() => {
      sqlite.exec("BEGIN");
      try {
        const results = statements.map((statement) => statement.change());
        sqlite.exec("COMMIT");
        return results;
      } catch (error) {
        sqlite.exec("ROLLBACK");
        throw error;
      }
    });
  return { d1: { prepare, batch } as unknown as D1Database, sqlite, bound };
}
