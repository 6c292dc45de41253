/** Events that a machine sends itself: once, in time, never after the state was left, through evictions and kills. */
import { expect, test } from "vitest";
import { addressOf, createMachine, creation, event } from "./simulation/machines.ts";
import { World } from "./simulation/world.ts";

const ADDRESS = addressOf("m");
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const ORDER = {
  name: "loop",
  version: "v1",
  starting_state: "new",
  states: ["new", "pending", "paid", "late", "lost"],
  transitions: [
    { from: "new", to: "pending", event: "open" },
    { from: "pending", to: "paid", event: "pay" },
    { from: "pending", to: "pending", event: "touch" },
    { from: "pending", to: "late", event: "remind", after: "PT1H" },
    { from: "pending", to: "lost", event: "expire", after: "PT2H" },
    { from: "late", to: "paid", event: "pay" },
    { from: "late", to: "lost", event: "expire", after: "30m" },
  ],
};

const pass = (world: World, ms: number): Promise<void> => world.clock.run(world.clock.now + ms);

async function machineOf(source: object, world = new World()): Promise<World> {
  await world.clock.until(createMachine(world, ADDRESS, source));
  await pass(world, MINUTE_MS);
  return world;
}

async function readOf(world: World) {
  const reply = await Promise.resolve(world.machine(ADDRESS).read(ADDRESS));
  if (!reply.ok) throw new Error(reply.reason);
  return reply.value;
}

test("a timer fires when it is due, no earlier, and is listed until then", async () => {
  const world = await machineOf(ORDER);
  world.send(ADDRESS, event("e1", "open"));
  const enteredAt = world.clock.now;
  expect((await readOf(world)).timers).toEqual([
    { event: "remind", to: "late", dueAt: enteredAt + HOUR_MS },
    { event: "expire", to: "lost", dueAt: enteredAt + 2 * HOUR_MS },
  ]);
  await pass(world, HOUR_MS - 1);
  expect((await readOf(world)).state).toBe("pending");
  await pass(world, 1);
  const late = await readOf(world);
  expect(late).toMatchObject({ state: "late", revision: 2 });
  expect(late.timers).toEqual([{ event: "expire", to: "lost", dueAt: enteredAt + HOUR_MS + 30 * MINUTE_MS }]);
  expect(late.history.at(-1)).toMatchObject({
    kind: "event",
    eventId: "timer:1:3",
    event: "remind",
    originator: "timer",
    actor: "",
    timestamp: enteredAt + HOUR_MS,
  });
  await pass(world, HOUR_MS);
  expect(await readOf(world)).toMatchObject({ state: "lost", revision: 3, timers: [] });
  expect(world.alarmOf(ADDRESS)).toBeUndefined();
});

test("the receipt of a timer's event can be looked up, and is told like any other", async () => {
  const world = await machineOf(ORDER);
  world.send(ADDRESS, event("e1", "open"));
  await pass(world, HOUR_MS + MINUTE_MS);
  const receipt = world.machine(ADDRESS).receipt(ADDRESS, "timer:1:3");
  expect(receipt).toMatchObject({ ok: true, value: { result: "transitioned", to: "late", originator: "timer" } });
  expect(world.feed.at(-1)?.data).toMatchObject({ event_id: "timer:1:3", kind: "event", to: "late" });
  expect(world.index.prepare("SELECT state FROM machines").get()).toEqual({ state: "late" });
  expect(world.logged).toContain("info: an event was decided");
});

test("a state that was left has no timers, and one entered again has them anew", async () => {
  const world = await machineOf(ORDER);
  world.send(ADDRESS, event("e1", "open"));
  await pass(world, 59 * MINUTE_MS);
  world.send(ADDRESS, event("e2", "touch"));
  await pass(world, 59 * MINUTE_MS);
  expect(await readOf(world)).toMatchObject({ state: "pending", revision: 2 });
  world.send(ADDRESS, event("e3", "pay"));
  await pass(world, 10 * HOUR_MS);
  expect(await readOf(world)).toMatchObject({ state: "paid", revision: 3, timers: [] });
});

test("evicted, a machine is woken by its timer", async () => {
  const world = await machineOf(ORDER);
  world.send(ADDRESS, event("e1", "open"));
  await pass(world, MINUTE_MS);
  world.evict(ADDRESS);
  await pass(world, HOUR_MS);
  expect(await readOf(world)).toMatchObject({ state: "late" });
});

test("killed before anything has left, it still keeps its time", async () => {
  const world = await machineOf(ORDER);
  world.send(ADDRESS, event("e1", "open"));
  world.kill();
  // Waking with something unsent must not put off what is due.
  world.clock.now += HOUR_MS - 2_000;
  await readOf(world);
  await pass(world, 2_000);
  expect(await readOf(world)).toMatchObject({ state: "late" });
});

