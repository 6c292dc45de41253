/** A follower hears soon of what is committed, whichever writer commits it and whatever fails, and D1 rests meanwhile. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FeedMarks } from "../../src/catalog/feed-marks.ts";
import { FeedWait } from "../../src/catalog/feed-wait.ts";
import type { IndexEntry, IndexWriterCalls } from "../../src/catalog/index-entry.ts";
import { writeIndex } from "../../src/catalog/machine-index.ts";
import { TenantDb } from "../../src/catalog/tenant-db.ts";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import { listFailures, listTransitions, type ReadFeedInput } from "../../src/service/feeds.ts";
import type { House } from "../../src/service/house.ts";
import { createD1 } from "./simulation/sqlite-d1.ts";

const ANN = { tenant: "t", actor: "ann", scopes: EVERY_SCOPE } as const;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => void vi.useRealTimers());

function entryOf(id: string): IndexEntry {
  const name = { tenant: "t", configuration: "c", id, version: "v1", state: "a", labels: "{}" };
  const numbers = { revision: 1, change: 1, createdAt: 1, updatedAt: 1, dueAt: null, retiredAt: null };
  const fact = {
    kind: "changed",
    eventId: "e",
    revision: 1,
    version: "v1",
    event: "go",
    from: "a",
    to: "b",
    at: 1,
  } as const;
  const transitions = [{ ...fact, originator: "", actor: "" }];
  const refusals = [{ eventId: "no", at: 1, expiresAt: 2, receipt: JSON.stringify({ machine: { id } }) }];
  return { ...name, ...numbers, isNew: false, transitions, refusals, lookups: [] };
}

type Asked = Pick<IndexWriterCalls, "awaitMark" | "leave">;

function createWorld() {
  const startedAt = Date.now();
  const world = {
    /** When D1 was read, in ms. */
    reads: [] as number[],
    /** How often writers were asked. */
    asks: 0,
    leaves: 0,
    /** Called around each reading. */
    aroundRead: undefined as ((read: number, place: "before" | "after") => void) | undefined,
    marks: [createMarks(), createMarks()] as [FeedMarks, FeedMarks],
    writers: undefined as unknown as Asked[],
    commit: (writer: 0 | 1, id: string): void => {
      void writeIndex(d1, [entryOf(id)]);
      world.marks[writer].committed([entryOf(id)], []);
    },
    elapsed: () => Date.now() - startedAt,
    list: (input: ReadFeedInput) => run(listTransitions(house, ANN, input)),
    listAtOnce: (count: number, input: ReadFeedInput) =>
      run(Promise.all(Array.from({ length: count }, () => listTransitions(house, ANN, input)))),
  };
  // The batch is done when this returns: what is committed is there at once.
  const { d1 } = createD1(<T>(work: () => T) => {
    const result = work();
    return Promise.resolve(result);
  });
  const catalog = (tenant: string) => {
    const db = new TenantDb(d1, tenant);
    const all: TenantDb["all"] = async (sql, ...params) => {
      const read = world.reads.push(world.elapsed());
      world.aroundRead?.(read, "before");
      const rows = await db.all<never>(sql, ...params);
      world.aroundRead?.(read, "after");
      return rows;
    };
    return { all } as TenantDb;
  };
  world.writers = [0, 1].map((index) => ({
    awaitMark: (...args: Parameters<Asked["awaitMark"]>) => {
      world.asks += 1;
      return (world.marks[index] as FeedMarks).after(...args);
    },
    leave: async (waiter: string) => {
      world.leaves += 1;
      (world.marks[index] as FeedMarks).leave(waiter);
    },
  }));
  const awaitFeed: House["awaitFeed"] = (topic, ms, signal) =>
    new FeedWait({ writers: world.writers, topic, ms, signal, background: () => {} });
  const house = { catalog, awaitFeed } as House;
  return { world, house };
}

let epochs = 0;
function createMarks(): FeedMarks {
  return new FeedMarks({
    epoch: `life ${(epochs += 1)}`,
    after: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
  });
}

