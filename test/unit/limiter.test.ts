import { expect, test } from "vitest";
import { Bucket } from "../../src/limits/bucket.ts";
import { EventQuota } from "../../src/limits/event-quota.ts";
import { Limiter } from "../../src/limits/limiter.ts";
import type { LimiterCalls } from "../../src/limits/limiter-object.ts";

const START = Date.UTC(2026, 10, 26, 12);

/** The object of one key, on a clock that the test moves, and isolates that ask it. */
class Stage {
  now = START;
  calls = 0;
  isDown = false;
  readonly #bucket: Bucket;
  readonly #object: LimiterCalls;

  constructor(readonly perSecond: number) {
    this.#bucket = new Bucket(perSecond, 2 * perSecond, this.now);
    this.#object = {
      take: (_perSecond, least, most) => {
        this.calls += 1;
        if (this.isDown) return Promise.reject(new Error("it does not answer"));
        return Promise.resolve(this.#bucket.take(least, most, this.now));
      },
    };
  }

  isolate(): Limiter {
    return new Limiter({ object: () => this.#object, now: () => this.now });
  }

  /** Asks so often a second for so long, by turns in each isolate; answers how often it was let pass. */
  async press(isolates: readonly Limiter[], perSecond: number, seconds: number): Promise<number> {
    let passed = 0;
    for (let index = 0; index < perSecond * seconds; index += 1) {
      this.now += 1_000 / perSecond;
      const isolate = isolates[index % isolates.length];
      try {
        await isolate?.spend("key:1", this.perSecond, 1);
        passed += 1;
      } catch {
        // It was too much.
      }
    }
    return passed;
  }
}

test.each([1, 4])(
  "a key gets its rate and no more than a twentieth of it besides in each of %i isolates",
  async (count) => {
    const stage = new Stage(100);
    const isolates = Array.from({ length: count }, () => stage.isolate());
    // What a bucket has saved up is spent first.
    await stage.press(isolates, 1_000, 5);
    const passed = await stage.press(isolates, 1_000, 20);
    expect(passed).toBeGreaterThanOrEqual(20 * 100 * 0.95);
    expect(passed).toBeLessThanOrEqual(20 * 100 * (1.05 + 0.05 * count));
  },
);

test("a key that asks less than its rate is never refused, and its object is seldom asked", async () => {
  const stage = new Stage(1_000);
  const isolates = [stage.isolate(), stage.isolate()];
  expect(await stage.press(isolates, 900, 10)).toBe(9_000);
  expect(stage.calls).toBeLessThanOrEqual(9_000 / 50 + 40);
  const calls = stage.calls;
  stage.now += 10_000;
  await stage.press(isolates, 40, 10);
  expect(stage.calls - calls, "a trickle is let pass without asking").toBe(0);
});

test.each([
  [1_000, 200],
  [100, 60],
  [10, 15],
])("requests that come at once are not refused: of %i a second %i", async (perSecond, count) => {
  const stage = new Stage(perSecond);
  const isolate = stage.isolate();
  const spent = await Promise.allSettled(Array.from({ length: count }, () => isolate.spend("key:1", perSecond, 1)));
  expect(spent.filter(({ status }) => status === "rejected")).toEqual([]);
});

test("who is refused hears when to ask again, and then is let pass", async () => {
  const stage = new Stage(10);
  const isolate = stage.isolate();
  await stage.press([isolate], 1_000, 5);
  const refused = await isolate.spend("key:1", 10, 5).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(refused).toMatchObject({ reason: "RATE_LIMITED", retryAfterSeconds: 1, metadata: { limit: "10" } });
  stage.now += 1_000;
  await expect(isolate.spend("key:1", 10, 1)).resolves.toBeUndefined();
});

test("a batch counts as what is in it: one that is larger than the bucket passes, and is paid for afterwards", async () => {
  const stage = new Stage(10);
  const isolate = stage.isolate();
  await isolate.spend("key:1", 10, 100);
  stage.now += 7_500;
  await expect(isolate.spend("key:1", 10, 2)).rejects.toMatchObject({ reason: "RATE_LIMITED" });
  stage.now += 1_000;
  await isolate.spend("key:1", 10, 2);
});

test("a flood is refused by the isolate itself: its object is asked when there may be something to have", async () => {
  const stage = new Stage(10);
  await stage.press([stage.isolate()], 10_000, 3);
  // 10 a second, and those that were saved up.
  expect(stage.calls).toBeLessThanOrEqual(100);
});

test("what an isolate has taken and not used in a second is given up", async () => {
  const stage = new Stage(1_000);
  const isolate = stage.isolate();
  await isolate.spend("key:1", 1_000, 2);
  await isolate.spend("key:1", 1_000, 2);
  expect(stage.calls).toBe(1);
  stage.now += 1_000;
  await isolate.spend("key:1", 1_000, 2);
  expect(stage.calls).toBe(2);
});

test("a limit keeps nobody waiting: while its object does not answer, requests pass", async () => {
  const stage = new Stage(10);
  stage.isDown = true;
  expect(await stage.press([stage.isolate()], 100, 2)).toBe(200);
});

test("a changed rate holds at once, and keys do not count for each other", async () => {
  const stage = new Stage(1);
  const isolate = stage.isolate();
  await stage.press([isolate], 100, 1);
  await expect(isolate.spend("key:1", 1, 1)).rejects.toThrow("more than 1 requests a second");
  await expect(isolate.spend("key:2", 1, 1)).resolves.toBeUndefined();
  await expect(isolate.spend("key:1", 1_000, 1)).resolves.toBeUndefined();
});

/** A quota of events, on a clock and with a count in D1 that the test sets. */
class Day {
  now = START;
  counted = 0;
  reads = 0;
  isDown = false;
  readonly #work: Promise<void>[] = [];
  readonly quota = new EventQuota({
    read: () => {
      this.reads += 1;
      return this.isDown ? Promise.reject(new Error("D1 is down")) : Promise.resolve(this.counted);
    },
    background: (work) => void this.#work.push(work),
    now: () => this.now,
  });

  async settled(): Promise<void> {
    await Promise.all(this.#work);
  }
}

test("a tenant sends its events of a day, and hears until when it must wait", async () => {
  const day = new Day();
  for (let event = 0; event < 10; event += 1) await day.quota.spend("t", 10, 1);
  const error = await day.quota.spend("t", 10, 1).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ reason: "QUOTA_EXCEEDED", retryAfterSeconds: 12 * 60 * 60 });
  await expect(day.quota.spend("other", 10, 1)).resolves.toBeUndefined();
  day.now += 12 * 60 * 60_000;
  await expect(day.quota.spend("t", 10, 10)).resolves.toBeUndefined();
});

test("what other isolates have sent is heard of within ten seconds, and nobody waits for it", async () => {
  const day = new Day();
  await day.quota.spend("t", 10, 1);
  day.counted = 10;
  day.now += 9_000;
  await day.quota.spend("t", 10, 1);
  day.now += 1_000;
  await day.quota.spend("t", 10, 1);
  await day.settled();
  await expect(day.quota.spend("t", 10, 1)).rejects.toMatchObject({ reason: "QUOTA_EXCEEDED" });
  expect(day.reads).toBe(2);
});

test("what is sent while D1 is asked is counted, too", async () => {
  const answered = Promise.withResolvers<number>();
  const work: Promise<void>[] = [];
  let now = START;
  let isSlow = false;
  const quota = new EventQuota({
    read: () => (isSlow ? answered.promise : Promise.resolve(0)),
    background: (reading) => void work.push(reading),
    now: () => now,
  });
  await quota.spend("t", 10, 1);
  now += 10_000;
  isSlow = true;
  for (let event = 0; event < 4; event += 1) await quota.spend("t", 10, 1);
  answered.resolve(5);
  await Promise.all(work);
  // D1 had five when it was asked, and four came meanwhile.
  await quota.spend("t", 10, 1);
  await expect(quota.spend("t", 10, 1)).rejects.toMatchObject({ reason: "QUOTA_EXCEEDED" });
});

test("the first event of a day waits a second for a D1 that hangs, and no longer", async () => {
  const quota = new EventQuota({
    read: () => new Promise(() => undefined),
    background: () => undefined,
    now: () => START,
  });
  await expect(quota.spend("t", 10, 1)).resolves.toBeUndefined();
}, 3_000);

test("events do not wait for D1", async () => {
  const day = new Day();
  day.isDown = true;
  for (let event = 0; event < 5; event += 1) {
    await day.quota.spend("t", 10, 1);
    day.now += 20_000;
  }
  expect(day.reads).toBeGreaterThan(1);
});
