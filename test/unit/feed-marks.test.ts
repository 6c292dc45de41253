/** Who follows a feed is woken by what it follows, and by nothing else, and misses nothing in between. */
import { expect, test } from "vitest";
import { FeedMarks } from "../../src/catalog/feed-marks.ts";
import type { FailedEvent, FeedTopic, IndexEntry, MarkWait } from "../../src/catalog/index-entry.ts";
import { Clock } from "./simulation/clock.ts";

const ORDERS: FeedTopic = { feed: "transitions", tenant: "t", configuration: "orders" };
const FACT = {
  kind: "changed",
  eventId: "e",
  revision: 1,
  version: "v1",
  event: "go",
  from: "a",
  to: "b",
  at: 1,
} as const;

function entryOf(more: Partial<IndexEntry>): IndexEntry {
  const name = { tenant: "t", configuration: "orders", id: "m", version: "v1", state: "a", labels: "{}" };
  const numbers = { revision: 1, change: 1, createdAt: 1, updatedAt: 1, dueAt: null, retiredAt: null };
  return { ...name, ...numbers, isNew: false, transitions: [], refusals: [], lookups: [], ...more };
}

const CHANGE = entryOf({ transitions: [{ ...FACT, originator: "", actor: "" }] });
const REFUSAL = entryOf({ refusals: [{ eventId: "e", at: 1, expiresAt: 2, receipt: "{}" }] });
const LOOKUP = entryOf({ lookups: [{ kind: "ignored", eventId: "e", at: 1, expiresAt: 2 }] });
const FAILED: FailedEvent = {
  tenant: "t",
  configuration: "orders",
  id: "m",
  eventId: "e",
  failureId: "f",
  at: 1,
  expiresAt: 2,
  receipt: "{}",
  notification: "{}",
};

let waiters = 0;

function waitOf(topic: FeedTopic, mark: string | undefined, ms: number, waiter = `w${(waiters += 1)}`): MarkWait {
  return { topic, mark, ms, waiter };
}

function createMarks(epoch = "first") {
  const clock = new Clock();
  const marks = new FeedMarks({ epoch, after: (ms, work) => clock.after(ms, work) });
  const markOf = async (topic = ORDERS): Promise<string> =>
    (await marks.after(waitOf(topic, undefined, 0)))?.mark ?? "";
  return { clock, marks, markOf };
}

test.each([
  ["a change", [CHANGE], [], ["transitions orders", "transitions all"]],
  ["a refusal", [REFUSAL], [], ["failures orders", "failures all"]],
  ["a failed event", [], [FAILED], ["failures orders", "failures all"]],
  ["a failed event of a configuration without a name", [], [{ ...FAILED, configuration: "" }], ["failures all"]],
  ["a change elsewhere", [{ ...CHANGE, configuration: "others" }], [], ["transitions others", "transitions all"]],
  ["a change of another tenant", [{ ...CHANGE, tenant: "stranger" }], [], []],
  ["labels only", [entryOf({})], [], []],
  ["what was ignored", [LOOKUP], [], []],
])("%s wakes whoever follows it, and nobody else", async (_name, entries, failed, expected) => {
  const { clock, marks, markOf } = createMarks();
  const topics = (["transitions", "failures"] as const).flatMap((feed) =>
    ["orders", "others", ""].map((configuration) => ({ feed, tenant: "t", configuration })),
  );
  const mark = await markOf();
  const startedAt = clock.now;
  const woken = Promise.all(
    topics.map(async (topic) => {
      const answer = await marks.after(waitOf(topic, mark, 1_000));
      return answer?.isMoved && clock.now === startedAt ? [`${topic.feed} ${topic.configuration || "all"}`] : [];
    }),
  );
  marks.committed(entries, failed);
  await clock.run();
  expect((await woken).flat().toSorted()).toEqual([...expected].toSorted());
  // The same, seen by who was not yet waiting.
  const late = topics.map(async (topic) => {
    const answer = await marks.after(waitOf(topic, mark, 1_000));
    return answer?.isMoved ? [`${topic.feed} ${topic.configuration || "all"}`] : [];
  });
  await clock.run();
  expect((await Promise.all(late)).flat().toSorted()).toEqual([...expected].toSorted());
});

test("without a mark, with none of this life, or with one that is past, the present mark is answered at once", async () => {
  const { marks, markOf } = createMarks("second");
  const { markOf: markOfFirst } = createMarks("first");
  const past = await markOf();
  marks.committed([CHANGE], []);
  for (const mark of [undefined, "", "second", await markOfFirst(), past]) {
    expect(await marks.after(waitOf(ORDERS, mark, 1_000))).toEqual({ mark: await markOf(), isMoved: true });
  }
});

test("when the time is over, it says so, and what comes a moment later is not taken for seen", async () => {
  const { clock, marks, markOf } = createMarks();
  const waiting = marks.after(waitOf(ORDERS, await markOf(), 500));
  clock.after(500, () => marks.committed([CHANGE], []));
  await clock.run();
  const answer = await waiting;
  expect(answer?.isMoved).toBe(false);
  expect((await marks.after(waitOf(ORDERS, answer?.mark, 1_000)))?.isMoved).toBe(true);
});

test("a thousand of a tenant may wait and no more, whoever else waits; a place is free again after its time", async () => {
  const { clock, marks, markOf } = createMarks();
  const mark = await markOf();
  const wait = (tenant: string) => marks.after(waitOf({ ...ORDERS, tenant }, mark, 1_000));
  const waiting = Array.from({ length: 1_000 }, () => wait("t"));
  expect(await wait("t")).toBeUndefined();
  const others = ["a", "b", "c", "d"].flatMap((tenant) => Array.from({ length: 1_000 }, () => wait(tenant)));
  expect(await wait("e")).toBeUndefined();
  await clock.run();
  expect((await Promise.all([...waiting, ...others])).every((answer) => answer?.isMoved === false)).toBe(true);
  const again = wait("t");
  marks.committed([CHANGE], []);
  expect((await again)?.isMoved).toBe(true);
});

test("who leaves waits no longer, and is no longer counted; who has left, or was never there, may leave again", async () => {
  const { marks, markOf } = createMarks();
  const mark = await markOf();
  const waiting = Array.from({ length: 1_000 }, (_, index) => marks.after(waitOf(ORDERS, mark, 60_000, `n${index}`)));
  marks.leave("n7");
  marks.leave("n7");
  marks.leave("nobody");
  expect((await waiting[7])?.isMoved).toBe(false);
  void marks.after(waitOf(ORDERS, mark, 60_000));
  expect(await marks.after(waitOf(ORDERS, mark, 60_000))).toBeUndefined();
});

test("more topics than are kept apart make nobody miss anything", async () => {
  const { clock, marks, markOf } = createMarks();
  const mark = await markOf();
  marks.committed([CHANGE], []);
  const present = await markOf();
  for (let index = 0; index <= 10_000; index += 1) {
    marks.committed([], [{ ...FAILED, tenant: "crowd", configuration: `c${index}` }]);
  }
  expect((await marks.after(waitOf(ORDERS, mark, 1_000)))?.isMoved).toBe(true);
  // Not known any more: looked once too often.
  expect((await marks.after(waitOf(ORDERS, present, 1_000)))?.isMoved).toBe(true);
  const waiting = marks.after(waitOf(ORDERS, await markOf(), 1_000));
  await clock.run();
  expect((await waiting)?.isMoved).toBe(false);
});
