/**
 * Jobs while everything around them fails: the queue loses, repeats and reorders, calls fail although they were done,
 * processes are killed. Each machine is affected once, and the report says what became of all of them.
 */
import { expect, test } from "vitest";
import type { JobView } from "../../src/jobs/calls.ts";
import * as jobs from "../../src/service/jobs.ts";
import { affected, create, end, MACHINES, OPERATOR, pass, range, revisionOf, yardOf } from "./simulation/jobs.ts";
import { addressOf, createMachine, event } from "./simulation/machines.ts";

const SEEDS = Number(process.env["DETENT_FAULT_SEEDS"] ?? 6);
const SUCCEEDED = { unchanged: 0, refused: 0, skipped: 0 };

test("a job sends an event to the machines that its filter means, and to no other", async () => {
  const { world, yard, ids } = await yardOf(1);
  const job = await create(yard, world, { send: { event: "finish", details: "closed" } }, "a");
  expect(job).toMatchObject({ status: "running", progress: { expected: 40, found: 0 } });
  const { job: ended, refusals } = await end(yard, world, job);
  expect(ended).toMatchObject({
    status: "finished",
    progress: { expected: 40, found: 40, succeeded: 40, ...SUCCEEDED },
  });
  expect(refusals).toEqual([]);
  expect(ids.map((id) => affected(world, addressOf(id), job))).toEqual(
    ids.map((_, index) => (index % 3 === 0 ? 0 : 1)),
  );
  const row = world.storageOf(addressOf("m001")).prepare("SELECT * FROM transitions WHERE revision = 1").get();
  expect(row).toMatchObject({ event: "finish", actor: "operator", details: "closed" });
});

test("what machines refuse is in the report, each with its reason, page by page", async () => {
  const { world, yard } = await yardOf(2);
  const job = await create(yard, world, { send: { event: "nothing" } });
  const { job: ended, refusals } = await end(yard, world, job);
  expect(ended.progress).toMatchObject({ found: 60, refused: 60, succeeded: 0 });
  expect(new Set(refusals.map(({ reason }) => reason))).toEqual(new Set(["UNKNOWN_EVENT"]));
  expect(new Set(refusals.map(({ id }) => id)).size).toBe(60);
});

test("a migration changes those that have another version, once, and leaves the others", async () => {
  const { world, yard, ids } = await yardOf(3);
  const first = await create(yard, world, { migrate: { to: "v2" } }, "b");
  expect((await end(yard, world, first)).job.progress).toMatchObject({ found: 20, succeeded: 20 });
  await pass(world, 10_000);
  const second = await create(yard, world, { migrate: { to: "v2" } });
  expect((await end(yard, world, second)).job.progress).toMatchObject({ found: 60, succeeded: 40, unchanged: 20 });
  const versions = ids.map((id) =>
    world.storageOf(addressOf(id)).prepare("SELECT version FROM transitions ORDER BY revision DESC").get(),
  );
  expect(new Set(versions.map((row) => row?.["version"]))).toEqual(new Set(["v2"]));
});

test("a migration that machines refuse says why", async () => {
  const { world, yard } = await yardOf(4);
  const job = await create(yard, world, { migrate: { to: "v2", stateMap: { a: "nowhere" } } });
  const { job: ended, refusals } = await end(yard, world, job);
  expect(ended.progress).toMatchObject({ found: 60, refused: 60 });
  expect(refusals[0]).toMatchObject({ id: "m000", reason: "MIGRATION_REJECTED" });
});

test("machines are deleted, and no longer listed", async () => {
  const { world, yard } = await yardOf(5);
  const job = await create(yard, world, { delete: {} }, "b");
  expect((await end(yard, world, job)).job.progress).toMatchObject({ found: 20, succeeded: 20, ...SUCCEEDED });
  await pass(world, 10_000);
  expect(world.index.prepare("SELECT count(*) AS n FROM machines WHERE retired_at IS NULL").get()).toEqual({ n: 40 });
});

test.each([{ send: { event: "finish" } }, { migrate: { to: "v2" } }, { delete: {} }])(
  "a dry run of %o reports the same and changes nothing",
  async (action) => {
    const { world, yard, ids } = await yardOf(6);
    const before = ids.map((id) => revisionOf(world, id));
    const job = await create(yard, world, { ...action, isDryRun: true });
    expect((await end(yard, world, job)).job.progress).toMatchObject({ found: 60, succeeded: 60, ...SUCCEEDED });
    await pass(world, 10_000);
    expect(ids.map((id) => revisionOf(world, id))).toEqual(before);
    expect(world.index.prepare("SELECT count(*) AS n FROM machines WHERE retired_at IS NULL").get()).toEqual({ n: 60 });
    const real = await create(yard, world, action);
    expect((await end(yard, world, real)).job.progress).toMatchObject({ found: 60, succeeded: 60, ...SUCCEEDED });
  },
);

