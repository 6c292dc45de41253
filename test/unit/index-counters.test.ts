/** What the index-writers count: everything once, in few rows, and never less than somebody has read. */
import { expect, test } from "vitest";
import { IndexCounters, OTHER_CONFIGURATIONS, type IndexCounts } from "../../src/catalog/index-counters.ts";
import type { FailedEvent, IndexEntry, TransitionFact } from "../../src/catalog/index-entry.ts";
import { Clock } from "./simulation/clock.ts";

const PAUSE_MS = 5_000;

function createWorld() {
  const clock = new Clock();
  const rows = new Map<string, string>();
  const world = {
    clock,
    rows,
    written: 0,
    isBroken: false,
    /** How many timers keep the object awake. */
    waiting: 0,
    start: () =>
      new IndexCounters({
        load: (tenant) => rows.get(tenant),
        delete: (tenant) => rows.delete(tenant),
        store: (counts) => {
          if (world.isBroken) throw new Error("disk I/O error");
          world.written += counts.length;
          for (const one of counts) rows.set(one.tenant, one.counts);
        },
        after: (ms, work) => {
          world.waiting += 1;
          clock.after(ms, () => {
            world.waiting -= 1;
            work();
          });
        },
        now: () => clock.now,
      }),
  };
  return world;
}

function fact(kind: TransitionFact["kind"], event = "go", at = 0): TransitionFact {
  const names = { eventId: "e", version: "v1", from: "a", to: "b", originator: "", actor: "" };
  return { ...names, kind, event, at, revision: 1 };
}

function entryOf(facts: Partial<IndexEntry> & { readonly reasons?: readonly string[] } = {}): IndexEntry {
  const { reasons = [], ...over } = facts;
  const name = { tenant: "t", configuration: "c", id: "m", version: "v1", state: "a", labels: "{}" };
  const numbers = { revision: 1, change: 1, createdAt: 1, updatedAt: 1, dueAt: null, retiredAt: null };
  const refusals = reasons.map((reason) => ({
    eventId: "e",
    at: 0,
    expiresAt: 1,
    receipt: JSON.stringify({ reason }),
  }));
  return { ...name, ...numbers, isNew: false, transitions: [], refusals, lookups: [], ...over };
}

function failedOf(configuration: string, reason: string): FailedEvent {
  const name = { tenant: "t", configuration, id: "m", eventId: "e", failureId: "f" };
  return { ...name, at: 0, expiresAt: 2, receipt: JSON.stringify({ reason }), notification: "{}" };
}

function happeningsOf({ happenings }: IndexCounts): Record<string, number> {
  return Object.fromEntries(
    happenings.map(({ configuration, happening, count }) => [`${configuration}: ${happening}`, count]),
  );
}

test("counts what happened, by configuration, with the reason where there is one", () => {
  const counters = createWorld().start();
  const transitions = [fact("created", ""), fact("changed"), fact("changed"), fact("changed", ""), fact("deleted", "")];
  counters.committed(
    [entryOf({ transitions }), entryOf({ reasons: ["NO_TRANSITION", "NO_TRANSITION", "no word of ours"] })],
    [],
  );
  counters.committed([entryOf({ configuration: "constructor", transitions: [fact("changed")] })], []);
  counters.committed([], [failedOf("c", "MACHINE_NOT_FOUND"), failedOf("junk", "CONFIGURATION_NOT_FOUND")]);
  expect(happeningsOf(counters.read("t"))).toEqual({
    "c: created": 1,
    "c: transitioned": 2,
    "c: deleted": 1,
    "c: refused NO_TRANSITION": 2,
    "c: refused INTERNAL": 1,
    "c: failed MACHINE_NOT_FOUND": 1,
    "constructor: transitioned": 1,
    ": failed CONFIGURATION_NOT_FOUND": 1,
  });
});

test("a tenant's counts have nothing of another's, the writes that both were in included", () => {
  const counters = createWorld().start();
  counters.committed(
    [entryOf({ transitions: [fact("changed")] }), entryOf({ tenant: "u" }), entryOf({ tenant: "u" })],
    [],
  );
  counters.refused([{ tenant: "u" }], false);
  counters.refused([{ tenant: "u" }], true);
  expect(counters.read("t")).toMatchObject({ batches: 1, entries: 1, unavailable: 0, rejected: 0 });
  expect(counters.read("u")).toMatchObject({ batches: 1, entries: 2, unavailable: 1, rejected: 1, happenings: [] });
  expect(counters.read("v")).toMatchObject({ batches: 0, entries: 0, happenings: [] });
});