test("what was due while nothing ran comes first when an event wakes the machine, in the order of its time", async () => {
  const world = await machineOf(ORDER);
  world.send(ADDRESS, event("e1", "open"));
  await pass(world, MINUTE_MS);
  world.loseAlarm(ADDRESS);
  world.evict(ADDRESS);
  world.clock.now += 5 * HOUR_MS;
  // The first was due and moved the machine, which cancels the second; the delay of the next state runs from now.
  expect(world.send(ADDRESS, event("e2", "pay"))).toMatchObject({ ok: true, value: { from: "late", to: "paid" } });
  expect((await readOf(world)).history.map((item) => item.eventId)).toEqual(["e1", "timer:1:3", "e2"]);
});

test("a dry run sees what is due, and leaves it alone", async () => {
  const world = await machineOf(ORDER);
  world.send(ADDRESS, event("e1", "open"));
  await pass(world, MINUTE_MS);
  world.loseAlarm(ADDRESS);
  world.clock.now += 5 * HOUR_MS;
  const dry = world.send(ADDRESS, { ...event("e2", "pay"), isDryRun: true });
  expect(await readOf(world)).toMatchObject({ state: "pending", revision: 1 });
  expect(dry).toEqual(world.send(ADDRESS, event("e2", "pay")));
});

test("a machine created in a state with timers has them", async () => {
  const world = await machineOf({ ...ORDER, starting_state: "pending" });
  expect((await readOf(world)).timers).toHaveLength(2);
  await pass(world, HOUR_MS);
  expect(await readOf(world)).toMatchObject({ state: "late", revision: 1 });
});

test("an override enters its state: timers run from then", async () => {
  const world = await machineOf(ORDER);
  const override = { state: "late", comment: "c", actor: "ann", expectedRevision: 0 };
  expect(world.machine(ADDRESS).override(ADDRESS, override)).toMatchObject({ ok: true });
  await pass(world, 29 * MINUTE_MS);
  expect((await readOf(world)).state).toBe("late");
  await pass(world, MINUTE_MS);
  expect((await readOf(world)).state).toBe("lost");
});

const ROUND = {
  name: "loop",
  version: "v1",
  starting_state: "rest",
  states: ["rest", "a", "b"],
  transitions: [
    { from: "rest", to: "a", event: "start" },
    { from: "a", to: "b", event: "tick", after: "PT0S" },
    { from: "b", to: "a", event: "tick", after: "PT0S" },
    { from: "*", to: "rest", event: "stop" },
  ],
};

test("timers that go round without time passing are set aside, told of, and run again once the state is left", async () => {
  const world = await machineOf(ROUND);
  world.send(ADDRESS, event("e1", "start"));
  await pass(world, HOUR_MS);
  expect(await readOf(world)).toMatchObject({ state: "a", revision: 101, timers: [] });
  const told = world.notifications.filter(({ type }) => type === "detent.machine.parked.v1");
  expect(told.map(({ data }) => data)).toMatchObject([{ stream: "timers", position: 101 }]);
  expect(world.alarmOf(ADDRESS)).toBeDefined(); // retention of the outcome
  world.evict(ADDRESS);
  await pass(world, HOUR_MS);
  expect((await readOf(world)).revision).toBe(101);
  world.send(ADDRESS, event("e2", "stop"));
  world.send(ADDRESS, event("e3", "start"));
  await pass(world, HOUR_MS);
  expect((await readOf(world)).revision).toBe(203);
});

test("timers that go round with hardly any time between are set aside, ten in a second go on", async () => {
  const roundIn = (after: string) => ({
    ...ROUND,
    transitions: ROUND.transitions.map((one) => ("after" in one ? { ...one, after } : one)),
  });
  const fast = await machineOf(roundIn("30ms"));
  fast.send(ADDRESS, event("e1", "start"));
  await pass(fast, HOUR_MS);
  // Each but the first takes seven tenths of the hundred by which they may be ahead.
  expect(await readOf(fast)).toMatchObject({ revision: 143, timers: [] });
  expect(fast.notifications.map(({ type }) => type)).toEqual(["detent.machine.parked.v1"]);
  expect(fast.logged.filter((line) => line.startsWith("warn: timers moved the machine"))).toHaveLength(1);
  const slow = await machineOf(roundIn("100ms"));
  slow.send(ADDRESS, event("e1", "start"));
  await pass(slow, MINUTE_MS);
  expect((await readOf(slow)).revision).toBe(601);
  expect(slow.notifications).toEqual([]);
});

