/** What goes, and when: refused receipts, history, machines that are at their end. What has to leave goes first. */
import { expect, test } from "vitest";
import { addressOf, createMachine, creation, event, indexedOf, LOOP, truthOf } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const ADDRESS = addressOf("m");
const DAY_MS = 24 * 60 * 60 * 1_000;

const pass = (world: World, ms: number): Promise<void> => world.clock.run(world.clock.now + ms);

async function machineOf(retention: object, settings = {}): Promise<World> {
  const world = new World();
  world.retention = { ...world.retention, ...settings };
  await world.clock.until(createMachine(world, ADDRESS, { ...LOOP, retention }));
  return world;
}

const receipt = (world: World, id: string) => world.machine(ADDRESS).receipt(ADDRESS, id);
const FORGOTTEN = { ok: false, reason: "EVENT_NOT_FOUND" };

test("refused receipts are kept for the configuration's time, and then go; their numbers go on", async () => {
  const world = await machineOf({ outcomes: "P10D" });
  for (const id of ["r1", "r2", "r3"]) world.send(ADDRESS, event(id, "never"));
  world.send(ADDRESS, event("accepted"));
  await pass(world, 9.9 * DAY_MS);
  world.send(ADDRESS, event("young", "never"));
  expect(receipt(world, "r1")).toMatchObject({ ok: true });
  await pass(world, 0.6 * DAY_MS);
  expect(receipt(world, "r1")).toMatchObject(FORGOTTEN);
  expect(receipt(world, "young")).toMatchObject({ ok: true });
  await pass(world, 11 * DAY_MS);
  expect(receipt(world, "young")).toMatchObject(FORGOTTEN);
  expect(world.machine(ADDRESS).refusals(ADDRESS, { order: "asc", limit: 10 })).toMatchObject({ value: { items: [] } });
  expect(receipt(world, "accepted")).toMatchObject({ ok: true });
  expect(world.alarmOf(ADDRESS)).toBeUndefined();
  world.evict(ADDRESS);
  world.send(ADDRESS, event("r1", "never"));
  await pass(world, 60_000);
  expect(world.notifications.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
});

test("without the configuration's word the deployment's holds, and a longer one is cut to the deployment's", async () => {
  for (const [retention, settings] of [
    [{}, { outcomesMs: DAY_MS }],
    [{ outcomes: "P10D" }, { longestOutcomesMs: DAY_MS }],
  ] as const) {
    const world = await machineOf(retention, settings);
    world.send(ADDRESS, event("r1", "never"));
    await pass(world, 0.9 * DAY_MS);
    expect(receipt(world, "r1")).toMatchObject({ ok: true });
    await pass(world, 0.3 * DAY_MS);
    expect(receipt(world, "r1")).toMatchObject(FORGOTTEN);
  }
});

test("what could not leave yet is not touched, however old it is", async () => {
  const world = await machineOf({ outcomes: "P1D", history: "P1D", final: "P2D" });
  world.faults.share = 1;
  world.faults.kinds = ["before"];
  world.send(ADDRESS, event("r1", "never"));
  world.send(ADDRESS, event("done", "finish"));
  await pass(world, 5 * DAY_MS);
  expect(receipt(world, "r1")).toMatchObject({ ok: true });
  world.faults.share = 0;
  await pass(world, DAY_MS / 2);
  expect(world.notifications.map(({ data }) => data["event_id"])).toEqual(["r1"]);
  expect(world.feed.map(({ type }) => type)).toEqual([
    "detent.machine.created.v1",
    "detent.machine.changed.v1",
    "detent.machine.deleted.v1",
  ]);
  expect(receipt(world, "r1")).toMatchObject({ ok: false, reason: "MACHINE_GONE" });
});

test("history goes after its time with its event ids, and the machine's state and data stay", async () => {
  const world = new World();
  const call = { ...creation({ ...LOOP, retention: { history: "P7D" } }), data: '{"weight":3}' };
  await world.clock.until(world.create(ADDRESS, call));
  for (let index = 0; index < 1_200; index += 1) world.send(ADDRESS, event(`old${index}`));
  await pass(world, 6 * DAY_MS);
  world.send(ADDRESS, event("young"));
  await pass(world, 2 * DAY_MS);
  expect(receipt(world, "old1199")).toMatchObject(FORGOTTEN);
  expect(world.machine(ADDRESS).history(ADDRESS, { order: "asc", limit: 1_000 })).toMatchObject({
    value: { items: [{ eventId: "young", revision: 1_201 }] },
  });
  await pass(world, 7 * DAY_MS);
  world.evict(ADDRESS);
  const view = world.machine(ADDRESS).read(ADDRESS);
  expect(view).toMatchObject({ value: { revision: 1_201, state: "b", data: '{"weight":3}', history: [] } });
  expect(world.storageOf(ADDRESS).prepare("SELECT count(*) AS n FROM transitions").get()).toEqual({ n: 1 });
  expect(world.send(ADDRESS, event("young"))).toMatchObject({ value: { duplicate: false, revision: 1_202 } });
});

test("a machine at its end leaves every list after its time, is gone for thirty days, and then its id is free", async () => {
  const world = await machineOf({ final: "P3D" });
  world.send(ADDRESS, event("e1"));
  world.send(ADDRESS, event("end", "finish"));
  world.send(ADDRESS, event("late", "go"));
  await pass(world, 2.9 * DAY_MS);
  expect(world.machine(ADDRESS).read(ADDRESS)).toMatchObject({ ok: true });
  await pass(world, 0.2 * DAY_MS);
  const gone = { ok: false, reason: "MACHINE_GONE" };
  expect(world.machine(ADDRESS).read(ADDRESS)).toMatchObject(gone);
  expect(world.send(ADDRESS, event("e2"))).toMatchObject(gone);
  expect(await world.create(ADDRESS, creation())).toMatchObject(gone);
  expect(world.feed.map(({ type, sequence }) => [type, sequence])).toEqual([
    ["detent.machine.created.v1", 0],
    ["detent.machine.changed.v1", 1],
    ["detent.machine.changed.v1", 2],
    ["detent.machine.deleted.v1", 3],
  ]);
  const row = () => world.index.prepare("SELECT retired_at, revision, state FROM machines").get();
  expect(row()?.["retired_at"]).toBeGreaterThan(0);
  world.evict(ADDRESS);
  await pass(world, 29.8 * DAY_MS);
  expect(world.machine(ADDRESS).read(ADDRESS)).toMatchObject(gone);
  await pass(world, 0.3 * DAY_MS);
  expect(world.machine(ADDRESS).read(ADDRESS)).toMatchObject({ ok: false, reason: "MACHINE_NOT_FOUND" });
  expect(world.storageOf(ADDRESS).prepare("SELECT name FROM sqlite_master").all()).toEqual([]);
  expect(await world.clock.until(world.create(ADDRESS, creation()))).toMatchObject({
    ok: true,
    value: { revision: 0 },
  });
  expect(row()).toMatchObject({ retired_at: null, revision: 0, state: "a" });
  expect(world.send(ADDRESS, event("e1"))).toMatchObject({ value: { duplicate: false, revision: 1 } });
  await pass(world, 1_000);
  expect(indexedOf(world, ADDRESS)).toMatchObject({ revision: truthOf(world, ADDRESS).revision, state: "b" });
});

test("a message under way when a machine's time of being gone ends says nothing about the next one under its id", async () => {
  const world = await machineOf({ final: "P1D" });
  world.send(ADDRESS, event("e1"));
  world.send(ADDRESS, event("end", "finish"));
  await pass(world, 2 * DAY_MS);
  world.evict(ADDRESS);
  world.loseAlarm(ADDRESS);
  await pass(world, 30 * DAY_MS);
  const createdAt = Number(world.index.prepare("SELECT created_at FROM machines").get()?.["created_at"]);
  const row = {
    ...ADDRESS,
    version: "v1",
    state: "x",
    revision: 0,
    change: 0,
    labels: "{}",
    dueAt: null,
    retiredAt: null,
  };
  const told = world.machine(ADDRESS).reindex(ADDRESS, { ...row, createdAt, updatedAt: 0 });
  const created = world.create(ADDRESS, creation());
  expect(await world.clock.until(created)).toMatchObject({ ok: true });
  await world.clock.until(told);
  world.send(ADDRESS, event("n1"));
  await pass(world, 60_000);
  expect(indexedOf(world, ADDRESS)).toMatchObject({ state: "b", revision: 1 });
  expect(truthOf(world, ADDRESS)).toMatchObject({ state: "b", revision: 1, accepted: ["n1"] });
});

test("an id is free after its time although the alarm that was to free it was lost", async () => {
  const world = await machineOf({ final: "P1D" });
  world.send(ADDRESS, event("end", "finish"));
  await pass(world, 2 * DAY_MS);
  world.evict(ADDRESS);
  world.loseAlarm(ADDRESS);
  await pass(world, 28 * DAY_MS);
  expect(await world.clock.until(world.create(ADDRESS, creation()))).toMatchObject({ reason: "MACHINE_GONE" });
  world.loseAlarm(ADDRESS);
  await pass(world, 3 * DAY_MS);
  expect(await world.clock.until(world.create(ADDRESS, creation()))).toMatchObject({
    ok: true,
    value: { revision: 0 },
  });
});

test("a shortened setting reaches a machine that sleeps when it is asked to tell the index again", async () => {
  const world = await machineOf({});
  world.send(ADDRESS, event("end", "finish"));
  await pass(world, 10 * DAY_MS);
  world.retention = { ...world.retention, longestFinalMs: DAY_MS };
  const stored = world.index.prepare("SELECT * FROM machines").get() as Record<string, string | number | null>;
  const row = {
    ...ADDRESS,
    version: "v1",
    state: String(stored["state"]),
    revision: Number(stored["revision"]),
    change: Number(stored["change"]),
    createdAt: Number(stored["created_at"]),
    updatedAt: Number(stored["updated_at"]),
    labels: "{}",
    dueAt: null,
    retiredAt: null,
  };
  const told = await world.clock.until(world.machine(ADDRESS).reindex(ADDRESS, row));
  expect(told).toEqual({ ok: true, value: "told" });
  await pass(world, 60_000);
  expect(world.machine(ADDRESS).read(ADDRESS)).toMatchObject({ reason: "MACHINE_GONE" });
});

test("a machine that is not at its end, or whose configuration does not say, stays", async () => {
  for (const retention of [{ final: "P1D" }, {}]) {
    const world = await machineOf(retention);
    if (!("final" in retention)) world.send(ADDRESS, event("end", "finish"));
    await pass(world, 100 * DAY_MS);
    expect(world.machine(ADDRESS).read(ADDRESS)).toMatchObject({ ok: true });
  }
});

test("a machine with refusals every hour wakes for them once a day, not once for each", async () => {
  const world = await machineOf({ outcomes: "P30D" });
  for (let hour = 0; hour < 24 * 40; hour += 1) {
    world.send(ADDRESS, event(`r${hour}`, "never"));
    await pass(world, DAY_MS / 24);
  }
  const { n } = world.storageOf(ADDRESS).prepare("SELECT count(*) AS n FROM outcomes").get() as { n: number };
  expect(n).toBeGreaterThanOrEqual(24 * 30);
  expect(n).toBeLessThanOrEqual(24 * 32);
});