test("a machine that is no longer what the filter means when its turn comes is skipped", async () => {
  const { world, yard, ids } = await yardOf(7);
  // The index hears of nothing: it lists them in `a` still.
  world.indexFailure = "D1 is down for writes";
  for (const id of ids.slice(1, 3)) world.send(addressOf(id), event("second"));
  world.indexFailure = undefined;
  const job = await create(yard, world, { send: { event: "finish" } }, "a");
  expect((await end(yard, world, job)).job.progress).toMatchObject({ found: 40, succeeded: 38, skipped: 2 });
});

test("machines that are created after the job are not its own", async () => {
  const { world, yard } = await yardOf(8, 12);
  const job = await create(yard, world, { send: { event: "finish" }, rate: 1 });
  for (const index of range(5)) await world.clock.until(createMachine(world, addressOf(`z${index}`)));
  expect((await end(yard, world, job)).job.progress).toMatchObject({ found: 12, succeeded: 12 });
  expect(revisionOf(world, "z0")).toBe(0);
});

test("no more machines a second are taken on than the rate says", async () => {
  const { world, yard } = await yardOf(9);
  const startedAt = world.clock.now;
  const job = await create(yard, world, { send: { event: "finish" }, rate: 5 });
  const ended = await end(yard, world, job);
  // The last five begin eleven seconds after the first.
  expect((ended.job.finishedAt ?? 0) - startedAt).toBeGreaterThanOrEqual(11_000);
  const times = range(MACHINES).map((index) =>
    Number(
      world
        .storageOf(addressOf(`m${String(index).padStart(3, "0")}`))
        .prepare("SELECT at FROM transitions WHERE event = 'finish'")
        .get()?.["at"],
    ),
  );
  for (const at of times)
    expect(times.filter((other) => other >= at && other < at + 1_000).length).toBeLessThanOrEqual(10);
});

test("paused, a job takes on nothing; resumed, it goes on; cancelled, it ends, and what was done is counted", async () => {
  const { world, yard } = await yardOf(10);
  const job = await create(yard, world, { send: { event: "finish" }, rate: 5 });
  await pass(world, 3_000);
  const ask = (change: typeof jobs.pauseJob) => world.clock.until(change(yard.house, OPERATOR, job.id));
  expect(await ask(jobs.pauseJob)).toMatchObject({ status: "paused" });
  await pass(world, 10_000);
  const paused = await world.clock.until(jobs.getJob(yard.house, OPERATOR, { id: job.id }));
  expect(paused.job.progress.found).toBeLessThanOrEqual(25);
  expect(paused.job.progress.succeeded).toBeGreaterThan(0);
  await pass(world, 600_000);
  expect((await world.clock.until(jobs.getJob(yard.house, OPERATOR, { id: job.id }))).job).toEqual(paused.job);
  expect(await ask(jobs.resumeJob)).toMatchObject({ status: "running" });
  await pass(world, 4_000);
  expect(await ask(jobs.cancelJob)).toMatchObject({ status: "cancelled" });
  await pass(world, 600_000);
  const { job: ended } = await world.clock.until(jobs.getJob(yard.house, OPERATOR, { id: job.id }));
  expect(ended.progress.succeeded).toBeGreaterThan(paused.job.progress.succeeded);
  expect(ended.progress.succeeded).toBeLessThan(MACHINES);
  const finished = range(MACHINES).filter((index) =>
    affected(world, addressOf(`m${String(index).padStart(3, "0")}`), job),
  );
  expect(finished.length).toBe(ended.progress.succeeded);
  expect(await ask(jobs.resumeJob)).toEqual(ended);
  expect(await ask(jobs.cancelJob)).toEqual(ended);
  expect(await yard.listed("t")).toEqual([ended]);
});

test("the same key and content is the same job; other content is refused", async () => {
  const { world, yard } = await yardOf(11, 6);
  const input = { send: { event: "finish" }, idempotencyKey: "k" };
  const job = await create(yard, world, input);
  await end(yard, world, job);
  expect((await create(yard, world, input)).id).toBe(job.id);
  await expect(create(yard, world, { ...input, rate: 7 })).rejects.toThrow(/idempotency_key was used for another job/);
  expect(await yard.listed("t")).toHaveLength(1);
});