test("a timer that has rested is sent, however fast those before it were", async () => {
  const world = new World();
  const transitions = [
    { from: "a", to: "a", event: "tick", after: "PT0S", guard: "data.n < 99.0", assign: { n: "data.n + 1.0" } },
    { from: "a", to: "slow", event: "tick" },
    { from: "slow", to: "end", event: "wake", after: "PT5S" },
  ];
  const source = { name: "loop", version: "v1", starting_state: "a", states: ["a", "slow", "end"], transitions };
  await world.clock.until(world.create(ADDRESS, { ...creation(source), data: '{"n":0}' }));
  await pass(world, 10 * SECOND_MS);
  expect(await readOf(world)).toMatchObject({ state: "end", revision: 101 });
});

test("what fails of its own work holds nothing else up, and is tried again after a minute", async () => {
  const world = await machineOf({ ...ORDER, unhandled: "defer" });
  world.send(ADDRESS, event("e1", "pay"));
  await pass(world, MINUTE_MS);
  // Nothing that can happen does this; it stands for what cannot be foreseen.
  const storage = world.storageOf(ADDRESS);
  storage.exec("CREATE TRIGGER fail BEFORE INSERT ON outcomes BEGIN SELECT raise(ABORT, 'injected'); END");
  await pass(world, HOUR_MS);
  const failures = () => world.logged.filter((line) => line.includes("what was due could not be done")).length;
  expect(failures()).toBeGreaterThan(0);
  expect(failures()).toBeLessThan(5);
  expect(world.alarmOf(ADDRESS)).toBeGreaterThan(world.clock.now);
  storage.exec("DROP TRIGGER fail");
  await pass(world, 2 * MINUTE_MS);
  expect(world.notifications.map(({ type }) => type)).toEqual(["detent.event.expired.v1"]);
});

test("a waking that fails is made again, and keeps no later timer from its time", async () => {
  const world = await machineOf(POKED);
  // It sends, and the disk is full when it has: a call that came meanwhile has set an alarm.
  world.faults.kinds = ["hangs"];
  world.faults.share = 1;
  world.send(ADDRESS, event("e1", "poke"));
  for (const ms of [6_000, 9_000, 12_000]) {
    world.clock.after(ms, () => void world.send(ADDRESS, event(`after ${ms}`, "poke")));
  }
  await pass(world, 13 * SECOND_MS);
  world.diskIsFull = true;
  const hasFailed = () => world.logged.some((line) => line.startsWith("error: a waking failed"));
  while (!hasFailed()) await pass(world, SECOND_MS);
  world.diskIsFull = false;
  world.faults.share = 0;
  world.send(ADDRESS, event("e2", "go"));
  await pass(world, HOUR_MS);
  expect(await readOf(world)).toMatchObject({ state: "c" });
  expect(lateness(world)).toEqual([0]);
});

test("a waking that fails keeps no timer from its time that there was before", async () => {
  const world = await machineOf(POKED);
  world.send(ADDRESS, event("e1", "go"));
  world.diskIsFull = true;
  await pass(world, 6 * SECOND_MS);
  expect(world.logged.some((line) => line.startsWith("error: a waking failed"))).toBe(true);
  world.diskIsFull = false;
  await pass(world, 10 * SECOND_MS);
  expect(lateness(world)).toEqual([0]);
});

const POKED = {
  name: "loop",
  version: "v1",
  starting_state: "a",
  states: ["a", "b", "c"],
  transitions: [
    { from: "a", to: "a", event: "poke" },
    { from: "a", to: "b", event: "go" },
    { from: "b", to: "c", event: "tick", after: "10s" },
  ],
};

test("a timer costs no more rows than another event", async () => {
  const world = await machineOf(ORDER);
  world.send(ADDRESS, event("e1", "open"));
  await pass(world, MINUTE_MS);
  const storage = world.storageOf(ADDRESS);
  const before = storage.prepare("SELECT total_changes() AS n").get();
  await pass(world, HOUR_MS);
  const after = storage.prepare("SELECT total_changes() AS n").get();
  // The transition, and the cursors of what it told.
  expect(Number(after?.["n"]) - Number(before?.["n"])).toBeLessThanOrEqual(2);
});

test("the creation is told with the time that comes", async () => {
  const world = new World();
  await world.clock.until(world.create(ADDRESS, creation({ ...ORDER, starting_state: "late" })));
  await pass(world, MINUTE_MS);
  expect(world.index.prepare("SELECT due_at FROM machines").get()?.["due_at"]).toBeGreaterThan(world.clock.now);
});

