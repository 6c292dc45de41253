/** The index-writer: one batch for many, nobody's poison another's, and never more believed than was committed. */
import { expect, test } from "vitest";
import type { FailedEvent, IndexEntry } from "../../src/catalog/index-entry.ts";
import { IndexWriter } from "../../src/catalog/index-writer.ts";
import { Clock } from "./simulation/clock.ts";

function entryOf(id: string): IndexEntry {
  const name = { tenant: "t", configuration: "c", id, version: "v1", state: "a", labels: "{}" };
  const numbers = { revision: 1, change: 1, createdAt: 1, updatedAt: 1, dueAt: null, retiredAt: null };
  return { ...name, ...numbers, isNew: false, transitions: [], refusals: [], lookups: [] };
}

function failedOf(eventId: string): FailedEvent {
  const name = { tenant: "t", configuration: "c", id: "m", eventId, failureId: eventId };
  return { ...name, at: 1, expiresAt: 2, receipt: "{}", notification: `"${eventId}"` };
}

function createWriter() {
  const clock = new Clock();
  const world = {
    clock,
    isDown: false,
    poison: new Set<string>(),
    writes: 0,
    stored: [] as string[],
    notified: [] as string[],
    /** What the observer was told. */
    heard: [] as string[],
    isDumb: false,
    writer: undefined as unknown as IndexWriter,
  };
  const idOf = (item: IndexEntry | FailedEvent): string => ("eventId" in item ? item.eventId : item.id);
  world.writer = new IndexWriter({
    write: async (entries, failed) => {
      await clock.sleep(5);
      world.writes += 1;
      const ids = [...entries, ...failed].map(idOf);
      if (world.isDown) throw new Error("D1_ERROR: Network connection lost.");
      if (ids.some((id) => world.poison.has(id))) throw new Error("D1_ERROR: CHECK constraint failed: machines");
      world.stored.push(...ids);
    },
    notify: async (failed) => {
      await clock.sleep(1);
      world.notified.push(...failed.map(({ eventId }) => eventId));
    },
    now: () => clock.now,
    after: (ms, work) => clock.after(ms, work),
    observer: {
      committed: (entries, failed) => {
        if (world.isDumb) throw new Error("cannot count");
        world.heard.push(...[...entries, ...failed].map((item) => `committed ${idOf(item)}`));
      },
      refused: (items, isRejected) => {
        world.heard.push(...items.map((item) => `${isRejected ? "rejected" : "unavailable"} ${idOf(item)}`));
      },
    },
    background: (work) => void work,
    log: () => {},
  });
  return world;
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

test("one entry that the database never takes keeps none of a hundred others out, and is alone told to be refused", async () => {
  const world = createWriter();
  world.poison.add("m41");
  const results = Promise.all(range(100).map((index) => world.writer.write({ entry: entryOf(`m${index}`) }, false)));
  await world.clock.run();
  const settled = await results;
  expect(settled.flatMap((result, index) => (result.ok ? [] : [[index, result.rejected]]))).toEqual([[41, true]]);
  expect(world.stored).toHaveLength(99);
  // Halving: twice a logarithm, not one write for each.
  expect(world.writes).toBeLessThanOrEqual(16);
});

test("while the database is down nobody is told to be poison, and it is asked once for a batch", async () => {
  const world = createWriter();
  world.isDown = true;
  const results = Promise.all(range(100).map((index) => world.writer.write({ entry: entryOf(`m${index}`) }, false)));
  await world.clock.run();
  expect((await results).every((result) => !result.ok && !result.rejected)).toBe(true);
  expect(world.writes).toBe(1);
});

test("while the database is down, those who wait for the next batch are told so as well: each has its own patience", async () => {
  const world = createWriter();
  world.isDown = true;
  const first = world.writer.write({ entry: entryOf("first") }, true);
  const others = Promise.all(range(1_000).map((index) => world.writer.write({ entry: entryOf(`m${index}`) }, false)));
  await world.clock.run();
  expect([await first, ...(await others)].every((result) => !result.ok && !result.rejected)).toBe(true);
  expect(world.writes).toBe(1);
});

test("a failed event is announced after it is stored, and not when it is not", async () => {
  const world = createWriter();
  world.poison.add("lost");
  const results = Promise.all(["kept", "lost"].map((id) => world.writer.write({ failed: failedOf(id) }, true)));
  await world.clock.run();
  expect((await results).map(({ ok }) => ok)).toEqual([true, false]);
  expect(world.notified).toEqual(["kept"]);
});

test("what is urgent does not wait for others to gather", async () => {
  const world = createWriter();
  const before = world.clock.now;
  void world.writer.write({ entry: entryOf("patient") }, false);
  const write = async (): Promise<number> => {
    await world.writer.write({ entry: entryOf("urgent") }, true);
    return world.clock.now;
  };
  const answeredAt = write();
  await world.clock.run();
  expect((await answeredAt) - before).toBe(5);
  expect(world.writes).toBe(1);
});

test("the observer hears once of each item what became of it: committed, refused for good, or not taken", async () => {
  const world = createWriter();
  world.poison.add("m3");
  const write = (ids: readonly string[]) =>
    Promise.all(ids.map((id) => world.writer.write({ entry: entryOf(id) }, false)));
  void write(["m1", "m2", "m3"]);
  await world.clock.run();
  expect(world.heard.toSorted()).toEqual(["committed m1", "committed m2", "rejected m3"]);
  world.isDown = true;
  world.heard = [];
  void world.writer.write({ entry: entryOf("m4") }, true);
  void write(["m5"]);
  await world.clock.run();
  expect(world.heard).toEqual(["unavailable m4", "unavailable m5"]);
});

test("an observer that throws keeps nothing from being written", async () => {
  const world = createWriter();
  world.isDumb = true;
  const result = world.writer.write({ entry: entryOf("m") }, false);
  await world.clock.run();
  expect(await result).toEqual({ ok: true });
  expect(world.writes).toBe(1);
});

/** A machine's telling of a change that happened at this time. */
function tellingOf(id: string, at: number): IndexEntry {
  const fact = { kind: "changed", eventId: "e", revision: 1, version: "v1", event: "go", from: "a", to: "b" } as const;
  return { ...entryOf(id), transitions: [{ ...fact, at, originator: "", actor: "" }] };
}

test("the index is behind by the age of the oldest change that waits or is being written, and by nothing once it is written", async () => {
  const world = createWriter();
  const { clock, writer } = world;
  expect(writer.lagMs()).toBe(0);
  void writer.write({ entry: tellingOf("young", clock.now - 10) }, false);
  void writer.write({ entry: tellingOf("old", clock.now - 300) }, false);
  void writer.write({ entry: entryOf("labels only") }, false);
  expect(writer.lagMs()).toBe(300);
  await clock.run(clock.now + 27);
  expect([writer.lagMs(), world.stored]).toEqual([327, []]);
  await clock.run();
  expect([writer.lagMs(), world.stored.length]).toEqual([0, 3]);
});

test("what failed keeps the index behind, by its own time, until the machine has told it again", async () => {
  const world = createWriter();
  const { clock, writer } = world;
  world.isDown = true;
  const at = clock.now;
  void writer.write({ entry: tellingOf("a", at) }, true);
  void writer.write({ entry: entryOf("waits behind it") }, false);
  await clock.run();
  world.isDown = false;
  await clock.run(at + 2_000);
  expect(writer.lagMs()).toBe(2_000);
  void writer.write({ entry: tellingOf("b", clock.now) }, true);
  await clock.run();
  expect(writer.lagMs()).toBe(clock.now - at);
  // Told again without its facts, it is still as old.
  void writer.write({ entry: entryOf("a") }, true);
  expect(writer.lagMs()).toBe(clock.now - at);
  await clock.run();
  expect(writer.lagMs()).toBe(clock.now - at);
  void writer.write({ entry: entryOf("waits behind it") }, true);
  await clock.run();
  expect(writer.lagMs()).toBe(0);
});

test("what is refused for good, what failed and nobody tells again, and failed events are no lag", async () => {
  const world = createWriter();
  const { clock, writer } = world;
  world.poison.add("poison");
  void writer.write({ entry: tellingOf("poison", clock.now) }, true);
  await clock.run(clock.now + 1_000);
  expect(writer.lagMs()).toBe(0);
  void writer.write({ failed: failedOf("failed") }, false);
  expect(writer.lagMs()).toBe(0);
  world.isDown = true;
  const failedAt = clock.now;
  void writer.write({ entry: tellingOf("lost", failedAt) }, true);
  await clock.run();
  await clock.run(failedAt + 5 * 60_000);
  expect(writer.lagMs()).toBe(5 * 60_000);
  await clock.run(failedAt + 5 * 60_000 + 100);
  expect(writer.lagMs()).toBe(0);
});

test("a clock that is ahead of the writer's makes no negative lag", () => {
  const { clock, writer } = createWriter();
  void writer.write({ entry: tellingOf("m", clock.now + 50) }, false);
  expect(writer.lagMs()).toBe(0);
});
