/** What leaves a machine when the index fails and transactions fail: the machine on SQLite, faults handed in by Deps. */
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { IndexEntry } from "../../src/catalog/index-entry.ts";
import type { CreateCall, SendCall } from "../../src/machine/calls.ts";
import type { MachineDeps, SqlValue } from "../../src/machine/deps.ts";
import { Machine } from "../../src/machine/machine.ts";

const ADDRESS = { tenant: "t", configuration: "loop", id: "m" };
const SOURCE = {
  name: "loop",
  starting_state: "a",
  states: ["a"],
  transitions: [{ from: "a", to: "a", event: "go" }],
};
const CREATE: CreateCall = { version: "v1", source: JSON.stringify(SOURCE), data: "{}", labels: "{}" };
const go = (eventId: string): SendCall => ({
  eventId,
  event: "go",
  data: "{}",
  details: "",
  originator: "",
  actor: "test",
});

const NOW = 1_000;
/** The safety net at the lowest random number. */
const ALARM_AT = NOW + 3_500;

/** A world whose index and disk can be switched off; an object is woken anew by `wakeUp`. */
function createWorld() {
  const db = new DatabaseSync(":memory:");
  const world = {
    indexIsDown: false,
    diskIsFull: false,
    alarmAt: undefined as number | undefined,
    sent: [] as IndexEntry[],
    background: Promise.resolve(),
    /** Happens while a message is on its way to the index. */
    whileSending: undefined as (() => void) | undefined,
  };
  const deps: MachineDeps = {
    sql: {
      exec: (query, ...bindings) => db.prepare(query).all(...bindings) as Record<string, SqlValue>[],
    },
    transaction(work) {
      const alarmBefore = world.alarmAt;
      db.exec("BEGIN");
      try {
        const result = work();
        if (world.diskIsFull) throw new Error("disk full");
        db.exec("COMMIT");
        return result;
      } catch (error) {
        db.exec("ROLLBACK");
        world.alarmAt = alarmBefore;
        throw error;
      }
    },
    now: () => NOW,
    random: () => 0,
    setAlarm: (at) => {
      world.alarmAt = at;
    },
    sendIndex: async (entries) => {
      if (world.indexIsDown) throw new Error("index down");
      world.whileSending?.();
      world.sent.push(...entries);
    },
    background: (work) => {
      world.background = work;
    },
    log: () => {},
  };
  return { world, wakeUp: () => new Machine(deps) };
}

test("a creation that the index did not take is unavailable, and the same creation again completes it", async () => {
  const { world, wakeUp } = createWorld();
  const machine = wakeUp();
  world.indexIsDown = true;
  expect(await machine.create(ADDRESS, CREATE)).toMatchObject({ ok: false, reason: "UNAVAILABLE" });
  expect(await machine.create(ADDRESS, { ...CREATE, data: '{"x":1}' })).toMatchObject({ reason: "MACHINE_EXISTS" });
  world.indexIsDown = false;
  expect(await machine.create(ADDRESS, CREATE)).toMatchObject({ ok: true });
  expect(await machine.create(ADDRESS, CREATE)).toMatchObject({ ok: false, reason: "MACHINE_EXISTS" });
});

test("of two creations at once only one is told that it created", async () => {
  const machine = createWorld().wakeUp();
  const replies = await Promise.all([machine.create(ADDRESS, CREATE), machine.create(ADDRESS, CREATE)]);
  expect(replies.map(({ ok }) => ok)).toEqual([true, false]);
});

test("an event leaves with an alarm, which sends what the index did not take, after an eviction too", async () => {
  const { world, wakeUp } = createWorld();
  const machine = wakeUp();
  await machine.create(ADDRESS, CREATE);
  await machine.wake();
  world.alarmAt = undefined;
  world.indexIsDown = true;
  expect(machine.send(ADDRESS, go("e1"))).toMatchObject({ ok: true });
  await world.background;
  expect(world.alarmAt).toBe(ALARM_AT);
  const woken = wakeUp();
  await woken.wake();
  expect(world.alarmAt).toBeGreaterThan(NOW);
  world.indexIsDown = false;
  await woken.wake();
  expect(world.sent.at(-1)).toMatchObject({ revision: 1, events: [{ eventId: "e1" }] });
});

test("a transaction that fails leaves nothing: no event, no believed alarm", async () => {
  const { world, wakeUp } = createWorld();
  const machine = wakeUp();
  await machine.create(ADDRESS, CREATE);
  await machine.wake();
  world.alarmAt = undefined;
  world.diskIsFull = true;
  expect(() => machine.send(ADDRESS, go("e1"))).toThrow("disk full");
  expect(world.alarmAt).toBeUndefined();
  world.diskIsFull = false;
  expect(machine.read(ADDRESS)).toMatchObject({ ok: true, value: { revision: 0 } });
  expect(machine.send(ADDRESS, go("e1"))).toMatchObject({ ok: true, value: { duplicate: false, revision: 1 } });
  expect(world.alarmAt).toBe(ALARM_AT);
});

test("a woken machine with work that never left arms its alarm again", async () => {
  const { world, wakeUp } = createWorld();
  world.indexIsDown = true;
  await wakeUp().create(ADDRESS, CREATE);
  world.alarmAt = undefined;
  wakeUp().read(ADDRESS);
  expect(world.alarmAt).toBe(ALARM_AT);
});

test("a wake ends although events keep coming, and leaves what came to the alarm they set", async () => {
  const { world, wakeUp } = createWorld();
  const machine = wakeUp();
  await machine.create(ADDRESS, CREATE);
  await machine.wake();
  world.indexIsDown = true;
  machine.send(ADDRESS, go("e0"));
  await world.background;
  world.indexIsDown = false;
  world.alarmAt = undefined;
  let sends = 0;
  world.whileSending = () => {
    sends += 1;
    if (sends < 50) machine.send(ADDRESS, go(`while-${sends}`));
  };
  // The messages that events send on their own are not what is tested here: they wait for the wake's.
  await machine.wake();
  expect(sends).toBeLessThan(5);
  expect(world.alarmAt).toBe(ALARM_AT);
});

test("a machine lives on by a configuration that would be refused today", async () => {
  const { wakeUp } = createWorld();
  const refusedToday = { ...SOURCE, states: ["a", "in no transition"] };
  await wakeUp().create(ADDRESS, { ...CREATE, source: JSON.stringify(refusedToday) });
  const woken = wakeUp();
  expect(woken.send(ADDRESS, go("e1"))).toMatchObject({ ok: true, value: { revision: 1 } });
});
