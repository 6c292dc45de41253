/** Jobs whose machines, index or queue are away for a while: how they wait, what they give up, what they say of it. */
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { JobSpec } from "../../src/jobs/calls.ts";
import { Job, type JobDeps } from "../../src/jobs/job.ts";
import type { MachineCalls } from "../../src/machine/calls.ts";
import type { SqlValue } from "../../src/machine/deps.ts";
import * as jobs from "../../src/service/jobs.ts";
import { workOnChunk } from "../../src/service/job-work.ts";
import type { JobYard } from "./simulation/job-yard.ts";
import { affected, create, end, OPERATOR, pass, range, revisionOf, yardOf } from "./simulation/jobs.ts";
import { addressOf, createMachine, event } from "./simulation/machines.ts";

const unreachable = () => Promise.reject(new Error("unreachable"));

/** Calls that change a machine go through `over`. */
function disturb(yard: JobYard, over: (id: string, calls: MachineCalls) => Partial<MachineCalls>): void {
  const { machine } = yard.house;
  yard.house.machine = (address) => {
    const calls = machine(address);
    return { ...calls, ...over(address.id, calls) };
  };
}

test("messages that pile up cost a machine that cannot be reached none of its attempts", async () => {
  const { world, yard, ids } = await yardOf(1, 6);
  yard.queue = { lost: 0, repeated: 1, delayMs: 1_500 };
  let isAway = true;
  let asked = 0;
  disturb(yard, (id) => (id === "m003" && isAway ? { send: () => ((asked += 1), unreachable()) } : {}));
  const job = await create(yard, world, { send: { event: "finish" } });
  for (const _second of range(60)) {
    await pass(world, 1_000);
    for (const _message of range(3)) {
      await world.clock.until(workOnChunk(yard.house, { tenant: "t", job: job.id, chunk: 1 }));
    }
  }
  expect(asked).toBeLessThan(10);
  isAway = false;
  const { job: ended } = await end(yard, world, job);
  expect(ended.progress).toMatchObject({ succeeded: 6, refused: 0 });
  expect(ids.map((id) => affected(world, addressOf(id), job))).toEqual(ids.map(() => 1));
});

test("some machines that cannot be reached hold up no others", async () => {
  const { world, yard } = await yardOf(2, 75);
  const away = new Set(range(12).map((index) => `m${String(index * 5).padStart(3, "0")}`));
  disturb(yard, (id) => (away.has(id) ? { send: unreachable } : {}));
  // Chunks of five, so that twelve of them are never done.
  const job = await create(yard, world, { send: { event: "finish" }, rate: 5 });
  await pass(world, 30_000);
  const { job: now } = await world.clock.until(jobs.getJob(yard.house, OPERATOR, { id: job.id }));
  expect(now).toMatchObject({ status: "running", progress: { found: 75, succeeded: 63 } });
  const { job: ended, refusals } = await end(yard, world, job);
  expect(ended.progress).toMatchObject({ found: 75, succeeded: 63, refused: 12 });
  expect(new Set(refusals.map(({ id }) => id))).toEqual(away);
  expect((ended.finishedAt ?? 0) - ended.createdAt).toBeGreaterThan(10 * 60_000);
});

test("a machine that never answers is no reason to doubt what the others of its chunk have answered", async () => {
  const { world, yard, ids } = await yardOf(20, 6);
  disturb(yard, (id) => (id === "m003" ? { send: () => new Promise(() => {}) } : {}));
  const job = await create(yard, world, { send: { event: "finish" } });
  await pass(world, 10_000);
  const { job: now } = await world.clock.until(jobs.getJob(yard.house, OPERATOR, { id: job.id }));
  expect(now).toMatchObject({ status: "running", progress: { found: 6, succeeded: 5 } });
  const { job: ended, refusals } = await end(yard, world, job);
  expect(ended.progress).toMatchObject({ succeeded: 5, refused: 1 });
  expect(refusals).toMatchObject([{ id: "m003", reason: "UNAVAILABLE" }]);
  expect(ids.map((id) => affected(world, addressOf(id), job))).toEqual(ids.map((id) => (id === "m003" ? 0 : 1)));
});