test("a tenant has at most a hundred jobs that have not ended", async () => {
  const { world, yard } = await yardOf(17, 6);
  const input = (index: number) => ({
    send: { event: "finish" },
    isDryRun: true,
    rate: 1,
    idempotencyKey: `k${index}`,
  });
  const made = await Promise.all(range(100).map((index) => create(yard, world, input(index))));
  const [first, second, ...others] = made as [JobView, JobView, ...JobView[]];
  await world.clock.until(jobs.pauseJob(yard.house, OPERATOR, first.id));
  await expect(create(yard, world, input(100))).rejects.toMatchObject({
    reason: "QUOTA_EXCEEDED",
    metadata: { quota: "jobs", limit: "100" },
  });
  expect(await yard.listed("t")).toHaveLength(100);
  expect((await create(yard, world, input(1))).id).toBe(second.id);
  await Promise.all(others.map((job) => end(yard, world, job)));
  expect((await create(yard, world, input(100))).status).toBe("running");
});

test("a creation that the catalog did not take has begun nothing, may be repeated, and leaves nothing behind", async () => {
  const { world, yard } = await yardOf(12, 6);
  const input = { send: { event: "finish" }, idempotencyKey: "k" };
  // Only what the job tells the catalog fails, although it is done.
  const job = { fails: true };
  const prepare = world.d1.prepare.bind(world.d1);
  world.d1.prepare = (sql: string) => {
    const statement = prepare(sql);
    if (!sql.includes("INSERT INTO jobs") || !job.fails) return statement;
    return {
      bind: (...values: unknown[]) => ({
        run: async () => {
          await statement.bind(...values).run();
          throw new Error("injected: after");
        },
      }),
    } as unknown as D1PreparedStatement;
  };
  await expect(create(yard, world, input)).rejects.toMatchObject({ reason: "UNAVAILABLE" });
  expect(await yard.listed("t")).toHaveLength(1);
  await pass(world, 120_000);
  expect(await yard.listed("t")).toEqual([]);
  expect(revisionOf(world, "m001")).toBe(0);
  await expect(create(yard, world, input)).rejects.toMatchObject({ reason: "UNAVAILABLE" });
  job.fails = false;
  const created = await create(yard, world, input);
  expect((await end(yard, world, created)).job.progress.succeeded).toBe(6);
  await pass(world, 120_000);
  expect(await yard.listed("t")).toHaveLength(1);
});

test("a job that has ended is kept for its time, then it is gone from everywhere", async () => {
  const { world, yard } = await yardOf(13, 6);
  const job = await create(yard, world, { delete: {} });
  await end(yard, world, job);
  await pass(world, 29 * 24 * 60 * 60 * 1_000);
  expect(await yard.listed("t")).toHaveLength(1);
  await pass(world, 2 * 24 * 60 * 60 * 1_000);
  expect(await yard.listed("t")).toEqual([]);
  expect(yard.storageOf("t", job.id).prepare("SELECT count(*) AS n FROM sqlite_master").get()).toEqual({ n: 0 });
  await expect(world.clock.until(jobs.getJob(yard.house, OPERATOR, { id: job.id }))).rejects.toMatchObject({
    reason: "NOT_FOUND",
  });
});

test("asking for a job that is not there stores nothing", async () => {
  const { world, yard } = await yardOf(14, 0);
  const ask = (work: Promise<unknown>) => world.clock.until(work);
  await expect(ask(jobs.getJob(yard.house, OPERATOR, { id: "x" }))).rejects.toMatchObject({ reason: "NOT_FOUND" });
  await expect(ask(jobs.cancelJob(yard.house, OPERATOR, "x"))).rejects.toMatchObject({ reason: "NOT_FOUND" });
  expect(yard.storageOf("t", "x").prepare("SELECT count(*) AS n FROM sqlite_master").get()).toEqual({ n: 0 });
});

test("a chunk is lent to one at a time, and only a report on the loan that holds counts, once", async () => {
  const { world, yard, ids } = await yardOf(15, 6);
  yard.queue = { lost: 1, repeated: 0, delayMs: 1 };
  const { id } = await create(yard, world, { send: { event: "finish" } });
  await pass(world, 1_000);
  const object = yard.house.job("t", id);
  const take = () => world.clock.until(object.take(1));
  const succeeded = async (): Promise<number> => {
    const { job } = await world.clock.until(jobs.getJob(yard.house, OPERATOR, { id }));
    return job.progress.succeeded;
  };
  const report = (lease: number, count: number) =>
    world.clock.until(
      object.report(
        1,
        lease,
        ids.slice(0, count).map((of) => ({ id: of, outcome: "succeeded" })),
      ),
    );
  const first = await take();
  expect(first).toMatchObject({ ids, lease: 1 });
  expect(await take()).toBeUndefined();
  await pass(world, 31_000);
  const second = await take();
  expect(second).toMatchObject({ ids, lease: 2 });
  await report(1, 6);
  expect(await succeeded()).toBe(0);
  await report(2, 4);
  await report(2, 6);
  expect(await succeeded()).toBe(4);
  // What is left is not due yet.
  expect(await take()).toBeUndefined();
  await pass(world, 5_000);
  expect(await take()).toMatchObject({ ids: ids.slice(4), lease: 3 });
  await report(3, 6);
  expect(await succeeded()).toBe(6);
  expect(await take()).toBeUndefined();
});

