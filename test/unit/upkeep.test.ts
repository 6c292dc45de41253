/** What nobody else does: the sweeper's rounds, and the rebuild of an index that has gone wrong. */
import { expect, test } from "vitest";
import type { MachineAddress } from "../../src/machine/calls.ts";
import { createQueueSender } from "../../src/queue-sender.ts";
import { beginRebuild, continueRebuild, type RebuildProgress } from "../../src/upkeep/rebuild.ts";
import { sweep } from "../../src/upkeep/sweep.ts";
import { createHouse } from "./simulation/house.ts";
import { addressOf, createMachine, event, indexedOf, LOOP, truthOf } from "./simulation/machines.ts";
import { World, type Delivered } from "./simulation/world.ts";
import { until as eventually } from "../until.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const HOUR_MS = 60 * 60 * 1_000;

const pass = (world: World, ms: number): Promise<void> => world.clock.run(world.clock.now + ms);
const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

async function worldOf(ids: readonly string[], source: object = LOOP): Promise<World> {
  const world = new World();
  for (const id of ids) {
    await world.clock.until(createMachine(world, addressOf(id), source));
  }
  return world;
}

function sweepOf(world: World, jurisdiction = "") {
  const queue = {
    sendBatch: async (messages: Iterable<MessageSendRequest>) => {
      for (const { body } of messages) {
        if (world.isPoison(JSON.stringify(body))) throw new Error("Queue sendBatch failed: Payload Too Large");
        world.notifications.push(body as Delivered);
      }
    },
  } as unknown as Queue;
  return world.clock.until(
    sweep({
      db: world.d1,
      jurisdiction,
      machine: (address) => createHouse(world).machine(address),
      notifications: createQueueSender(queue),
      startErasure: () => Promise.reject(new Error("nobody is erased here")),
      lookupRetentionMs: DAY_MS,
      now: () => world.clock.now,
      log: (_severity, message) => void world.logged.push(message),
    }),
  );
}

test("a machine whose alarm was lost is woken when its work is overdue, and not asked again once it is done", async () => {
  const world = await worldOf(["m"], { ...LOOP, retention: { outcomes: "P1D" } });
  const address = addressOf("m");
  world.send(address, event("r", "never"));
  await pass(world, 60_000);
  world.evict(address);
  world.loseAlarm(address);
  await pass(world, 2 * DAY_MS);
  expect(truthOf(world, address).refused).toEqual(["r"]);
  await sweepOf(world);
  await pass(world, 10_000);
  expect(truthOf(world, address).refused).toEqual([]);
  await pass(world, HOUR_MS);
  await sweepOf(world);
  await pass(world, 10_000);
  expect(world.index.prepare("SELECT due_at FROM machines").get()).toEqual({ due_at: null });
});

test("machines that cannot be reached do not keep the sweeper from the others", async () => {
  const world = await worldOf(["m"]);
  const insert = world.index.prepare(
    `INSERT INTO machines (tenant, configuration, id, version, state, revision, change, created_at, updated_at, labels, due_at)
     SELECT tenant, configuration, ?, version, state, revision, change, created_at, updated_at, labels, 1 FROM machines WHERE id = 'm'`,
  );
  for (const index of range(150)) insert.run(`nobody${index}`);
  world.index.exec("UPDATE machines SET due_at = 5 WHERE id = 'm'");
  const overdue = () => world.index.prepare("SELECT count(*) AS n FROM machines WHERE due_at < 100").get()?.["n"];
  expect(await sweepOf(world)).toBe(true);
  expect(overdue()).toBe(51);
  expect(await sweepOf(world)).toBe(false);
  expect(overdue()).toBe(0);
  // They were about no machine at all.
  expect(world.index.prepare("SELECT count(*) AS n FROM machines").get()).toEqual({ n: 1 });
});

test("a failed event whose notification did not leave is announced by the sweeper, once it is old enough", async () => {
  const world = await worldOf([]);
  const failed = {
    tenant: "t",
    configuration: "c",
    id: "m",
    eventId: "e",
    failureId: "f",
    at: world.clock.now,
    expiresAt: 9e15,
  };
  const recording = async (): Promise<boolean> => {
    const isRecorded = await world.recordFailure({ ...failed, receipt: "{}", notification: '{"id":"n"}' });
    world.faults.share = 1;
    world.faults.kinds = ["before"];
    return isRecorded;
  };
  expect(await world.clock.until(recording())).toBe(true);
  await pass(world, 10_000);
  world.faults.share = 0;
  const pending = () => world.index.prepare("SELECT count(*) AS n FROM failures WHERE notification IS NOT NULL").get();
  expect(pending()).toEqual({ n: 1 });
  await sweepOf(world);
  expect(pending()).toEqual({ n: 1 });
  await pass(world, 60_000);
  await sweepOf(world);
  expect(pending()).toEqual({ n: 0 });
  expect(world.notifications.map(({ id }) => id)).toEqual(["n"]);
});