test("what is tried again keeps to the rate, too", async () => {
  const { world, yard } = await yardOf(21, 40);
  let isAway = true;
  const asked: number[] = [];
  disturb(yard, (_id, calls) => ({
    send: (...args) => {
      asked.push(world.clock.now);
      return isAway ? unreachable() : calls.send(...args);
    },
  }));
  const job = await create(yard, world, { send: { event: "finish" }, rate: 2 });
  await pass(world, 60_000);
  isAway = false;
  expect((await end(yard, world, job)).job.progress).toMatchObject({ succeeded: 40 });
  const within = (ms: number) =>
    Math.max(...asked.map((at) => asked.filter((other) => other >= at && other < at + ms).length));
  expect(within(10_000)).toBeLessThanOrEqual(24);
});

test("a job whose key was used before, by one that is forgotten by now, is another", async () => {
  const { world, yard, ids } = await yardOf(22, 6);
  const input = { send: { event: "go" }, idempotencyKey: "monthly" };
  const first = await create(yard, world, input);
  expect((await end(yard, world, first)).job.progress).toMatchObject({ succeeded: 6 });
  const before = ids.map((id) => revisionOf(world, id));
  await pass(world, 31 * 24 * 60 * 60 * 1_000);
  const second = await create(yard, world, input);
  expect(second.id).toBe(first.id);
  expect((await end(yard, world, second)).job.progress).toMatchObject({ succeeded: 6 });
  expect(ids.map((id) => revisionOf(world, id))).toEqual(before.map((revision) => revision + 1));
});

test("where no machine can be reached, no more are taken on", async () => {
  const { world, yard } = await yardOf(3, 1_500);
  disturb(yard, () => ({ send: unreachable }));
  const job = await create(yard, world, { send: { event: "finish" }, rate: 1_000 });
  await pass(world, 120_000);
  const { job: now } = await world.clock.until(jobs.getJob(yard.house, OPERATOR, { id: job.id }));
  expect(now.progress.found).toBeGreaterThanOrEqual(1_000);
  expect(now.progress.found).toBeLessThan(1_500);
});

const SHORT = { retention: { history: "PT1H", outcomes: "PT1H" } };

test.each([{ send: { event: "go" } }, { migrate: { to: "v2" } }])(
  "%o is not done a second time to a machine that has forgotten the first: the report says so",
  async (action) => {
    const { world, yard } = await yardOf(4, 6, SHORT);
    let isLost = true;
    const lose = async <R>(answer: Promise<R>): Promise<R> => {
      const reply = await answer;
      if (isLost) throw new Error("the answer is lost");
      return reply;
    };
    disturb(yard, (id, calls) => {
      if (id !== "m003") return {};
      return {
        send: (...args) => lose(calls.send(...args)),
        migrateOnce: (...args) => lose(calls.migrateOnce(...args)),
      };
    });
    const job = await create(yard, world, action);
    await pass(world, 10_000);
    expect(affected(world, addressOf("m003"), job)).toBe(1);
    await world.clock.until(jobs.pauseJob(yard.house, OPERATOR, job.id));
    await pass(world, 4 * 60 * 60 * 1_000);
    expect(affected(world, addressOf("m003"), job)).toBe(0);
    const before = revisionOf(world, "m003");
    isLost = false;
    await world.clock.until(jobs.resumeJob(yard.house, OPERATOR, job.id));
    const { job: ended, refusals } = await end(yard, world, job);
    expect(ended.progress).toMatchObject({ found: 6, succeeded: 5, refused: 1 });
    expect(refusals).toMatchObject([{ id: "m003", reason: "OUT_OF_RANGE" }]);
    expect(refusals[0]?.message).toMatch(/cannot be told whether this was done before/);
    expect(revisionOf(world, "m003")).toBe(before);
  },
);

test("what the machine still knows is answered, although its history is not whole", async () => {
  const { world, yard } = await yardOf(23, 6, { retention: { history: "PT1H", outcomes: "P30D" } });
  let isLost = true;
  disturb(yard, (id, calls) => {
    const lose = async (...args: Parameters<MachineCalls["send"]>) => {
      const reply = await calls.send(...args);
      if (isLost) throw new Error("the answer is lost");
      return reply;
    };
    return id === "m003" ? { send: lose } : {};
  });
  const job = await create(yard, world, { send: { event: "nothing" } });
  await pass(world, 10_000);
  await world.clock.until(jobs.pauseJob(yard.house, OPERATOR, job.id));
  // The creation is forgotten when there is something after it.
  for (const id of ["e1", "e2"]) {
    world.send(addressOf("m003"), event(id));
    await pass(world, 2 * 60 * 60 * 1_000);
  }
  isLost = false;
  await world.clock.until(jobs.resumeJob(yard.house, OPERATOR, job.id));
  const { refusals } = await end(yard, world, job);
  expect(refusals.find(({ id }) => id === "m003")).toMatchObject({ reason: "UNKNOWN_EVENT" });
});

