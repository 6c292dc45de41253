/** The sweeper in the real runtime: its statements seek, its clock goes on by itself, its rounds clear up. */
import { createScheduledController, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import * as housekeeping from "../../src/catalog/housekeeping.ts";
import type { MachineRow } from "../../src/catalog/index-entry.ts";
import { TenantDb } from "../../src/catalog/tenant-db.ts";
import { sweeperOf, type Bindings } from "../../src/env.ts";
import worker from "../../src/worker.ts";

const bindings = env as unknown as Bindings;
const { CATALOG } = bindings;

/** Statements that were asked for while `work` ran, with what was bound. */
async function statementsOf(work: (db: D1Database) => Promise<unknown>): Promise<[string, unknown[]][]> {
  const seen: [string, unknown[]][] = [];
  const watched = {
    prepare: (sql: string) => ({
      bind: (...params: unknown[]) => {
        seen.push([sql, params]);
        return CATALOG.prepare(sql).bind(...params);
      },
    }),
    batch: (batch: D1PreparedStatement[]) => CATALOG.batch(batch),
  } as unknown as D1Database;
  await work(watched);
  return seen;
}

const ROW: MachineRow = {
  tenant: "t",
  configuration: "c",
  id: "m",
  version: "v1",
  state: "a",
  revision: 1,
  change: 1,
  createdAt: 1,
  updatedAt: 1,
  labels: "{}",
  dueAt: null,
  retiredAt: null,
};

test.each([
  ["listOverdueMachines", (db: D1Database) => housekeeping.listOverdueMachines(db, 1, 1)],
  ["postponeMachine", (db: D1Database) => housekeeping.postponeMachine(db, ROW, 1)],
  ["deleteMachine", (db: D1Database) => housekeeping.deleteMachine(db, ROW)],
  ["pruneTransitions", (db: D1Database) => housekeeping.pruneTransitions(db, 1, 1)],
  ["pruneFailures", (db: D1Database) => housekeeping.pruneFailures(db, 1, 1)],
  ["pruneLookups", (db: D1Database) => housekeeping.pruneLookups(db, 1, 1)],
  ["pruneTombstones", (db: D1Database) => housekeeping.pruneTombstones(db, 1, 1)],
  ["listUnsentNotifications", (db: D1Database) => housekeeping.listUnsentNotifications(db, 1, 1)],
  [
    "walkMachines",
    (db: D1Database) => housekeeping.walkMachines(new TenantDb(db, "t"), { configuration: "c", id: "m" }, 1),
  ],
])("%s seeks in an index and sorts nothing", async (_name, work) => {
  const statements = await statementsOf(work);
  expect(statements.length).toBeGreaterThan(0);
  for (const [sql, params] of statements) {
    const plan = await CATALOG.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...params)
      .all<{ detail: string }>();
    const steps = plan.results.map(({ detail }) => detail);
    // Every configuration there is, by its name, is what pruning walks along; and the list of what it found.
    const allowed = /^SCAN (?:configurations USING COVERING INDEX \w+|owner)$/;
    const faults = steps.filter((step) => (step.startsWith("SCAN") && !allowed.test(step)) || step.includes("TEMP"));
    expect(faults.filter((step) => !step.includes("VIRTUAL TABLE"))).toEqual([]);
  }
});

test("a round takes out what has expired, and the next one is set whatever became of it", async () => {
  const sweeper = sweeperOf(bindings);
  await sweeper.start();
  await CATALOG.prepare(
    `INSERT INTO failures (tenant, seq, configuration, machine_id, event_id, at, expires_at, receipt)
     VALUES ('t', 1, 'c', 'm', 'old', 1, 1, '{}'), ('t', 2, 'c', 'm', 'young', 1, ?, '{}')`,
  )
    .bind(Date.now() + 60_000)
    .run();
  expect(await runDurableObjectAlarm(sweeper)).toBe(true);
  const { results } = await CATALOG.prepare("SELECT event_id FROM failures WHERE tenant = 't'").all();
  expect(results).toEqual([{ event_id: "young" }]);
  await runInDurableObject(sweeper, async (instance, state) => {
    expect(await state.storage.getAlarm()).toBeGreaterThan(Date.now());
    Object.assign(instance, { env: { ...bindings, CATALOG: undefined } });
  });
  await runDurableObjectAlarm(sweeper);
  await runInDurableObject(sweeper, async (instance, state) => {
    expect(await state.storage.getAlarm()).toBeGreaterThan(Date.now());
    Object.assign(instance, { env: bindings });
  });
});

test("a cron trigger sets a sweeper going that has stopped", async () => {
  const sweeper = sweeperOf(bindings);
  await runInDurableObject(sweeper, (_instance, state) => state.storage.deleteAlarm());
  await worker.scheduled(createScheduledController(), bindings);
  await runInDurableObject(sweeper, async (_instance, state) => {
    expect(await state.storage.getAlarm()).not.toBeNull();
  });
});
