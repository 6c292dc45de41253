/** What operators do to machines, through failures and evictions; and who may. */
import { expect, test } from "vitest";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import { sendEvent } from "../../src/service/events.ts";
import { overrideMachine } from "../../src/service/machines.ts";
import { createHouse } from "./simulation/house.ts";
import { addressOf, createMachine, creation, event } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const ADDRESS = addressOf("m");
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

async function machineIn(world = new World()): Promise<World> {
  await world.clock.until(createMachine(world, ADDRESS));
  await pass(world, MINUTE_MS);
  return world;
}

const pass = (world: World, ms: number): Promise<void> => world.clock.run(world.clock.now + ms);
const rowOf = (world: World) => world.index.prepare("SELECT labels, revision, state, change FROM machines").get();

test("labels that the index could not be told are told after an eviction, once it is there again", async () => {
  const world = await machineIn();
  world.indexFailure = "D1 is down";
  expect(world.machine(ADDRESS).updateLabels(ADDRESS, { labels: { a: "1" } })).toMatchObject({ ok: true });
  await pass(world, MINUTE_MS);
  world.evict(ADDRESS);
  await pass(world, MINUTE_MS);
  expect(rowOf(world)).toMatchObject({ labels: "{}" });
  world.indexFailure = undefined;
  await pass(world, 5 * MINUTE_MS);
  expect(rowOf(world)).toMatchObject({ labels: '{"a":"1"}', revision: 0 });
  expect(world.alarmOf(ADDRESS)).toBeUndefined();
});

test("labels changed while the index is being told are told, too", async () => {
  const world = await machineIn();
  const machine = world.machine(ADDRESS);
  let changes = 0;
  world.whileTelling = () => {
    if ((changes += 1) <= 3) machine.updateLabels(ADDRESS, { labels: { a: String(changes) } });
  };
  machine.updateLabels(ADDRESS, { labels: { a: "0" } });
  await pass(world, MINUTE_MS);
  expect(rowOf(world)).toMatchObject({ labels: '{"a":"3"}' });
});

test("labels that are as they were cost nothing", async () => {
  const world = await machineIn();
  const machine = world.machine(ADDRESS);
  machine.updateLabels(ADDRESS, { labels: { a: "1" } });
  await pass(world, MINUTE_MS);
  const before = rowOf(world)?.["change"];
  machine.updateLabels(ADDRESS, { labels: { a: "1", gone: null } });
  expect(world.alarmOf(ADDRESS)).toBeUndefined();
  await pass(world, MINUTE_MS);
  expect(rowOf(world)?.["change"]).toBe(before);
});

test("a machine deleted with work unsent sends it, then its end, and forgets everything after 30 days", async () => {
  const world = await machineIn();
  world.faults.share = 1;
  world.faults.kinds = ["before"];
  world.send(ADDRESS, event("e1"));
  world.send(ADDRESS, event("r1", "never"));
  expect(world.machine(ADDRESS).delete(ADDRESS, { actor: "ann" })).toEqual({ ok: true, value: null });
  await pass(world, MINUTE_MS);
  world.evict(ADDRESS);
  world.faults.share = 0;
  await pass(world, 10 * MINUTE_MS);
  expect(world.feed.map(({ type }) => type)).toEqual([
    "detent.machine.created.v1",
    "detent.machine.changed.v1",
    "detent.machine.deleted.v1",
  ]);
  expect(world.feed.at(-1)?.data).toMatchObject({ actor: "ann", revision: 1 });
  expect(world.notifications.map(({ data }) => data["event_id"])).toEqual(["r1"]);
  const kept = world.storageOf(ADDRESS).prepare("SELECT count(*) AS n FROM transitions WHERE kind <> 'pruned'").get();
  expect(kept).toEqual({ n: 0 });
  await pass(world, 31 * DAY_MS);
  expect(world.storageOf(ADDRESS).prepare("SELECT name FROM sqlite_master").all()).toEqual([]);
});

