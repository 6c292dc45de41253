/** What leaves a machine, one failure at a time. */
import { expect, test } from "vitest";
import { addressOf, createMachine, creation, event, indexedOf, LOOP, truthOf } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const ADDRESS = addressOf("m");
const MINUTE_MS = 60_000;
/** The safety net is so far away at the most. */
const SAFETY_NET_MS = 5_000;

/** A machine whose every message so far has arrived, and whose alarm has found nothing left. */
async function quietMachine(world = new World()): Promise<World> {
  await world.clock.until(createMachine(world, ADDRESS));
  await world.clock.run(world.clock.now + 2 * SAFETY_NET_MS);
  expect(world.alarmOf(ADDRESS)).toBeUndefined();
  return world;
}

/** From now on nothing outside the machines works. */
function breakDown(world: World): void {
  world.faults.share = 1;
  world.faults.kinds = ["before"];
}

const pass = (world: World, ms: number): Promise<void> => world.clock.run(world.clock.now + ms);

test("a creation that the index did not take is unavailable, and the same creation again completes it", async () => {
  const world = new World();
  breakDown(world);
  const create = (data = "{}") => world.clock.until(world.create(ADDRESS, { ...creation(), data }));
  expect(await create()).toMatchObject({ ok: false, reason: "UNAVAILABLE" });
  expect(await create('{"x":1}')).toMatchObject({ ok: false, reason: "MACHINE_EXISTS" });
  world.faults.share = 0;
  expect(await create()).toMatchObject({ ok: true });
  expect(await create()).toMatchObject({ ok: false, reason: "MACHINE_EXISTS" });
});

test("of two creations at once only one is told that it created", async () => {
  const world = new World();
  const both = Promise.all([world.create(ADDRESS, creation()), world.create(ADDRESS, creation())]);
  const replies = await world.clock.until(both);
  expect(replies.map(({ ok }) => ok)).toEqual([true, false]);
});

test("an alarm whose sends fail ten times delivers on the eleventh, evicted in between or not", async () => {
  const world = await quietMachine();
  world.send(ADDRESS, event("accepted"));
  world.send(ADDRESS, event("refused", "never"));
  breakDown(world);
  let attempts = 0;
  for (let alarms = 0; alarms < 10; alarms += 1) {
    const before = world.faults.count;
    world.evict(ADDRESS);
    await pass(world, 2 * MINUTE_MS);
    expect(world.faults.count).toBeGreaterThan(before);
    attempts += world.faults.count - before;
  }
  expect(attempts).toBeGreaterThanOrEqual(10);
  expect(world.notifications).toEqual([]);
  world.faults.share = 0;
  await pass(world, 2 * MINUTE_MS);
  expect(indexedOf(world, ADDRESS)).toEqual(truthOf(world, ADDRESS));
  expect(world.notifications.map(({ data }) => data["event_id"])).toEqual(["refused"]);
  expect(world.feed.map(({ data }) => data["event_id"])).toEqual([undefined, "accepted"]);
  expect(truthOf(world, ADDRESS).accepted).toEqual(["accepted"]);
});

test("while D1 is down events are accepted all the same, and are in the index when it is back", async () => {
  const world = await quietMachine();
  breakDown(world);
  for (let index = 0; index < 500; index += 1) {
    expect(world.send(ADDRESS, event(`e${index}`))).toMatchObject({ ok: true, value: { revision: index + 1 } });
    if (index % 50 === 0) await pass(world, 1_000);
  }
  expect(indexedOf(world, ADDRESS).revision).toBe(0);
  world.faults.share = 0;
  await pass(world, 2 * MINUTE_MS);
  expect(indexedOf(world, ADDRESS)).toEqual(truthOf(world, ADDRESS));
});

test("a failing receiver is not asked more often because events keep coming", async () => {
  const world = await quietMachine();
  breakDown(world);
  for (let index = 0; index < 200; index += 1) {
    world.send(ADDRESS, event(`e${index}`, "never"));
    await pass(world, 100);
  }
  // 20 s: about six attempts of each of the two streams that have something to send.
  expect(world.faults.count).toBeLessThan(30);
});

