/** Refused events in a crowd: so many a minute are told one by one, the others together. Nothing else of them changes. */
import { expect, test, vi } from "vitest";
import { settingsOf, type Bindings } from "../../src/env.ts";
import { NOTIFICATIONS_PER_MINUTE } from "../../src/machine/notice-window.ts";
import { MachineStore } from "../../src/machine/store.ts";
import { addressOf, createMachine, event, indexedOf, LOOP, truthOf } from "./simulation/machines.ts";
import { firstArrivals, World } from "./simulation/world.ts";

const ADDRESS = addressOf("m");
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const CAPPED = "detent.notifications.capped.v1";

const pass = (world: World, ms: number): Promise<void> => world.clock.run(world.clock.now + ms);

/** A machine whose creation has arrived everywhere, at a cap. */
async function machineAt(most: number | undefined, source: object = LOOP): Promise<World> {
  const world = new World();
  world.notificationsPerMinute = most;
  await world.clock.until(createMachine(world, ADDRESS, source));
  await pass(world, 10_000);
  return world;
}

/** Sends events that are refused, named `e1`, `e2` and so on, from `first` to `last`. */
function refuse(world: World, first: number, last: number): void {
  for (let number = first; number <= last; number += 1) {
    expect(world.send(ADDRESS, event(`e${number}`, "never"))).toMatchObject({ value: { result: "refused" } });
  }
}

/** What arrived, each once: the event, or of how many others it tells, or the kind. Throws where their numbers have a gap. */
function told(world: World): unknown[] {
  return firstArrivals(world.notifications).map(({ type, sequence, data }, index) => {
    if (sequence !== index + 1) throw new Error(`${sequence} is the ${index + 1}th`);
    return type === CAPPED ? data["refused"] : (data["event_id"] ?? type);
  });
}

const range = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => `e${first + index}`);

const rowsOf = (world: World): number =>
  Number(world.storageOf(ADDRESS).prepare("SELECT count(*) AS n FROM outcomes").get()?.["n"]);

test("of a flood 1,000 are told one by one, and the others in one message when the minute is over", async () => {
  const world = await machineAt(NOTIFICATIONS_PER_MINUTE);
  const beganAt = world.clock.now;
  refuse(world, 1, 1_002);
  await pass(world, 7_000);
  refuse(world, 1_003, 1_005);
  await pass(world, 52_000);
  expect(told(world)).toEqual(range(1, 1_000));
  await pass(world, 2_000);
  expect(told(world)).toEqual([...range(1, 1_000), 5]);
  const summary = world.notifications.at(-1);
  const time = (ms: number) => new Date(ms).toISOString();
  expect(summary).toEqual({
    specversion: "1.0",
    id: `loop/m/1000000/notification/1001`,
    source: "/detent/t",
    type: CAPPED,
    subject: "loop/m",
    time: time(beganAt + MINUTE_MS),
    datacontenttype: "application/json",
    tenant: "t",
    sequence: 1_001,
    data: {
      machine: { configuration: "loop", id: "m" },
      refused: 5,
      from: time(beganAt),
      until: time(beganAt + 7_000),
      at: time(beganAt + MINUTE_MS),
    },
  });
  expect(world.logged.filter((line) => line.startsWith("warn"))).toEqual(["warn: refused events are told of together"]);
  await pass(world, 10_000);
  expect(world.alarmOf(ADDRESS)).toBeGreaterThan(world.clock.now + DAY_MS);
});

test("exactly as many as may be told are told, without a summary and without an alarm for one", async () => {
  const world = await machineAt(3);
  refuse(world, 1, 3);
  await pass(world, 10_000);
  expect(world.alarmOf(ADDRESS)).toBeGreaterThan(world.clock.now + DAY_MS);
  await pass(world, 2 * MINUTE_MS);
  expect(told(world)).toEqual(range(1, 3));
});