test("a notification that the queue never takes does not hold up the others, of whatever tenant", async () => {
  const world = await worldOf([]);
  world.faults.kinds = ["before"];
  for (const eventId of ["poison", "e2", "e3"]) {
    const failed = {
      tenant: "t",
      configuration: "c",
      id: "m",
      eventId,
      failureId: eventId,
      at: world.clock.now,
      expiresAt: 9e15,
    };
    const recorded = world.recordFailure({ ...failed, receipt: "{}", notification: JSON.stringify({ id: eventId }) });
    await world.clock.until(recorded);
    world.index.exec("UPDATE failures SET notification = json_object('id', event_id)");
  }
  await pass(world, 60_000);
  world.notifications.length = 0;
  world.isPoison = (message) => message.includes("poison");
  await sweepOf(world);
  expect(world.notifications.map(({ id }) => id)).toEqual(["e2", "e3"]);
  expect(world.index.prepare("SELECT count(*) AS n FROM failures WHERE notification IS NOT NULL").get()).toEqual({
    n: 0,
  });
});

test("with another jurisdiction than the machines were created under nothing is taken out of the registry", async () => {
  const world = await worldOf(["m"]);
  await sweepOf(world, "eu");
  const insert = "UPDATE machines SET id = 'elsewhere', due_at = 1";
  world.index.exec(insert);
  await sweepOf(world, "eu");
  expect(world.index.prepare("SELECT count(*) AS n FROM machines").get()).toEqual({ n: 0 });
  const other = await worldOf(["m"]);
  other.index.exec("UPDATE deployment SET jurisdiction = ''");
  other.index.exec(insert);
  await sweepOf(other, "eu");
  expect(other.index.prepare("SELECT id, due_at > 1 AS later FROM machines").all()).toEqual([
    { id: "elsewhere", later: 1 },
  ]);
});

test("a row of a later life than its machine's is settled by the sweeper, too", async () => {
  const world = await worldOf(["m"]);
  world.index.exec("UPDATE machines SET created_at = created_at + 5000, state = 'x', due_at = 1");
  await sweepOf(world);
  await pass(world, 10_000);
  expect(indexedOf(world, addressOf("m"))).toEqual(truthOf(world, addressOf("m")));
});

test("after D1 was restored to an earlier time, what is written next lies above every cursor that was given out", async () => {
  const world = await worldOf(["m"]);
  const head = () => Number(world.index.prepare("SELECT seq FROM feed_head").get()?.["seq"]);
  const cursor = head();
  world.index.exec("UPDATE feed_head SET seq = seq - 3600000");
  // The database's clock is the real one.
  await eventually(1_000, Date.now, (now) => now > cursor);
  world.send(addressOf("m"), event("e1"));
  await pass(world, 60_000);
  const positions = world.index.prepare("SELECT seq FROM transitions WHERE event_id = 'e1'").all();
  expect(Number(positions[0]?.["seq"])).toBeGreaterThan(cursor);
});

test("what has expired goes from the index, a round at a time; what has not, stays", async () => {
  const world = await worldOf(["m", "n"], { ...LOOP, retention: { outcomes: "P5D", final: "P2D" } });
  world.index.exec(
    "INSERT INTO configurations (tenant, name, version, source, created_at) VALUES ('t', 'loop', 'v1', '', 1)",
  );
  for (const index of range(600)) world.send(addressOf("m"), event(`old${index}`));
  world.send(addressOf("m"), event("refused", "never"));
  world.send(addressOf("n"), event("end", "finish"));
  await pass(world, 1.5 * DAY_MS);
  world.send(addressOf("m"), event("young"));
  await pass(world, HOUR_MS);
  expect(await sweepOf(world)).toBe(true);
  expect(await sweepOf(world)).toBe(false);
  const left = () =>
    world.index
      .prepare("SELECT event_id FROM transitions")
      .all()
      .map((row) => row["event_id"]);
  expect(left()).toEqual(["young"]);
  const failures = () => world.index.prepare("SELECT event_id FROM failures").all();
  expect(failures()).toHaveLength(1);
  await pass(world, DAY_MS);
  const ids = () =>
    world.index
      .prepare("SELECT id FROM machines")
      .all()
      .map((row) => row["id"]);
  expect(world.machine(addressOf("n")).read(addressOf("n"))).toMatchObject({ reason: "MACHINE_GONE" });
  await pass(world, 2 * HOUR_MS);
  await sweepOf(world);
  expect(ids()).toEqual(["m"]);
  await pass(world, 4 * DAY_MS);
  await sweepOf(world);
  expect(failures()).toEqual([]);
});

function rebuildDepsOf(world: World) {
  const house = createHouse(world);
  return {
    db: world.d1,
    jurisdiction: "",
    machine: (address: MachineAddress) => house.machine(address),
    now: () => world.clock.now,
  };
}