test("a transaction that fails leaves nothing: no event, no believed alarm", async () => {
  const world = await quietMachine();
  world.diskIsFull = true;
  expect(() => world.send(ADDRESS, event("e1"))).toThrow("disk full");
  expect(world.alarmOf(ADDRESS)).toBeUndefined();
  world.diskIsFull = false;
  expect(world.machine(ADDRESS).read(ADDRESS)).toMatchObject({ ok: true, value: { revision: 0 } });
  expect(world.send(ADDRESS, event("e1"))).toMatchObject({ ok: true, value: { duplicate: false, revision: 1 } });
  expect(world.alarmOf(ADDRESS)).toBeLessThanOrEqual(world.clock.now + SAFETY_NET_MS);
});

test("of events sent in one call, those before a failing transaction are applied and the others unavailable", async () => {
  const world = await quietMachine();
  const machine = world.machine(ADDRESS);
  const calls = ["e1", "e2", "e3"].map((id) => event(id));
  const [first] = await machine.sendAll(ADDRESS, calls.slice(0, 1));
  world.diskIsFull = true;
  const replies = await machine.sendAll(ADDRESS, calls);
  expect(first).toMatchObject({ ok: true });
  expect(replies.map((reply) => (reply.ok ? reply.value.duplicate : reply.reason))).toEqual([
    true,
    "UNAVAILABLE",
    "UNAVAILABLE",
  ]);
  world.diskIsFull = false;
  expect(await machine.sendAll(ADDRESS, calls)).toMatchObject([{ ok: true }, { value: { revision: 2 } }, { ok: true }]);
});

test("a woken machine whose alarm was lost with work unsent sets it again", async () => {
  const world = await quietMachine();
  world.faults.share = 1;
  world.send(ADDRESS, event("e1"));
  await pass(world, 100);
  world.evict(ADDRESS);
  world.loseAlarm(ADDRESS);
  world.machine(ADDRESS).read(ADDRESS);
  expect(world.alarmOf(ADDRESS)).toBeLessThanOrEqual(world.clock.now + SAFETY_NET_MS);
});

test("a wake ends although events keep coming, and leaves what came to the alarm they set", async () => {
  const world = await quietMachine();
  world.hasFeed = false;
  let tellings = 0;
  world.whileTelling = () => {
    tellings += 1;
    if (tellings < 200) world.send(ADDRESS, event(`while-${tellings}`));
  };
  world.send(ADDRESS, event("first"));
  await world.clock.until(world.machine(ADDRESS).wake());
  expect(tellings).toBeLessThan(20);
  // At once would be a wake that never ends, in pieces.
  expect(world.alarmOf(ADDRESS)).toBeGreaterThan(world.clock.now + 1_000);
});

test("a machine lives on by a configuration that would be refused today", async () => {
  const world = new World();
  const refusedToday = { ...LOOP, states: [...LOOP.states, "in no transition"] };
  await world.clock.until(world.create(ADDRESS, creation(refusedToday)));
  world.evict(ADDRESS);
  expect(world.send(ADDRESS, event("e1"))).toMatchObject({ ok: true, value: { revision: 1 } });
});

test("without a transitions queue nothing waits for one", async () => {
  const world = new World();
  world.hasFeed = false;
  await quietMachine(world);
  world.send(ADDRESS, event("e1"));
  await pass(world, MINUTE_MS);
  expect(world.feed).toEqual([]);
  expect(world.alarmOf(ADDRESS)).toBeUndefined();
});

test("poison is set aside after ten refusals and announced in its place; what follows arrives, without a gap", async () => {
  const world = await quietMachine();
  world.isPoison = (message) => message.includes('"poison"') && message.includes("detent.event.refused.v1");
  // The first leaves at once and alone; the others travel together.
  for (const id of ["first", "before", "poison", "after"]) world.send(ADDRESS, event(id, "never"));
  await pass(world, 2 * MINUTE_MS);
  const arrived = () => [
    ...new Set(world.notifications.map(({ data, sequence }) => `${sequence} ${String(data["event_id"])}`)),
  ];
  expect(arrived()).toEqual(["1 first", "2 before"]);
  await pass(world, 20 * MINUTE_MS);
  expect(arrived()).toEqual(["1 first", "2 before", "3 undefined", "4 after"]);
  const parked = world.notifications.filter(({ type }) => type === "detent.machine.parked.v1");
  expect(parked).toMatchObject([{ sequence: 3, data: { stream: "notifications", position: 3 } }]);
  expect(world.logged.filter((line) => line.startsWith("error"))).toHaveLength(1);
  // The receipt itself is as it was.
  expect(world.machine(ADDRESS).receipt(ADDRESS, "poison")).toMatchObject({ value: { reason: "UNKNOWN_EVENT" } });
});