test("each minute begins with a refused event when the one before is over, and has its own cap and summary", async () => {
  const world = await machineAt(2);
  refuse(world, 1, 2);
  await pass(world, MINUTE_MS - 1);
  refuse(world, 3, 3);
  await pass(world, 1);
  refuse(world, 4, 5);
  await pass(world, MINUTE_MS - 1);
  refuse(world, 6, 8);
  await pass(world, 30 * MINUTE_MS);
  // Without a summary, too, the next one begins when the minute is over.
  refuse(world, 9, 10);
  await pass(world, MINUTE_MS);
  refuse(world, 11, 12);
  await pass(world, 2 * MINUTE_MS);
  expect(told(world)).toEqual(["e1", "e2", 1, "e4", "e5", 3, "e9", "e10", "e11", "e12"]);
});

test("what becomes of the events is the same with a cap: answers, repeats, lists, look-up, index and usage", async () => {
  const [capped, free] = await Promise.all([machineAt(2), machineAt(undefined)]);
  const seen = async (world: World) => {
    const machine = world.machine(ADDRESS);
    const answers: unknown[] = [];
    for (const id of range(1, 6)) answers.push(world.send(ADDRESS, event(id, "never")));
    answers.push(world.send(ADDRESS, event("accepted")));
    await pass(world, 2 * MINUTE_MS);
    // After the summary, whose row is no event of anybody's.
    for (const id of range(1, 6)) answers.push(world.send(ADDRESS, event(id, "never")), machine.receipt(ADDRESS, id));
    answers.push(machine.refusals(ADDRESS, { order: "asc", limit: 100 }));
    answers.push(machine.history(ADDRESS, { order: "asc", limit: 100 }));
    answers.push(machine.changes(ADDRESS, { after: 0, limit: 100 }));
    for (const table of ["transitions", "failures", "lookups"]) {
      const rows = world.index.prepare(`SELECT * FROM ${table} ORDER BY event_id`).all();
      answers.push(rows.map((row) => ({ ...row, seq: 0, failure_id: "" })));
    }
    answers.push(world.index.prepare("SELECT sum(events) AS events FROM event_counts").get());
    return answers;
  };
  const [ofCapped, ofFree] = [await seen(capped), await seen(free)];
  expect(ofCapped).toEqual(ofFree);
  expect(ofCapped).toContainEqual({ events: 7 });
  expect(indexedOf(capped, ADDRESS)).toEqual(truthOf(capped, ADDRESS));
  expect([told(capped), told(free)]).toEqual([["e1", "e2", 4], range(1, 6)]);
  const summary = capped.storageOf(ADDRESS).prepare("SELECT event_id FROM outcomes WHERE kind = 'capped'").get();
  const id = String(summary?.["event_id"]);
  expect(id).toMatch(/^detent:/);
  expect(capped.machine(ADDRESS).receipt(ADDRESS, id)).toMatchObject({ reason: "EVENT_NOT_FOUND" });
});

test("an event that is not told writes as many rows as one that is", async () => {
  const world = await machineAt(1);
  const changes = () => Number(world.storageOf(ADDRESS).prepare("SELECT total_changes() AS n").get()?.["n"]);
  const written = [1, 2, 3].map((number) => {
    const before = changes();
    refuse(world, number, number);
    return changes() - before;
  });
  expect(written).toEqual([1, 1, 1]);
});

test("an event after the minute's end comes after the summary, though no alarm went off", async () => {
  for (const name of ["never", "go"]) {
    const world = await machineAt(1);
    refuse(world, 1, 3);
    await pass(world, 10_000);
    world.evict(ADDRESS);
    world.loseAlarm(ADDRESS);
    world.clock.now += 10 * MINUTE_MS;
    world.send(ADDRESS, event("late", name));
    await pass(world, 10_000);
    expect(told(world)).toEqual(["e1", 2, ...(name === "never" ? ["late"] : [])]);
  }
});

test("an alarm that was lost comes back with whatever wakes the machine", async () => {
  const world = await machineAt(1);
  refuse(world, 1, 3);
  await pass(world, 10_000);
  world.evict(ADDRESS);
  world.loseAlarm(ADDRESS);
  // The sweeper knows by when the machine was to do something.
  const due = world.index.prepare("SELECT due_at FROM machines").get()?.["due_at"];
  expect(due).toBe(world.clock.now + 50_000);
  world.clock.now += MINUTE_MS;
  await world.clock.until(world.machine(ADDRESS).reindex(ADDRESS, undefined));
  await pass(world, 10_000);
  expect(told(world)).toEqual(["e1", 2]);
});