test("a machine whose history is short, but was not tried before, is no exception", async () => {
  const { world, yard } = await yardOf(5, 6, SHORT);
  let isAway = true;
  disturb(yard, (id) => (id === "m003" && isAway ? { send: unreachable } : {}));
  await pass(world, 3 * 60 * 60 * 1_000);
  const job = await create(yard, world, { send: { event: "go" } });
  await pass(world, 60_000);
  isAway = false;
  expect((await end(yard, world, job)).job.progress).toMatchObject({ succeeded: 6, refused: 0 });
});

test("a machine that is gone at a later attempt may have been the job's doing: the report says that nobody knows", async () => {
  const { world, yard } = await yardOf(6, 6);
  let isAway = true;
  disturb(yard, (id) => (id === "m003" && isAway ? { send: unreachable } : {}));
  const job = await create(yard, world, { send: { event: "go" } });
  await pass(world, 5_000);
  isAway = false;
  world.machine(addressOf("m003")).delete(addressOf("m003"), { actor: "another" });
  const { job: ended, refusals } = await end(yard, world, job);
  expect(ended.progress).toMatchObject({ succeeded: 5, refused: 1 });
  expect(refusals).toMatchObject([{ id: "m003", reason: "MACHINE_GONE" }]);
});

test("a machine that was gone before the job came to it is skipped, at a later attempt, too", async () => {
  const { world, yard } = await yardOf(24, 6);
  world.indexFailure = "D1 is down for writes";
  world.machine(addressOf("m003")).delete(addressOf("m003"), { actor: "another" });
  await pass(world, 20_000);
  let isAway = true;
  disturb(yard, (id) => (id === "m003" && isAway ? { send: unreachable } : {}));
  const job = await create(yard, world, { send: { event: "go" } });
  await pass(world, 3_000);
  isAway = false;
  expect((await end(yard, world, job)).job.progress).toMatchObject({ found: 6, succeeded: 5, skipped: 1 });
});

test.each([false, true])("machines that others have deleted meanwhile are skipped (dry run: %s)", async (isDryRun) => {
  const { world, yard } = await yardOf(7, 6);
  const deleteByAnother = (id: string) => world.machine(addressOf(id)).delete(addressOf(id), { actor: "another" });
  let isAway = true;
  disturb(yard, (id, calls) => {
    const tooLate = (...args: Parameters<MachineCalls["delete"]>) => {
      deleteByAnother(id);
      return calls.delete(...args);
    };
    if (id === "m001") return { delete: tooLate };
    return id === "m002" && isAway ? { delete: unreachable } : {};
  });
  const job = await create(yard, world, { delete: {}, isDryRun });
  await pass(world, 1_000);
  // After an attempt of the job, which has not deleted it either.
  deleteByAnother("m002");
  isAway = false;
  expect((await end(yard, world, job)).job.progress).toMatchObject({ found: 6, succeeded: 4, skipped: 2 });
});

test("a deletion whose answer was lost is the job's own", async () => {
  const { world, yard } = await yardOf(8, 6);
  let isLost = true;
  disturb(yard, (id, calls) => {
    const lose = async (...args: Parameters<MachineCalls["delete"]>) => {
      await calls.delete(...args);
      throw new Error("the answer is lost");
    };
    return id === "m002" && isLost ? { delete: lose } : {};
  });
  const job = await create(yard, world, { delete: {} });
  await pass(world, 1_000);
  isLost = false;
  expect((await end(yard, world, job)).job.progress).toMatchObject({ succeeded: 6, skipped: 0 });
});

test("a dry run asks a machine that has more to do than a turn once, and comes again", async () => {
  const { world, yard } = await yardOf(9, 6);
  let asked = 0;
  const unfinished = { ok: false, reason: "UNAVAILABLE", message: "more to do", isUnfinished: true } as const;
  disturb(yard, (id) =>
    id === "m003" && asked < 3 ? { send: () => ((asked += 1), Promise.resolve(unfinished)) } : {},
  );
  const job = await create(yard, world, { send: { event: "go" }, isDryRun: true });
  await pass(world, 1_000);
  expect(asked).toBe(1);
  expect((await end(yard, world, job)).job.progress).toMatchObject({ succeeded: 6 });
});