test("says how late what was decided came into the index", () => {
  const world = createWorld();
  const counters = world.start();
  const at = (ago: number) => fact("changed", "go", world.clock.now - ago);
  counters.committed([entryOf({ transitions: [at(-3), at(50), at(51), at(5_000), at(60_001)] })], []);
  const { lags, lagSumMs } = counters.read("t");
  expect(lags).toEqual([2, 1, 0, 0, 0, 0, 1, 0, 0, 1]);
  expect(lagSumMs).toBe(50 + 51 + 5_000 + 60_001);
});

test("an event alone is stored at once, and keeps nobody awake", () => {
  const world = createWorld();
  world.start().committed([entryOf({ transitions: [fact("changed")] })], []);
  expect([world.written, world.waiting]).toEqual([1, 0]);
});

test("under load a row is written every five seconds, however many events there are, and none is forgotten", async () => {
  const world = createWorld();
  const counters = world.start();
  for (let index = 0; index < 1_000; index += 1) {
    counters.committed([entryOf({ transitions: [fact("changed")] })], []);
    await world.clock.run(world.clock.now + 20);
  }
  await world.clock.run();
  expect(world.written).toBeLessThanOrEqual(20_000 / PAUSE_MS + 2);
  expect(happeningsOf(world.start().read("t"))).toEqual({ "c: transitioned": 1_000 });
  expect(world.waiting).toBe(0);
});

test("with many tenants three rows a second are written and no more", async () => {
  const world = createWorld();
  const counters = world.start();
  const before = world.clock.now;
  for (let round = 0; round < 100; round += 1) {
    const entries = Array.from({ length: 1_000 }, (_, index) => {
      return entryOf({ tenant: `t${index}`, transitions: [fact("changed")] });
    });
    counters.committed(entries, []);
    await world.clock.run(world.clock.now + 10_000);
  }
  await world.clock.run();
  // The first of all may be stored at once.
  expect(world.written).toBeLessThanOrEqual(1_000 + Math.ceil((world.clock.now - before) / 300));
  for (const tenant of ["t0", "t999"]) {
    expect(happeningsOf(world.start().read(tenant))).toEqual({ "c: transitioned": 100 });
  }
});

test("what was read is there after a kill, however busy it was", () => {
  const world = createWorld();
  let counters = world.start();
  let read = 0;
  for (let index = 1; index <= 50; index += 1) {
    counters.committed([entryOf({ transitions: [fact("changed")] })], []);
    if (index % 7 === 0) read = counters.read("t").entries;
    if (index % 10 !== 0) continue;
    counters = world.start();
    expect(counters.read("t").entries).toBeGreaterThanOrEqual(read);
  }
});

test("reading costs a row only when something has happened", () => {
  const world = createWorld();
  const counters = world.start();
  counters.committed([entryOf()], []);
  for (let index = 0; index < 10; index += 1) counters.read("t");
  expect(world.written).toBe(1);
});

test("configurations beyond two hundred are counted together, and names of none do not take their places", () => {
  const counters = createWorld().start();
  const named = (index: number) => failedOf(`junk${index}`, "CONFIGURATION_NOT_FOUND");
  counters.committed(
    [],
    Array.from({ length: 1_000 }, (_, index) => named(index)),
  );
  const entries = Array.from({ length: 300 }, (_, index) => {
    return entryOf({ configuration: `c${index}`, transitions: [fact("changed")] });
  });
  counters.committed(entries, []);
  counters.committed(entries.slice(0, 1), []);
  const counts = happeningsOf(counters.read("t"));
  expect(Object.keys(counts)).toHaveLength(201);
  expect(counts).toMatchObject({
    ": failed CONFIGURATION_NOT_FOUND": 1_000,
    "c0: transitioned": 2,
    [`${OTHER_CONFIGURATIONS}: transitioned`]: 101,
  });
});

test("a store that fails is not asked at every event, and forgets nothing when it is back", async () => {
  const world = createWorld();
  const counters = world.start();
  world.isBroken = true;
  expect(() => counters.committed([entryOf({ transitions: [fact("changed")] })], [])).toThrow("disk I/O error");
  counters.committed([entryOf({ transitions: [fact("changed")] })], []);
  world.isBroken = false;
  await world.clock.run();
  expect(happeningsOf(world.start().read("t"))).toEqual({ "c: transitioned": 2 });
});