test("a machine that is evicted between its attempts counts them all the same", async () => {
  const world = await quietMachine();
  world.isPoison = (message) => message.includes('"poison"') && message.includes("detent.event.refused.v1");
  world.send(ADDRESS, event("poison", "never"));
  for (let quarters = 0; quarters < 80; quarters += 1) {
    await pass(world, MINUTE_MS / 4);
    world.evict(ADDRESS);
  }
  expect(world.notifications.map(({ type, sequence }) => [type, sequence])).toEqual([["detent.machine.parked.v1", 1]]);
});

test("poison of the transitions queue is announced as a notification, and the changes after it arrive", async () => {
  const world = await quietMachine();
  world.isPoison = (message) => message.includes('"poison"') && message.includes("detent.machine.changed.v1");
  for (const id of ["before", "poison", "after"]) world.send(ADDRESS, event(id));
  await pass(world, 25 * MINUTE_MS);
  expect(world.feed.map(({ sequence }) => sequence)).toEqual([0, 1, 3]);
  expect(
    world.notifications.map(({ type, sequence, data }) => [type, sequence, data["stream"], data["position"]]),
  ).toEqual([["detent.machine.parked.v1", 1, "feed", 2]]);
});

test("what the index never takes of one machine is set aside, and its neighbours' tellings are written", async () => {
  const world = await quietMachine();
  const neighbour = addressOf("n");
  await world.clock.until(createMachine(world, neighbour));
  world.isPoison = (message) => message.includes('"poison"') && message.includes('"refusals"');
  for (let index = 0; index < 5; index += 1) {
    world.send(ADDRESS, event(index === 2 ? "poison" : `e${index}`));
    world.send(neighbour, event(`n${index}`));
  }
  await pass(world, 1_000);
  expect(indexedOf(world, neighbour)).toEqual(truthOf(world, neighbour));
  await pass(world, 25 * MINUTE_MS);
  expect(world.notifications.map(({ type, data }) => [type, data["stream"]])).toEqual([
    ["detent.machine.parked.v1", "index"],
  ]);
  world.send(ADDRESS, event("later"));
  await pass(world, MINUTE_MS);
  expect(indexedOf(world, ADDRESS).revision).toBe(6);
});

test("when a migration's telling is set aside, the next one brings the version, whatever came between", async () => {
  const world = await quietMachine();
  world.isPoison = (message) => message.includes('"detent:migration:1"') && message.includes('"refusals"');
  const call = { version: "v2", source: JSON.stringify({ ...LOOP, version: "v2" }), stateMap: new Map(), actor: "ann" };
  expect(world.machine(ADDRESS).migrate(ADDRESS, call)).toMatchObject({ ok: true });
  for (let minutes = 0; minutes < 25; minutes += 1) {
    await pass(world, MINUTE_MS);
    world.evict(ADDRESS);
  }
  expect(world.notifications.map(({ type, data }) => [type, data["stream"]])).toEqual([
    ["detent.machine.parked.v1", "index"],
  ]);
  const row = world.index.prepare("SELECT version, state, revision FROM machines").get();
  expect(row).toEqual({ version: "v2", state: "a", revision: 1 });
});

test("a day without D1 parks nothing", async () => {
  const world = await quietMachine();
  world.faults.share = 1;
  world.send(ADDRESS, event("e1"));
  world.send(ADDRESS, event("e2", "never"));
  await pass(world, 24 * 60 * MINUTE_MS);
  world.faults.share = 0;
  await pass(world, 2 * MINUTE_MS);
  expect(indexedOf(world, ADDRESS)).toEqual(truthOf(world, ADDRESS));
  expect(new Set(world.notifications.map(({ type }) => type))).toEqual(new Set(["detent.event.refused.v1"]));
});

