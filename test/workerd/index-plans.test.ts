/** What D1 does for every read: seeks in an index, in the index's order. A list must not cost what is not on its page. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { FIND_VERSIONS, LIST_NAMES, LIST_VERSIONS, WALK_CONFIGURATIONS } from "../../src/catalog/configurations.ts";
import { AUDIT_STATEMENTS } from "../../src/catalog/audit.ts";
import { DEAD_LETTER_STATEMENTS } from "../../src/catalog/dead-letters.ts";
import { listErasureStatements } from "../../src/catalog/erasure.ts";
import { FEED_STATEMENTS } from "../../src/catalog/feeds.ts";
import { JOB_STATEMENTS } from "../../src/catalog/jobs.ts";
import { KEY_STATEMENTS } from "../../src/catalog/keys.ts";
import { TENANT_STATEMENTS } from "../../src/catalog/tenants.ts";
import { FIND_DECISION, FIND_FAILURE } from "../../src/catalog/lookups.ts";
import { LABEL_STATEMENTS } from "../../src/catalog/label-index.ts";
import { machineCountStatement, MACHINE_GROUPS, type CountQuery } from "../../src/catalog/machine-count.ts";
import { COUNT_LABEL, type MachineFilter } from "../../src/catalog/machine-filter.ts";
import { MACHINE_STATEMENTS } from "../../src/catalog/machine-index.ts";
import { USAGE_STATEMENTS } from "../../src/catalog/usage.ts";
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

const LABELS = [
  { name: "a", value: "1" },
  { name: "b", value: "2" },
];

/** Every filter there is, with no label, one and two. */
const FILTERS: MachineFilter[] = choices("v1").flatMap((version) =>
  choices("s").flatMap((state) =>
    choices(1).flatMap((updatedAfter) =>
      choices(9).flatMap((updatedBefore) =>
        [0, 1, 2].map((count) => {
          const labels = LABELS.slice(0, count);
          return { configuration: "c", version, state, updatedAfter, updatedBefore, labels };
        }),
      ),
    ),
  ),
);

const QUERIES: MachineQuery[] = FILTERS.flatMap((filter) =>
  MACHINE_ORDERS.filter((order) => order === "id" || filter.labels.length === 0).flatMap((order) =>
    choices({ id: "m", updatedAt: 5 }).map((after) => ({ ...filter, order, after, limit: 50 })),
  ),
);

const COMMON = "tenant=? AND configuration=?";
const BY_KEY = `SEARCH machine USING PRIMARY KEY (${COMMON} AND id=?)`;

/** How labels are sought, and each machine that has them. */
function labelSteps(count: number, beyond: string): string[] {
  const byLabel = `PRIMARY KEY (${COMMON} AND name=? AND value=?`;
  const others = count > 1 ? [`SEARCH label1 USING ${byLabel} AND machine_id=?)`] : [];
  return [`SEARCH label0 USING ${byLabel}${beyond})`, ...others, BY_KEY];
}

/** What a list's index is sought by. */
function stepsOf(query: MachineQuery): string[] {
  const { order, state, version, after, updatedAfter, updatedBefore, labels } = query;
  if (labels.length > 0) return labelSteps(labels.length, after === undefined ? "" : " AND machine_id>?");
  const seek = (index: string): string[] => [`SEARCH machine USING ${index}`];
  const beyond = after === undefined ? "" : " AND id>?";
  if (order === "id") {
    if (state !== undefined) return seek(`INDEX machines_by_state (${COMMON} AND state=?${beyond})`);
    if (version !== undefined) return seek(`INDEX machines_by_version (${COMMON} AND version=?${beyond})`);
    return seek(`PRIMARY KEY (${COMMON}${beyond})`);
  }
  const above = updatedAfter === undefined ? "" : " AND updated_at>?";
  const below = updatedBefore === undefined ? "" : " AND updated_at<?";
  if (after === undefined) return seek(`INDEX machines_by_updated_at (${COMMON}${above}${below})`);
  return order === "updated_at"
    ? seek(`INDEX machines_by_updated_at (${COMMON} AND (updated_at,id)>(?,?)${below})`)
    : seek(`INDEX machines_by_updated_at (${COMMON}${above} AND (updated_at,id)<(?,?))`);
}