/** Lets time pass until `work` is settled. */
async function run<T>(work: Promise<T>): Promise<T> {
  const state = { isSettled: false };
  const noted = work.finally(() => {
    state.isSettled = true;
  });
  // Whoever awaits the answer below hears of a failure.
  noted.catch(() => {});
  for (let step = 0; !state.isSettled && step < 10_000; step += 1) await vi.advanceTimersByTimeAsync(10);
  return await noted;
}

const idsOf = ({ transitions }: Awaited<ReturnType<typeof listTransitions>>) => transitions.map(({ id }) => id);

test.each([0, 1] as const)(
  "what writer %i commits meanwhile is answered soon, and D1 is read three times",
  async (writer) => {
    const { world } = createWorld();
    setTimeout(() => world.commit(writer, "m"), 7_000);
    const page = await world.list({ wait: "20s" });
    expect(idsOf(page)).toEqual(["m"]);
    expect(world.elapsed()).toBeLessThan(7_200);
    expect(world.reads).toHaveLength(3);
    expect((await world.list({ wait: "1s", after: page.nextCursor })).nextCursor).toBe(page.nextCursor);
  },
);

test("what is committed together is answered together", async () => {
  const { world } = createWorld();
  for (const ms of [0, 30, 60]) setTimeout(() => world.commit(ms === 30 ? 1 : 0, `m${ms}`), 1_000 + ms);
  expect(idsOf(await world.list({ wait: "20s" }))).toEqual(["m0", "m30", "m60"]);
});

test("when nothing comes, the page is empty after the time, the cursor stays, and D1 was read twice", async () => {
  const { world } = createWorld();
  expect(await world.list({ wait: "PT30S", after: "7" })).toEqual({ transitions: [], nextCursor: "7" });
  expect(world.elapsed()).toBeGreaterThanOrEqual(30_000);
  expect(world.elapsed()).toBeLessThan(30_100);
  expect(world.reads).toHaveLength(2);
});

test.each([undefined, "", "PT0S", "0"])("wait %j does not wait", async (wait) => {
  const { world } = createWorld();
  expect(idsOf(await world.list({ wait }))).toEqual([]);
  expect([world.elapsed(), world.reads.length, world.asks]).toEqual([10, 1, 0]);
});

test("an entry that is there is answered at once, and no writer is asked", async () => {
  const { world } = createWorld();
  world.commit(0, "m");
  expect(idsOf(await world.list({ wait: "20s" }))).toEqual(["m"]);
  expect([world.elapsed(), world.reads.length, world.asks]).toEqual([10, 1, 0]);
});

describe.each([0, 1] as const)("nothing is missed that writer %i commits", (writer) => {
  test.each([
    ["before", 1],
    ["after", 1],
    ["before", 2],
    ["after", 2],
  ] as const)("%s read %i", async (place, number) => {
    const { world } = createWorld();
    world.aroundRead = (read, at) => {
      if (read === number && at === place) world.commit(writer, "m");
    };
    expect(idsOf(await world.list({ wait: "20s" }))).toEqual(["m"]);
    expect(world.elapsed()).toBeLessThan(200);
  });
});

test("what happens elsewhere wakes nobody", async () => {
  const { world } = createWorld();
  for (let ms = 0; ms < 20_000; ms += 150) setTimeout(() => world.commit(0, `m${ms}`), ms);
  expect(idsOf(await world.list({ wait: "20s", configuration: "other" }))).toEqual([]);
  expect(world.reads).toHaveLength(2);
});

test("the other feed waits as well", async () => {
  const { world, house } = createWorld();
  setTimeout(() => world.commit(0, "m"), 7_000);
  const { failures } = await run(listFailures(house, ANN, { wait: "20s" }));
  expect(failures).toEqual([{ machine: { id: "m" } }]);
  expect(world.elapsed()).toBeLessThan(7_200);
});

test.each([
  ["cannot be reached", () => Promise.reject(new Error("overloaded"))],
  ["does not answer", () => new Promise<never>(() => {})],
  [
    "cannot even be called",
    () => {
      throw new Error("no stub");
    },
  ],
])(
  "a writer that %s fails nobody: what it commits is found within seconds, and D1 is read every second at most",
  async (_name, awaitMark) => {
    const { world } = createWorld();
    world.writers[0] = { awaitMark, leave: awaitMark };
    setTimeout(() => world.commit(0, "m"), 10_000);
    expect(idsOf(await world.list({ wait: "20s" }))).toEqual(["m"]);
    expect(world.elapsed()).toBeGreaterThan(10_000);
    expect(world.elapsed()).toBeLessThan(13_000);
    expect(world.reads.length).toBeGreaterThan(4);
    expect(world.reads.length).toBeLessThan(14);
  },
);