test("the count is the storage's: an eviction after every event changes nothing", async () => {
  const world = await machineAt(2);
  for (let number = 1; number <= 6; number += 1) {
    refuse(world, number, number);
    world.send(ADDRESS, event(`a${number}`));
    world.evict(ADDRESS);
    await pass(world, 1_000);
  }
  for (let quarters = 0; quarters < 6; quarters += 1) {
    await pass(world, MINUTE_MS / 4);
    world.evict(ADDRESS);
  }
  expect(told(world)).toEqual(["e1", "e2", 4]);
});

test("a kill at any moment around the summary leaves it told once, by the same content, and nothing else missing", async () => {
  let repeats = 0;
  for (let moment = -30; moment <= 90; moment += 3) {
    const world = await machineAt(1);
    // What was sent may have arrived although nobody said so.
    world.faults.share = moment % 2 === 0 ? 0.5 : 0;
    world.faults.kinds = ["after", "hangs done"];
    refuse(world, 1, 4);
    await pass(world, MINUTE_MS + moment);
    world.kill();
    if (moment % 4 === 0) world.send(ADDRESS, event("between", "never"));
    await pass(world, 30);
    world.kill();
    world.faults.share = 0;
    await pass(world, 5 * MINUTE_MS);
    const isBetween = moment % 4 === 0;
    // Sent before the minute's end it is one of those.
    if (isBetween && moment < 0) expect(told(world)).toEqual(["e1", 4]);
    else expect(told(world)).toEqual(["e1", 3, ...(isBetween ? ["between"] : [])]);
    const summaries = world.notifications.filter(({ type }) => type === CAPPED);
    repeats += summaries.length - 1;
  }
  expect(repeats).toBeGreaterThan(0);
});

test("while the storage takes no more the summary is not lost, nor told before it is stored", async () => {
  const world = await machineAt(1);
  refuse(world, 1, 3);
  await pass(world, MINUTE_MS - 1_000);
  world.diskIsFull = true;
  await pass(world, 10 * MINUTE_MS);
  expect(told(world)).toEqual(["e1"]);
  world.diskIsFull = false;
  await pass(world, 10 * MINUTE_MS);
  expect(told(world)).toEqual(["e1", 2]);
});

test("events of one call and events that waited in vain go through the same cap", async () => {
  const world = await machineAt(2, { ...LOOP, unhandled: "defer", defer_for: "PT30S" });
  for (const id of ["w1", "w2", "w3"]) world.send(ADDRESS, event(id, "go"));
  world.send(ADDRESS, event("end", "finish"));
  await pass(world, 10_000);
  expect(told(world)).toEqual([]);
  const calls = range(1, 3).map((id) => event(id, "never"));
  const replies = await world.machine(ADDRESS).sendAll(ADDRESS, calls);
  expect(replies).toMatchObject(calls.map(({ eventId }) => ({ value: { eventId, result: "refused" } })));
  await pass(world, 2 * MINUTE_MS);
  expect(told(world)).toEqual(["e1", "e2", 1]);
});

test("timers that are refused and deferred events that expire are told and counted as what is sent", async () => {
  const source = {
    ...LOOP,
    unhandled: "defer",
    defer_for: "PT20S",
    transitions: [
      { from: "a", to: "b", event: "go", after: "PT10S", guard: "has(data.x)" },
      { from: "b", to: "a", event: "back" },
    ],
  };
  const world = await machineAt(1, source);
  for (const id of ["w1", "w2"]) world.send(ADDRESS, event(id, "back"));
  await pass(world, 2 * MINUTE_MS);
  expect(told(world)).toEqual(["timer:0:0", 2]);
  expect(truthOf(world, ADDRESS).refused).toEqual(["timer:0:0", "w1", "w2"]);
});

