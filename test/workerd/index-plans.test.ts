/** What D1 does for every read: seeks in an index, in the index's order. A list must not cost what is not on its page. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { FIND_VERSIONS, LIST_VERSIONS } from "../../src/catalog/configurations.ts";
import { DEAD_LETTER_STATEMENTS } from "../../src/catalog/dead-letters.ts";
import { FEED_STATEMENTS } from "../../src/catalog/feeds.ts";
import { FIND_DECISION, FIND_FAILURE } from "../../src/catalog/lookups.ts";
import { machineListStatement, MACHINE_ORDERS, type MachineQuery } from "../../src/catalog/machine-list.ts";

const { CATALOG } = env as unknown as { CATALOG: D1Database };

async function planOf(sql: string, params: readonly unknown[]): Promise<string[]> {
  const { results } = await CATALOG.prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .bind(...params)
    .all<{ detail: string }>();
  return results.map(({ detail }) => detail);
}

/** As many parameters as the statement numbers. */
function paramsOf(sql: string): string[] {
  const numbers = Array.from(sql.matchAll(/\?(\d+)/g), ([, number]) => Number(number));
  return Array.from({ length: Math.max(...numbers) }, () => "[]");
}

/** The steps that read a whole table or sort. */
function faultsOf(plan: readonly string[], allowed: readonly string[] = []): string[] {
  const steps = plan.filter((step) => step.startsWith("SCAN ") || step.includes("TEMP B-TREE"));
  return steps.filter((step) => !step.includes("VIRTUAL TABLE") && !allowed.includes(step));
}

const choices = <T>(value: T): (T | undefined)[] => [undefined, value];

const QUERIES: MachineQuery[] = MACHINE_ORDERS.flatMap((order) =>
  choices("v1").flatMap((version) =>
    choices("s").flatMap((state) =>
      choices(1).flatMap((updatedAfter) =>
        choices(9).flatMap((updatedBefore) =>
          choices({ id: "m", updatedAt: 5 }).map((after) => ({
            configuration: "c",
            version,
            state,
            updatedAfter,
            updatedBefore,
            order,
            after,
            limit: 50,
          })),
        ),
      ),
    ),
  ),
);

/** What a list's index is sought by. */
function seekOf(query: MachineQuery): string {
  const { order, state, version, after, updatedAfter, updatedBefore } = query;
  const common = "tenant=? AND configuration=?";
  const beyond = after === undefined ? "" : " AND id>?";
  if (order === "id") {
    if (state !== undefined) return `INDEX machines_by_state (${common} AND state=?${beyond})`;
    if (version !== undefined) return `INDEX machines_by_version (${common} AND version=?${beyond})`;
    return `PRIMARY KEY (${common}${beyond})`;
  }
  const above = updatedAfter === undefined ? "" : " AND updated_at>?";
  const below = updatedBefore === undefined ? "" : " AND updated_at<?";
  if (after === undefined) return `INDEX machines_by_updated_at (${common}${above}${below})`;
  return order === "updated_at"
    ? `INDEX machines_by_updated_at (${common} AND (updated_at,id)>(?,?)${below})`
    : `INDEX machines_by_updated_at (${common}${above} AND (updated_at,id)<(?,?))`;
}

test("there are 96 lists of machines, and each seeks to its page", async () => {
  expect(QUERIES.length).toBe(96);
  for (const query of QUERIES) {
    const { sql, params } = machineListStatement(query);
    expect(await planOf(sql, ["t", ...params]), sql).toEqual([`SEARCH machines USING ${seekOf(query)}`]);
  }
});

const STATEMENTS = {
  ...FEED_STATEMENTS,
  ...DEAD_LETTER_STATEMENTS,
  FIND_DECISION,
  FIND_FAILURE,
  LIST_VERSIONS,
  FIND_VERSIONS,
};

/** Reads of what the statement itself has made, which is no larger than its limits. */
const ALLOWED: Record<string, string[]> = {
  TRANSITIONS_OF_ALL: ["SCAN names", "USE TEMP B-TREE FOR ORDER BY"],
  COUNT: ["SCAN (subquery-1)"],
};

describe("no statement reads a whole table or sorts", () => {
  test.each(Object.entries(STATEMENTS))("%s", async (name, sql) => {
    const plan = await planOf(sql, paramsOf(sql));
    expect(plan.length).toBeGreaterThan(0);
    expect(faultsOf(plan, ALLOWED[name]), plan.join("\n")).toEqual([]);
  });
});

/** Rows that D1 says it has read. */
async function rowsRead(sql: string, ...params: unknown[]): Promise<number> {
  const { meta } = await CATALOG.prepare(sql)
    .bind(...params)
    .all();
  return meta.rows_read;
}

test("the feed of all configurations reads names x limit rows, however many there are", async () => {
  await CATALOG.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
     INSERT INTO transitions SELECT 'plans', 'c' || (i % 4), i, 'm', 1, 'changed', 'e' || i, i, 'v1', '', '', '', 1, '', '' FROM n`,
  ).run();
  // Per name: one seek for the name, and of the seq list and of the rows ten each; then what was sorted.
  const read = await rowsRead(FEED_STATEMENTS.TRANSITIONS_OF_ALL, "plans", 10_000, 10);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(4 * 50);
});

test("a page far into a list reads no more than the first", async () => {
  await CATALOG.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
     INSERT INTO machines (tenant, configuration, id, version, state, revision, change, created_at, updated_at, labels)
     SELECT 'plans', 'c', printf('%05d', i), 'v1', 's', 0, 0, 1, i, '{}' FROM n`,
  ).run();
  for (const order of MACHINE_ORDERS) {
    const bounds = { updatedAfter: 0, updatedBefore: 9_999 };
    const after = order === "-updated_at" ? { id: "00100", updatedAt: 100 } : { id: "04900", updatedAt: 4_900 };
    const { sql, params } = machineListStatement({
      configuration: "c",
      state: "s",
      ...bounds,
      order,
      after,
      limit: 10,
    });
    expect(await rowsRead(sql, "plans", ...params), order).toBeLessThanOrEqual(30);
  }
});