test("newer machines are read past in pages, neither one by one nor as fast as the index goes", async () => {
  const { world, yard } = await yardOf(10, 3);
  const prepare = world.d1.prepare.bind(world.d1);
  const reads: number[] = [];
  const job = await create(yard, world, { send: { event: "finish" }, rate: 1 });
  await world.clock.until(Promise.all(range(250).map((index) => createMachine(world, addressOf(`z${index}`)))));
  world.d1.prepare = (sql: string) => {
    if (sql.includes("FROM machines AS machine")) reads.push(world.clock.now);
    return prepare(sql);
  };
  expect((await end(yard, world, job)).job.progress).toMatchObject({ found: 3, succeeded: 3 });
  expect(reads.length).toBeLessThanOrEqual(6);
  for (const [index, at] of reads.entries()) expect(at - (reads[index - 1] ?? 0)).toBeGreaterThanOrEqual(100);
});

test("who may not do it to one machine may not do it to many", async () => {
  const { world, yard } = await yardOf(11, 1);
  const ask = (input: Omit<jobs.CreateJobInput, "filter">) => {
    const principal = { ...OPERATOR, scopes: new Set(["ops"] as const) };
    return world.clock.until(jobs.createJob(yard.house, principal, { filter: { configuration: "loop" }, ...input }));
  };
  const lacks = (scope: string) => ({ reason: "PERMISSION_DENIED", metadata: { scope } });
  await expect(ask({ send: { event: "go" } })).rejects.toMatchObject(lacks("events:send"));
  await expect(ask({ migrate: { to: "v2" } })).rejects.toMatchObject(lacks("machines:write"));
  await expect(ask({ delete: {} })).rejects.toMatchObject(lacks("machines:write"));
});

/** Whatever waits for nothing else has gone on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A job's object alone; the catalog answers when the test says so. */
class Lone {
  readonly sqlite = new DatabaseSync(":memory:");
  job: Job;
  readonly #deps: JobDeps;
  now = 1_000_000;
  alarmAt = 0;
  isInCatalog = false;
  /** What the index answers next, and how much it was asked for. */
  page: { id: string; createdAt: number }[] = [];
  readonly limits: number[] = [];
  #waiting: { readonly work: () => void; readonly answer: PromiseWithResolvers<void> }[] = [];

  constructor() {
    const { sqlite } = this;
    this.#deps = {
      sql: { exec: (query, ...values) => sqlite.prepare(query).all(...values) as Record<string, SqlValue>[] },
      transaction: (work) => work(),
      now: () => this.now,
      random: () => 0,
      setAlarm: (at) => void (this.alarmAt = at),
      deleteAll: async () => {
        for (const { name } of sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()) {
          sqlite.exec(`DROP TABLE ${String(name)}`);
        }
      },
      listMachines: async (_spec, _after, limit) => {
        this.limits.push(limit);
        return this.page.splice(0);
      },
      send: async () => {},
      tell: () => this.#ask(() => (this.isInCatalog = true)),
      forget: () => this.#ask(() => (this.isInCatalog = false)),
      keepMs: () => 1_000,
      log: () => {},
    };
    this.job = new Job(this.#deps);
  }

  /** The object comes back to memory. */
  awake(): void {
    this.job = new Job(this.#deps);
  }

  get tables(): number {
    return Number(this.sqlite.prepare("SELECT count(*) AS n FROM sqlite_master").get()?.["n"]);
  }

  #ask(work: () => void): Promise<void> {
    const answer = Promise.withResolvers<void>();
    this.#waiting.push({ work, answer });
    return answer.promise;
  }

  /** All that was asked of the catalog is done, in that order, and answered or not. */
  async answer(failure?: Error): Promise<void> {
    await settled();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { work, answer } of waiting) {
      work();
      if (failure === undefined) answer.resolve();
      else answer.reject(failure);
    }
    await settled();
  }

  /** The time of the alarm has come. */
  wake(): Promise<void> {
    this.now = Math.max(this.now, this.alarmAt);
    return this.job.wake();
  }
}

const SPEC: JobSpec = {
  id: "j",
  tenant: "t",
  actor: "a",
  filter: { configuration: "loop", labels: [] },
  action: { kind: "delete" },
  isDryRun: false,
  rate: 1,
  expected: 0,
  createdAt: 0,
  content: "c",
};

/** A job that the catalog has, but whose creation was answered with a failure. */
async function abandoned(): Promise<Lone> {
  const lone = new Lone();
  const created = expect(lone.job.create(SPEC)).rejects.toThrow("no answer");
  await lone.answer(new Error("no answer"));
  await created;
  expect(lone).toMatchObject({ isInCatalog: true, alarmAt: lone.now + 60_000 });
  return lone;
}