test("of what was set aside every message is told, in a muted minute as well, and none counts for the cap", async () => {
  const world = await machineAt(2);
  world.isPoison = (message) => message.includes('"poison"') && message.includes("detent.machine.changed.v1");
  world.send(ADDRESS, event("poison"));
  // Its tenth attempt is refused about five minutes later.
  for (let number = 1; number <= 8 * 12; number += 1) {
    refuse(world, number, number);
    await pass(world, 5_000);
  }
  await pass(world, MINUTE_MS);
  const all = told(world);
  const at = all.indexOf("detent.machine.parked.v1");
  // Between two that were told and their summary.
  expect([typeof all[at - 1], typeof all[at + 1]]).toEqual(["string", "number"]);
  const minutes = Array.from({ length: 8 }, (_, minute) => [`e${minute * 12 + 1}`, `e${minute * 12 + 2}`, 10]);
  expect(all.toSpliced(at, 1)).toEqual(minutes.flat());
});

test("timers that are set aside are told of, whether others are muted or not", async () => {
  const round = { from: "b", to: "b", event: "tick", after: "PT0S" };
  const source = { ...LOOP, transitions: [...LOOP.transitions, round] };
  for (const before of [0, 3]) {
    const world = await machineAt(2, source);
    refuse(world, 1, before);
    world.send(ADDRESS, event("round"));
    await pass(world, 1_000);
    refuse(world, before + 1, 4);
    await pass(world, 2 * MINUTE_MS);
    const parked = "detent.machine.parked.v1";
    expect(told(world)).toEqual(before === 0 ? [parked, "e1", "e2", 2] : ["e1", "e2", parked, 2]);
  }
});

test("a summary that the queue never takes is set aside and announced in its place; what follows arrives", async () => {
  const world = await machineAt(1);
  world.isPoison = (message) => message.includes(CAPPED);
  refuse(world, 1, 3);
  await pass(world, 2 * MINUTE_MS);
  refuse(world, 4, 4);
  await pass(world, 20 * MINUTE_MS);
  expect(told(world)).toEqual(["e1", "detent.machine.parked.v1", "e4"]);
  expect(firstArrivals(world.notifications)[1]).toMatchObject({
    sequence: 2,
    data: { stream: "notifications", position: 4 },
  });
  expect(world.logged.filter((line) => line.startsWith("error"))).toHaveLength(1);
});

test("after an outage of the queue the muted are passed over, not read", async () => {
  const world = await machineAt(1);
  world.isPoison = () => true;
  refuse(world, 1, 2_000);
  world.isPoison = () => false;
  const reads = vi.spyOn(MachineStore.prototype, "listUnsentNotices");
  await pass(world, 2 * MINUTE_MS);
  expect(told(world)).toEqual(["e1", 1_999]);
  expect(reads.mock.calls.length).toBeLessThan(10);
  reads.mockRestore();
});

test("a machine that is deleted tells first of what it had not told, with what waited until then", async () => {
  const world = await machineAt(1, {
    ...LOOP,
    unhandled: "defer",
    transitions: [...LOOP.transitions, { from: "end", to: "end", event: "later" }],
  });
  for (const id of ["w1", "w2"]) world.send(ADDRESS, event(id, "later"));
  refuse(world, 1, 3);
  world.faults.share = 1;
  world.faults.kinds = ["before"];
  expect(world.machine(ADDRESS).delete(ADDRESS, { actor: "ann" })).toEqual({ ok: true, value: null });
  expect(world.send(ADDRESS, event("e4", "never"))).toMatchObject({ reason: "MACHINE_GONE" });
  world.evict(ADDRESS);
  await pass(world, 60 * MINUTE_MS);
  world.faults.share = 0;
  await pass(world, 2 * MINUTE_MS);
  expect(told(world)).toEqual(["e1", 4]);
  expect(world.feed.at(-1)).toMatchObject({ type: "detent.machine.deleted.v1" });
  await pass(world, 31 * DAY_MS);
  expect(world.machine(ADDRESS).read(ADDRESS)).toMatchObject({ reason: "MACHINE_NOT_FOUND" });
  expect(told(world)).toEqual(["e1", 4]);
});

test("a machine that cannot store its summary is not deleted", async () => {
  const world = await machineAt(1);
  refuse(world, 1, 3);
  world.diskIsFull = true;
  expect(() => world.machine(ADDRESS).delete(ADDRESS, { actor: "ann" })).toThrow("disk full");
  world.diskIsFull = false;
  expect(world.machine(ADDRESS).read(ADDRESS)).toMatchObject({ ok: true });
  expect(world.machine(ADDRESS).delete(ADDRESS, { actor: "ann" })).toMatchObject({ ok: true });
  await pass(world, MINUTE_MS);
  expect(told(world)).toEqual(["e1", 2]);
});