test("a repeated creation is answered with the timers of then, though its deadline could not be told any more", async () => {
  const world = new World();
  const deadline = "now < timestamp(data.t) ? timestamp(data.t) : timestamp(data.nope)";
  const transitions = [
    { from: "a", to: "b", event: "go", deadline },
    { from: "b", to: "a", event: "back" },
  ];
  const source = { name: "loop", version: "v1", starting_state: "a", states: ["a", "b"], transitions };
  const call = { ...creation(source), key: "k", data: '{"t":"1970-01-01T00:20:00Z"}' };
  const first = await world.clock.until(world.create(ADDRESS, call));
  expect(first).toMatchObject({ ok: true, value: { timers: [{ event: "go", to: "b", dueAt: 20 * MINUTE_MS }] } });
  await pass(world, 10 * MINUTE_MS);
  expect(await world.clock.until(world.create(ADDRESS, call))).toEqual(first);
});

test("a timer whose event was refused is not sent again by the next version, nor by the one after it", async () => {
  const transitions = [
    { from: "a", to: "b", event: "go", after: "PT1H", guard: "has(data.x)" },
    { from: "a", to: "b", event: "late", after: "PT5H" },
    { from: "b", to: "a", event: "back" },
  ];
  const source = { name: "loop", version: "v1", starting_state: "a", states: ["a", "b"], transitions };
  const world = await machineOf(source);
  await pass(world, HOUR_MS);
  for (const version of ["v2", "v3"]) {
    const call = { version, source: JSON.stringify({ ...source, version }), stateMap: new Map<string, string>() };
    expect(world.machine(ADDRESS).migrate(ADDRESS, { ...call, actor: "ann" })).toMatchObject({ ok: true });
    world.evict(ADDRESS);
    await pass(world, HOUR_MS);
    expect((await readOf(world)).timers).toMatchObject([{ event: "late" }]);
  }
  expect(world.notifications.map(({ data }) => data["event_id"])).toEqual(["timer:0:0"]);
  await pass(world, 5 * HOUR_MS);
  expect(await readOf(world)).toMatchObject({ state: "b" });
});

test("what is due comes before labels and deletion, too", async () => {
  const world = await machineOf({ ...ORDER, starting_state: "pending" });
  world.loseAlarm(ADDRESS);
  world.clock.now += HOUR_MS;
  const machine = world.machine(ADDRESS);
  const mismatch = { ok: false, reason: "REVISION_MISMATCH" };
  expect(machine.updateLabels(ADDRESS, { labels: { a: "b" }, expectedRevision: 0 })).toMatchObject(mismatch);
  world.loseAlarm(ADDRESS);
  world.clock.now += HOUR_MS;
  expect(machine.delete(ADDRESS, { actor: "ann", expectedRevision: 1 })).toMatchObject(mismatch);
  expect(await readOf(world)).toMatchObject({ state: "lost", revision: 2 });
});

const TICKING = {
  name: "loop",
  version: "v1",
  starting_state: "tick",
  states: ["tick", "tock", "soon", "done"],
  transitions: [
    { from: "tick", to: "tock", event: "swing", after: "2s" },
    { from: "tock", to: "tick", event: "swing", after: "2s" },
    { from: "*", to: "soon", event: "hurry" },
    { from: "soon", to: "done", event: "swing", after: "1s" },
    { from: "done", to: "done", event: "rest" },
  ],
};

/** How late the machine sent itself events, in ms. */
function lateness(world: World): number[] {
  const rows = world
    .storageOf(ADDRESS)
    .prepare("SELECT at - timestamp AS ms FROM transitions WHERE originator = 'timer'");
  return rows.all().map(({ ms }) => Number(ms));
}

test("receivers that do not answer hold no timer up", async () => {
  const world = await machineOf(TICKING);
  world.faults.kinds = ["hangs"];
  world.faults.share = 1;
  await pass(world, MINUTE_MS);
  const late = lateness(world);
  expect(late.length).toBeGreaterThan(50);
  expect(Math.max(...late)).toBe(0);
});

test("receivers that do not answer do not hold up a timer that a call brings meanwhile", async () => {
  const world = await machineOf({ ...TICKING, starting_state: "done" });
  world.faults.kinds = ["hangs"];
  world.faults.share = 1;
  const brought = [6_500, 7_200, 9_900];
  world.send(ADDRESS, event("first", "hurry"));
  for (const [nth, ms] of brought.entries()) {
    world.clock.after(ms, () => void world.send(ADDRESS, event(`e${nth}`, "hurry")));
  }
  await pass(world, MINUTE_MS);
  const late = lateness(world);
  expect(late.length).toBeGreaterThan(1);
  expect(Math.max(...late)).toBe(0);
});