async function rebuild(world: World, until: (progress: RebuildProgress) => boolean = () => false) {
  const deps = rebuildDepsOf(world);
  let progress = beginRebuild(world.clock.now);
  while (progress.finishedAt === undefined && !until(progress)) {
    try {
      progress = await world.clock.until(continueRebuild(deps, "t", progress));
    } catch {
      // The database did not answer: the same chunk again.
    }
  }
  return progress;
}

test("a rebuild makes every row say what its machine says, whatever the row said, and the machine goes on from there", async () => {
  const ids = ["right", "behind", "ahead", "later life", "wrong labels"];
  const world = await worldOf(ids);
  for (const id of ids) world.send(addressOf(id), event("e1"));
  await pass(world, 60_000);
  world.index.exec(`
    UPDATE machines SET state = 'a', revision = 0, change = 0 WHERE id = 'behind';
    UPDATE machines SET state = 'x', revision = 900, change = 900 WHERE id = 'ahead';
    UPDATE machines SET state = 'x', created_at = created_at + 5000 WHERE id = 'later life';
    UPDATE machines SET labels = '{"a":"b"}' WHERE id = 'wrong labels';
    INSERT INTO machines SELECT tenant, configuration, 'nobody', version, state, revision, change, created_at, updated_at, labels,
      retired_at, due_at FROM machines WHERE id = 'right';
    UPDATE machines SET tenant = 'other' WHERE id = 'nobody';
    INSERT INTO machines SELECT 't', configuration, id, version, state, revision, change, created_at, updated_at, labels,
      retired_at, due_at FROM machines WHERE id = 'nobody';`);
  const progress = await rebuild(world);
  expect(progress).toMatchObject({ walked: 6, corrected: 4, removed: 1, failed: 0 });
  for (const id of ids) {
    expect(indexedOf(world, addressOf(id))).toEqual(truthOf(world, addressOf(id)));
    world.send(addressOf(id), event("e2"));
  }
  await pass(world, 60_000);
  for (const id of ids) expect(indexedOf(world, addressOf(id))).toEqual(truthOf(world, addressOf(id)));
  // Another tenant's rows are not this rebuild's.
  expect(world.index.prepare("SELECT tenant FROM machines WHERE id = 'nobody'").all()).toEqual([{ tenant: "other" }]);
  expect(await rebuild(world)).toMatchObject({ walked: 5, corrected: 0, removed: 0 });
});

test("a rebuild that was interrupted, with the database away now and then, goes on where it was and misses none", async () => {
  const ids = range(250).map((index) => `m${index}`);
  const world = new World(7);
  for (const id of ids) void createMachine(world, addressOf(id));
  await pass(world, 120_000);
  world.index.exec("UPDATE machines SET state = 'x', change = 50, revision = 50");
  world.faults.share = 0.05;
  const first = await rebuild(world, ({ walked }) => walked >= 100);
  expect(first.finishedAt).toBeUndefined();
  world.kill();
  const deps = rebuildDepsOf(world);
  let progress = first;
  while (progress.finishedAt === undefined) {
    try {
      progress = await world.clock.until(continueRebuild(deps, "t", progress));
    } catch {
      // The same chunk again.
    }
  }
  world.faults.share = 0;
  expect(progress.walked).toBe(250);
  const again = await rebuild(world);
  expect(again.corrected).toBeLessThanOrEqual(progress.failed);
  for (const id of ids) expect(indexedOf(world, addressOf(id))).toMatchObject({ state: "a", revision: 0 });
});

test("a machine that is telling something else when it is asked has told the truth once it has answered", async () => {
  const world = await worldOf(["m"]);
  const address = addressOf("m");
  const row = () => world.index.prepare("SELECT state, revision FROM machines").get();
  world.send(address, event("e1"));
  await pass(world, 5);
  // What is under way now is older than this.
  world.index.exec("UPDATE machines SET state = 'x', revision = 70, change = 70");
  const wrong = {
    ...address,
    version: "v1",
    state: "x",
    revision: 70,
    change: 70,
    createdAt: 1_000_000,
    updatedAt: 1,
    labels: "{}",
    dueAt: null,
    retiredAt: null,
  };
  const asked = async () => {
    const reply = await world.machine(address).reindex(address, wrong);
    return { reply, row: row() };
  };
  expect(await world.clock.until(asked())).toEqual({
    reply: { ok: true, value: "told" },
    row: { state: "b", revision: 1 },
  });
});

test("a machine that the registry has lost is there again after its next event", async () => {
  const world = await worldOf(["m"]);
  world.index.exec("DELETE FROM machines");
  world.send(addressOf("m"), event("e1"));
  await pass(world, 60_000);
  expect(indexedOf(world, addressOf("m"))).toMatchObject({ state: "b", revision: 1 });
});
