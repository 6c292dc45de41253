/** A database of the release before counts what it has, and goes on counting. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";

const directory = join(import.meta.dirname, "../../migrations");

test("0007 counts the machines and configurations that are there", () => {
  const database = new DatabaseSync(":memory:");
  const files = readdirSync(directory).toSorted();
  const apply = (names: readonly string[]): void => {
    for (const name of names) database.exec(readFileSync(join(directory, name), "utf8"));
  };
  apply(files.filter((name) => name < "0007"));
  const insert = (table: string, row: Record<string, string | number | null>): void => {
    const names = Object.keys(row);
    const sql = `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
    database.prepare(sql).run(...Object.values(row));
  };
  const machine = (tenant: string, id: string, retired_at: number | null): void =>
    insert("machines", {
      tenant,
      configuration: "c",
      id,
      version: "v1",
      state: "a",
      revision: 0,
      change: 0,
      created_at: 1,
      updated_at: 1,
      labels: "{}",
      retired_at,
    });
  machine("a", "1", null);
  machine("a", "2", null);
  machine("a", "3", 5);
  machine("b", "1", null);
  for (const [tenant, version] of [
    ["a", "v1"],
    ["c", "v1"],
    ["c", "v2"],
  ] as const)
    insert("configurations", { tenant, name: "n", version, source: "{}", created_at: 1 });

  apply(files.filter((name) => name >= "0007"));
  const counts = () =>
    database
      .prepare("SELECT * FROM usage ORDER BY tenant")
      .all()
      .map((row) => ({ ...row }));
  expect(counts()).toEqual([
    { tenant: "a", machines: 2, configurations: 1 },
    { tenant: "b", machines: 1, configurations: 0 },
    { tenant: "c", machines: 0, configurations: 2 },
  ]);
  machine("c", "1", null);
  database.exec("DELETE FROM machines WHERE tenant = 'a'");
  database.exec("DELETE FROM configurations WHERE tenant = 'c'");
  expect(counts()).toEqual([
    { tenant: "a", machines: 0, configurations: 1 },
    { tenant: "b", machines: 1, configurations: 0 },
    { tenant: "c", machines: 1, configurations: 0 },
  ]);
});