test("there are 160 lists of machines, and each seeks to its page", async () => {
  expect(QUERIES.length).toBe(160);
  for (const query of QUERIES) {
    const { sql, params } = machineListStatement(query);
    expect(await planOf(sql, ["t", ...params]), sql).toEqual(stepsOf(query));
  }
});

const COUNTS: CountQuery[] = FILTERS.flatMap((filter) =>
  [[], ["state"], ["version"], MACHINE_GROUPS].map((groupBy) => {
    return { ...filter, groupBy: groupBy as CountQuery["groupBy"], limit: 50 };
  }),
);

/** What a count reads. */
function readsOf({ state, version, updatedAfter, updatedBefore, labels, groupBy }: CountQuery): string[] {
  if (labels.length > 0) return labelSteps(labels.length, "");
  const seek = (index: string, by: string): string[] => [
    `SEARCH machine USING COVERING INDEX machines_by_${index} (${COMMON}${by})`,
  ];
  const above = updatedAfter === undefined ? "" : " AND updated_at>?";
  const below = updatedBefore === undefined ? "" : " AND updated_at<?";
  if (above + below !== "") return seek("updated_at", above + below);
  if (state !== undefined) return seek("state", " AND state=?");
  if (groupBy.includes("state")) return seek("state", "");
  return seek("version", version === undefined ? "" : " AND version=?");
}

test("there are 192 counts of machines; without labels each reads one index and no machine, and sorts groups only", async () => {
  expect(COUNTS.length).toBe(192);
  for (const query of COUNTS) {
    const { sql, params } = machineCountStatement(query);
    const plan = await planOf(sql, ["t", ...params]);
    const sorts = plan.filter((step) => step.startsWith("USE TEMP B-TREE"));
    expect(
      plan.filter((step) => !sorts.includes(step)),
      sql,
    ).toEqual(readsOf(query));
    expect(query.groupBy.length > 0 || sorts.length === 0, sql).toBe(true);
  }
});

const STATEMENTS = {
  ...FEED_STATEMENTS,
  ...DEAD_LETTER_STATEMENTS,
  ...JOB_STATEMENTS,
  ...KEY_STATEMENTS,
  ...TENANT_STATEMENTS,
  ...AUDIT_STATEMENTS,
  ...USAGE_STATEMENTS,
  FIND_DECISION,
  FIND_FAILURE,
  LIST_VERSIONS,
  FIND_VERSIONS,
  WALK_CONFIGURATIONS,
  ...listErasureStatements(),
  ...MACHINE_STATEMENTS,
  ...LABEL_STATEMENTS,
  COUNT_LABEL,
};

/** Reads of what the statement itself has made, which is no larger than its limits. */
const ALLOWED: Record<string, string[]> = {
  TRANSITIONS_OF_ALL: ["SCAN names", "USE TEMP B-TREE FOR ORDER BY"],
  COUNT: ["SCAN (subquery-1)"],
  INSERT_KEY: ["SCAN CONSTANT ROW"],
  INSERT_TRANSITIONS: ["SCAN feed_head"],
  INSERT_FAILURES: ["SCAN feed_head"],
  // Those that are being erased, or were.
  LIST_UNERASED: ["SCAN tenants USING INDEX tenants_erasing"],
  COUNT_LABEL: ["SCAN (subquery-1)"],
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

test("the names of configurations are read from indexes: a source is up to 256 KiB", async () => {
  const plan = await planOf(LIST_NAMES, paramsOf(LIST_NAMES));
  const read = plan.filter((step) => /^(?:SEARCH|SCAN)/.test(step));
  expect(read).toEqual([
    "SEARCH listed USING COVERING INDEX sqlite_autoindex_configurations_1 (tenant=? AND name>?)",
    "SEARCH old USING COVERING INDEX configurations_deprecated (tenant=? AND name=?)",
  ]);
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
      labels: [],
      ...bounds,
      order,
      after,
      limit: 10,
    });
    expect(await rowsRead(sql, "plans", ...params), order).toBeLessThanOrEqual(30);
  }
});