test("a machine whose time is up within the minute tells of them before it goes, evicted or not", async () => {
  for (const isEvicted of [false, true]) {
    const world = await machineAt(1, { ...LOOP, retention: { final: "PT30S" } });
    world.send(ADDRESS, event("end", "finish"));
    await pass(world, 20_000);
    refuse(world, 1, 3);
    if (isEvicted) world.evict(ADDRESS);
    await pass(world, 20_000);
    expect(world.machine(ADDRESS).read(ADDRESS)).toMatchObject({ reason: "MACHINE_GONE" });
    expect(told(world)).toEqual(["e1", 2]);
    await pass(world, 31 * DAY_MS);
    expect(told(world)).toEqual(["e1", 2]);
  }
});

test("rows that are pruned before the summary are counted in it", async () => {
  const world = await machineAt(1, { ...LOOP, retention: { outcomes: "PT10S" } });
  refuse(world, 1, 5);
  await pass(world, 30_000);
  // Of the newest its numbers are left.
  expect(rowsOf(world)).toBe(1);
  expect(truthOf(world, ADDRESS).refused).toEqual([]);
  world.evict(ADDRESS);
  await pass(world, 5_000);
  refuse(world, 6, 6);
  await pass(world, MINUTE_MS);
  expect(told(world)).toEqual(["e1", 5]);
});

test("a cap that is changed or taken off within a minute holds from the next one on, where some are muted", async () => {
  const world = await machineAt(2);
  refuse(world, 1, 3);
  world.notificationsPerMinute = undefined;
  world.evict(ADDRESS);
  refuse(world, 4, 4);
  await pass(world, 2 * MINUTE_MS);
  refuse(world, 5, 8);
  world.notificationsPerMinute = 4;
  world.evict(ADDRESS);
  refuse(world, 9, 9);
  await pass(world, 2 * MINUTE_MS);
  expect(told(world)).toEqual(["e1", "e2", 2, ...range(5, 8), 1]);
});

test("while the clock goes back nothing is lost, and the minute lasts until the machine's own time has passed", async () => {
  const world = await machineAt(1);
  refuse(world, 1, 2);
  world.clock.now -= 30_000;
  refuse(world, 3, 3);
  await pass(world, MINUTE_MS);
  expect(told(world)).toEqual(["e1"]);
  await pass(world, MINUTE_MS);
  expect(told(world)).toEqual(["e1", 2]);
});

test("a dry run within and after a muted minute stores nothing and counts nothing", async () => {
  const world = await machineAt(1);
  const machine = world.machine(ADDRESS);
  refuse(world, 1, 2);
  const before = rowsOf(world);
  const dry = { ...event("dry", "never"), isDryRun: true };
  expect(machine.send(ADDRESS, dry)).toMatchObject({ value: { result: "refused" } });
  world.loseAlarm(ADDRESS);
  world.clock.now += 2 * MINUTE_MS;
  expect(machine.send(ADDRESS, dry)).toMatchObject({ value: { result: "refused" } });
  expect(machine.delete(ADDRESS, { actor: "ann", isDryRun: true })).toMatchObject({ ok: true });
  expect(rowsOf(world)).toBe(before);
  refuse(world, 3, 3);
  await pass(world, 10_000);
  expect(told(world)).toEqual(["e1", 1, "e3"]);
});

test("the setting is a whole number; empty there is no cap, and unset it is the default", () => {
  const read = (value?: string) =>
    settingsOf({ ...(value !== undefined && { DETENT_NOTIFICATIONS_PER_MINUTE: value }) } as Bindings)
      .notificationsPerMinute;
  expect([read(), read("1000"), read("1"), read("")]).toEqual([1_000, 1_000, 1, undefined]);
  for (const wrong of ["0", "-1", "1.5", "1e3", " ", "all"]) {
    expect(() => read(wrong)).toThrow(/DETENT_NOTIFICATIONS_PER_MINUTE must be a whole number.*got/);
  }
});