test.each(["create", "send"] as const)(
  "after 30 days %s finds the id free, evicted and its alarm lost",
  async (way) => {
    const world = await machineIn();
    world.machine(ADDRESS).delete(ADDRESS, { actor: "" });
    await pass(world, MINUTE_MS);
    world.loseAlarm(ADDRESS);
    world.evict(ADDRESS);
    await pass(world, 31 * DAY_MS);
    const machine = world.machine(ADDRESS);
    const asked =
      way === "create"
        ? machine.create(ADDRESS, creation())
        : Promise.resolve(machine.send(ADDRESS, { ...event("e1"), create: creation() }));
    expect(await world.clock.until<unknown>(asked)).toMatchObject({ ok: true });
  },
);

test("after 30 days an event finds no machine, and one that may create it does, through the service too", async () => {
  const world = await machineIn();
  world.machine(ADDRESS).delete(ADDRESS, { actor: "" });
  await pass(world, MINUTE_MS);
  world.loseAlarm(ADDRESS);
  const house = createHouse(world);
  const ann = { tenant: "t", actor: "ann", scopes: EVERY_SCOPE };
  const send = (createIfMissing?: object, isDryRun?: boolean) =>
    world.clock.until(
      sendEvent(house, ann, { configuration: "loop", id: "m", event: "go", eventId: "e1", createIfMissing, isDryRun }),
    );
  world.index
    .prepare("INSERT INTO configurations (tenant, name, version, source, created_at) VALUES ('t', 'loop', 'v1', ?, 0)")
    .run(creation().source);
  expect(await send()).toMatchObject({ reason: "MACHINE_GONE" });
  world.loseAlarm(ADDRESS);
  await pass(world, 31 * DAY_MS);
  expect(await send()).toMatchObject({ reason: "MACHINE_NOT_FOUND" });
  expect(await send({}, true)).toMatchObject({ created: true, revision: 1 });
  expect(await send({})).toMatchObject({ created: true, revision: 1, duplicate: false });
});

test("a machine created by an event that the index did not take is registered when the event comes again", async () => {
  const world = new World();
  world.indexFailure = "D1 is down";
  const send = () => {
    const reply = world.machine(ADDRESS).send(ADDRESS, { ...event("e1"), create: creation() });
    return world.clock.until(Promise.resolve(reply));
  };
  expect(await send()).toMatchObject({ ok: false, reason: "UNAVAILABLE" });
  world.indexFailure = undefined;
  expect(await send()).toMatchObject({ ok: true, value: { duplicate: true, created: true, revision: 1 } });
  expect(rowOf(world)).toMatchObject({ revision: 1, state: "b" });
});

test("the trace of a creation, an event and an override goes with what leaves", async () => {
  const world = new World();
  await world.clock.until(world.create(ADDRESS, { ...creation(), traceparent: TRACE }));
  world.send(ADDRESS, { ...event("e1"), traceparent: TRACE });
  world.send(ADDRESS, { ...event("r1", "never"), traceparent: TRACE });
  const override = { state: "a", comment: "c", actor: "ann", traceparent: TRACE, expectedRevision: 1 };
  expect(world.machine(ADDRESS).override(ADDRESS, override)).toMatchObject({ ok: true });
  world.send(ADDRESS, event("e2"));
  await pass(world, MINUTE_MS);
  const traces = (events: readonly object[]) => events.map((told) => (told as { traceparent?: string }).traceparent);
  expect(traces(world.feed)).toEqual([TRACE, TRACE, TRACE, undefined]);
  expect(traces(world.notifications)).toEqual([TRACE]);
  expect(world.feed[2]?.data).toMatchObject({ kind: "override", actor: "ann", from: "b", to: "a", details: "c" });
});

test("an override needs the scope ops", async () => {
  const world = await machineIn();
  const house = createHouse(world);
  const input = { configuration: "loop", id: "m", state: "b", comment: "c", expectedRevision: 0 };
  const asAnn = (scopes: typeof EVERY_SCOPE) =>
    world.clock.until(
      overrideMachine(house, { tenant: "t", actor: "ann", scopes }, input).catch((error: unknown) => error),
    );
  const others = new Set([...EVERY_SCOPE].filter((scope) => scope !== "ops"));
  expect(await asAnn(others)).toMatchObject({ reason: "PERMISSION_DENIED" });
  expect(world.machine(ADDRESS).read(ADDRESS)).toMatchObject({ value: { revision: 0 } });
});