test("a writer that is made anew, so that the calls of its former life are never answered, costs seconds", async () => {
  const { world } = createWorld();
  let lost = false;
  const [first] = world.writers;
  world.writers[0] = {
    leave: async () => {},
    awaitMark: async (...args) => {
      const answer = await first?.awaitMark(...args);
      return args[0].mark !== undefined && !lost ? new Promise<never>(() => {}) : answer;
    },
  };
  setTimeout(() => {
    lost = true;
    world.marks[0] = createMarks();
    world.commit(0, "m");
  }, 2_000);
  expect(idsOf(await world.list({ wait: "20s" }))).toEqual(["m"]);
  expect(world.elapsed()).toBeLessThan(8_500);
});

test("the life of a writer that ends between two calls is noticed by its mark", async () => {
  const { world } = createWorld();
  setTimeout(() => {
    world.marks[0] = createMarks();
    world.commit(0, "m");
  }, 2_000);
  expect(idsOf(await world.list({ wait: "20s" }))).toEqual(["m"]);
  expect(world.elapsed()).toBeLessThan(5_500);
});

test("when the caller goes away, the wait ends, and nobody is asked any more", async () => {
  const { world } = createWorld();
  const caller = new AbortController();
  setTimeout(() => caller.abort(), 3_000);
  await world.list({ wait: "20s", signal: caller.signal });
  expect(world.elapsed()).toBeLessThan(3_100);
  const { asks, reads } = { asks: world.asks, reads: world.reads.length };
  await vi.advanceTimersByTimeAsync(20_000);
  expect([world.asks, world.reads.length]).toEqual([asks, reads]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a caller who is gone from the beginning waits for nothing", async () => {
  const { world } = createWorld();
  await world.list({ wait: "20s", signal: AbortSignal.abort() });
  expect(world.elapsed()).toBeLessThan(100);
});

test("after an answer nobody is asked any more", async () => {
  const { world } = createWorld();
  setTimeout(() => world.commit(0, "m"), 1_000);
  await world.list({ wait: "20s" });
  const { asks } = world;
  await vi.advanceTimersByTimeAsync(20_000);
  expect([world.asks, world.reads.length, vi.getTimerCount()]).toEqual([asks, 3, 0]);
});

test("where too many wait already, that is what is answered", async () => {
  const { world } = createWorld();
  const topic = { feed: "failures", tenant: "t", configuration: "" } as const;
  const [marks] = world.marks;
  const mark = (await marks.after({ topic, mark: undefined, ms: 0, waiter: "first" }))?.mark;
  for (let index = 0; index < 1_000; index += 1) {
    void marks.after({ topic, mark, ms: 60_000, waiter: `w${index}` });
  }
  await expect(world.list({ wait: "20s" })).rejects.toMatchObject({ reason: "RATE_LIMITED" });
  expect(world.elapsed()).toBeLessThan(100);
});

test.each(["answered", "gone"])("callers who were %s hold no place, however many come and go", async (how) => {
  const { world } = createWorld();
  let after: string | undefined;
  for (const round of ["first", "second", "third"]) {
    const caller = new AbortController();
    setTimeout(() => (how === "gone" ? caller.abort() : world.commit(0, round)), 50);
    const input = { wait: "20s", after, signal: caller.signal };
    const found = await world.listAtOnce(400, input);
    for (const { transitions } of found) expect(transitions).toHaveLength(how === "gone" ? 0 : 1);
    after = found[0]?.nextCursor;
  }
  // Before a place is free by itself.
  expect(world.elapsed()).toBeLessThan(4_000);
});

test("a wait that runs out ends by itself: nobody is told to let it go", async () => {
  const { world } = createWorld();
  await world.list({ wait: "20s" });
  expect(world.leaves).toBe(0);
});