test("what nobody can do is given up, with a reason, and the job ends", async () => {
  const { world, yard } = await yardOf(16, 6);
  const machine = yard.house.machine;
  yard.house.machine = (address) => {
    const calls = machine(address);
    return address.id === "m003" ? { ...calls, send: () => Promise.reject(new Error("unreachable")) } : calls;
  };
  const job = await create(yard, world, { send: { event: "finish" } });
  const { job: ended, refusals } = await end(yard, world, job);
  expect(ended.progress).toMatchObject({ found: 6, succeeded: 5, refused: 1 });
  expect(refusals).toMatchObject([{ id: "m003", reason: "UNAVAILABLE" }]);
});

test("a job that is paused while it reads the index takes on nothing more", async () => {
  const { world, yard } = await yardOf(17, 6);
  const prepare = world.d1.prepare.bind(world.d1);
  const reading = { id: "" };
  world.d1.prepare = (sql: string) => {
    const statement = prepare(sql);
    if (reading.id === "" || !sql.includes("FROM machines AS machine")) return statement;
    return {
      bind: (...values: unknown[]) => ({
        all: async () => {
          await yard.house.job("t", reading.id).pause();
          return await statement.bind(...values).all();
        },
      }),
    } as unknown as D1PreparedStatement;
  };
  const job = await create(yard, world, { send: { event: "finish" }, rate: 1 });
  reading.id = job.id;
  await pass(world, 60_000);
  const { job: paused } = await world.clock.until(jobs.getJob(yard.house, OPERATOR, { id: job.id }));
  expect(paused).toMatchObject({ status: "paused", progress: { found: 1 } });
  reading.id = "";
  await world.clock.until(jobs.resumeJob(yard.house, OPERATOR, job.id));
  expect((await end(yard, world, job)).job.progress.succeeded).toBe(6);
});

let delivered = 0;
let faults = 0;

test.each(range(SEEDS, 1).flatMap((seed) => ["send", "migrate", "delete"].map((kind) => [seed, kind] as const)))(
  "seed %i: through kills, faults and a queue that loses and repeats, each machine of a job to %s is affected once and counted once",
  async (seed, kind) => {
    const { world, yard, ids } = await yardOf(seed, 150);
    const { chance } = world;
    yard.queue = { lost: 0.2, repeated: 0.5, delayMs: 90_000 };
    const action = { send: { send: { event: "go" } }, migrate: { migrate: { to: "v2" } }, delete: { delete: {} } }[
      kind
    ];
    // A machine that was migrated is no longer what the filter means: only its history tells that it was this job's.
    const filter = { configuration: "loop", version: "v1" };
    const job = await world.clock.until(jobs.createJob(yard.house, OPERATOR, { filter, ...action, rate: 20 }));
    world.faults.share = 0.15;
    for (const _round of range(60)) {
      await pass(world, chance.below(10_000));
      if (chance.next() < 0.2) yard.kill();
      // Others go on using the machines: the event of the job may come before or after.
      const id = chance.pick(ids);
      if (chance.next() < 0.3) world.send(addressOf(id), event(`other${chance.next()}`));
    }
    faults += world.faults.count;
    delivered += yard.delivered;
    world.faults.share = 0;
    const { job: ended, refusals } = await end(yard, world, job);
    const { found, succeeded, unchanged, refused, skipped } = ended.progress;
    expect(found).toBe(150);
    expect(succeeded + unchanged + refused + skipped).toBe(found);
    expect({ refused, listed: refusals.length }).toEqual({ refused: 0, listed: 0 });
    expect(succeeded).toBe(150);
    if (kind !== "delete") expect(ids.map((id) => affected(world, addressOf(id), job))).toEqual(ids.map(() => 1));
  },
);

test("messages were repeated and calls failed", () => {
  expect(delivered).toBeGreaterThan(SEEDS * 3 * 8);
  expect(faults).toBeGreaterThan(SEEDS * 100);
});