test("an hour in which D1 reads but takes no write costs nothing: no facts, no false alarms", async () => {
  const world = await quietMachine();
  world.indexFailure = "D1_ERROR: Exceeded maximum DB size";
  for (const id of ["e1", "e2", "e3"]) world.send(ADDRESS, event(id));
  world.send(ADDRESS, event("r", "never"));
  const other = addressOf("other");
  expect(await world.clock.until(world.create(other, creation()))).toMatchObject({ reason: "UNAVAILABLE" });
  await pass(world, 60 * MINUTE_MS);
  world.indexFailure = undefined;
  await pass(world, 2 * MINUTE_MS);
  expect(indexedOf(world, ADDRESS)).toEqual(truthOf(world, ADDRESS));
  expect(indexedOf(world, other)).toEqual(truthOf(world, other));
  expect(world.notifications.map(({ type }) => type)).toEqual(["detent.event.refused.v1"]);
});

test("callers who cannot wait do not make a message poison", async () => {
  const world = await quietMachine();
  world.isPoison = (message) => message.includes('"refusals"');
  for (let times = 0; times < 20; times += 1) {
    expect(await world.clock.until(world.machine(ADDRESS).reindex(ADDRESS, undefined))).toMatchObject({ ok: false });
  }
  expect(world.notifications).toEqual([]);
  expect(world.logged.filter((line) => line.startsWith("error"))).toEqual([]);
});

test("a machine that the index refuses is not taken for registered, however often its creation is tried", async () => {
  const world = new World();
  world.isPoison = () => true;
  for (let times = 0; times < 15; times += 1) {
    expect(await world.clock.until(world.create(ADDRESS, creation()))).toMatchObject({ reason: "UNAVAILABLE" });
  }
  await pass(world, 60 * MINUTE_MS);
  world.isPoison = () => false;
  expect(await world.clock.until(world.create(ADDRESS, creation()))).toMatchObject({ ok: true });
  expect(indexedOf(world, ADDRESS)).toMatchObject({ state: "a", revision: 0 });
});

test("whatever names are made of, no message is more than D1 takes, and all of it is told", async () => {
  const world = new World();
  const names = Array.from({ length: 20 }, (_, index) => `${index}`.padEnd(128, "\u0001"));
  const transitions = [...names.map((name) => ({ from: "a", to: "a", event: name })), ...LOOP.transitions];
  await world.clock.until(createMachine(world, ADDRESS, { ...LOOP, transitions }));
  world.indexFailure = "D1_ERROR: Network connection lost.";
  for (let index = 0; index < 150; index += 1) {
    const name = `no ${index}`.padEnd(128, "\u0001");
    world.send(ADDRESS, { ...event(`${index}`.padEnd(255, "\u0001"), name), originator: "\u0001".repeat(512) });
    world.send(ADDRESS, { ...event(`a${index}`.padEnd(255, "日"), names[0]), originator: "日".repeat(170) });
  }
  await pass(world, MINUTE_MS);
  world.indexFailure = undefined;
  await pass(world, 2 * MINUTE_MS);
  expect(world.bound.largest).toBeGreaterThan(400_000);
  expect(world.bound.largest).toBeLessThan(2_000_000);
  expect(indexedOf(world, ADDRESS)).toEqual(truthOf(world, ADDRESS));
});

test("an accepted event that comes alone writes its two rows and two more, for its alarm and its cursor", async () => {
  const world = await quietMachine();
  const storage = world.storageOf(ADDRESS);
  const changes = (): number => Number(storage.prepare("SELECT total_changes() AS n").get()?.["n"]);
  const before = changes();
  world.send(ADDRESS, event("alone"));
  await pass(world, MINUTE_MS);
  // SQLite counts the row, not the entry of its unique index; the alarm is no row of SQLite's.
  expect(changes() - before).toBe(2);
  expect(world.alarmOf(ADDRESS)).toBeUndefined();
});