test("a creation that is repeated when the abandoned one is to be forgotten holds", async () => {
  const lone = await abandoned();
  lone.now = lone.alarmAt;
  const repeat = lone.job.create(SPEC);
  await lone.wake();
  expect(lone.alarmAt).toBeGreaterThan(lone.now);
  await lone.answer();
  expect(await repeat).toMatchObject({ ok: true });
  expect(lone.isInCatalog).toBe(true);
});

test("a creation that is repeated while the abandoned one is being forgotten waits, then begins anew", async () => {
  const lone = await abandoned();
  const woken = lone.wake();
  const repeat = lone.job.create(SPEC);
  await lone.answer();
  await woken;
  expect(lone.isInCatalog).toBe(false);
  await lone.answer();
  expect(await repeat).toMatchObject({ ok: true });
  expect(lone.isInCatalog).toBe(true);
});

test("an abandoned creation is forgotten, also after a failure of the catalog", async () => {
  const lone = await abandoned();
  const first = lone.wake();
  await lone.answer(new Error("no answer"));
  await first;
  const second = lone.wake();
  await lone.answer();
  await second;
  expect(lone).toMatchObject({ isInCatalog: false, tables: 0 });
});

test("of the index no more is read than the rate has use for, unless all of that is newer", async () => {
  const lone = new Lone();
  const created = lone.job.create({ ...SPEC, rate: 2, createdAt: 7 });
  await lone.answer();
  await created;
  const wake = async (page: typeof lone.page): Promise<void> => {
    lone.page = page;
    const woken = lone.wake();
    await lone.answer();
    await woken;
  };
  const own = { id: "a", createdAt: 7 };
  const newer = { id: "b", createdAt: 8 };
  await wake([own, newer]);
  await wake([newer, newer]);
  await wake([...Array.from({ length: 99 }, () => newer), own]);
  await wake([newer]);
  expect(lone.limits).toEqual([2, 2, 100, 2]);
});

test("an object that a later release has written stays as it is", async () => {
  const lone = new Lone();
  const created = lone.job.create(SPEC);
  await lone.answer();
  await created;
  lone.sqlite.exec("UPDATE schema_version SET version = 99");
  lone.awake();
  expect(lone.job.read()).toMatchObject({ ok: true });
  expect(lone.sqlite.prepare("SELECT version FROM schema_version").get()).toEqual({ version: 99 });
});

test("an object of the first release goes on", async () => {
  const lone = new Lone();
  lone.sqlite.exec(`
    CREATE TABLE schema_version (version INTEGER NOT NULL);
    INSERT INTO schema_version VALUES (1);
    CREATE TABLE job (
      only INTEGER PRIMARY KEY CHECK (only = 1), spec TEXT NOT NULL, status TEXT NOT NULL, updated_at INTEGER NOT NULL,
      finished_at INTEGER, found INTEGER NOT NULL DEFAULT 0, succeeded INTEGER NOT NULL DEFAULT 0,
      unchanged INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0,
      chunks INTEGER NOT NULL DEFAULT 0, after_id TEXT, is_cut INTEGER NOT NULL DEFAULT 0,
      next_cut_at INTEGER NOT NULL DEFAULT 0, told_at INTEGER, is_told INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE chunks (
      chunk INTEGER PRIMARY KEY, ids TEXT NOT NULL, lease INTEGER NOT NULL DEFAULT 0, lent_until INTEGER NOT NULL DEFAULT 0,
      due_at INTEGER NOT NULL);
    CREATE TABLE refusals (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, reason TEXT NOT NULL, message TEXT NOT NULL);
    INSERT INTO chunks VALUES (1, '["m"]', 1, 5, 5);
  `);
  const insert = lone.sqlite.prepare(
    "INSERT INTO job (only, spec, status, updated_at, found, chunks, is_cut, told_at) VALUES (1, ?, 'running', 1, 1, 1, 1, 1)",
  );
  insert.run(JSON.stringify({ ...SPEC, createdAt: 900_000 }));
  // Nobody has tried before the job was there; the clocks of hosts may differ.
  expect(lone.job.take(1)).toMatchObject({ ids: ["m"], lease: 2, triedSince: 895_000 });
  lone.job.report(1, 2, [{ id: "m", outcome: "succeeded" }]);
  const woken = lone.wake();
  await lone.answer();
  await woken;
  expect(lone.job.read()).toMatchObject({ job: { status: "finished", progress: { succeeded: 1 } } });
});
