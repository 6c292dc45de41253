/**
 * A follower of a feed under concurrent load misses nothing: real index-writers on the real D1, told at random by many
 * machines, while batches are held up, fail, fail although they are committed, or are committed after they have failed,
 * and writers are evicted.
 */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env, waitUntil } from "cloudflare:workers";
import { expect, test } from "vitest";
import { FeedWait } from "../../src/catalog/feed-wait.ts";
import type { IndexWriterObject } from "../../src/catalog/index-writer-object.ts";
import type { FailedEvent, IndexEntry, IndexWriterCalls } from "../../src/catalog/index-entry.ts";
import type { Bindings } from "../../src/env.ts";
import { EVERY_SCOPE } from "../../src/auth/scope.ts";
import { listFailures, listTransitions, type ReadFeedInput } from "../../src/service/feeds.ts";
import type { House } from "../../src/service/house.ts";
import { Chance } from "../unit/simulation/random.ts";
import { createHouse } from "./seed.ts";

const { CATALOG, INDEX_WRITERS } = env as unknown as Bindings;
const chance = new Chance(7);
const sleep = (ms: number) => scheduler.wait(ms);

const TENANT = `t${crypto.randomUUID()}`;
const CONFIGURATIONS = ["orders", "carts", "parcels"];
const MACHINES = 120;
/** Of each machine; together with what finds no machine, 10,000 rows. */
const CHANGES = 60;
const REFUSALS = 20;
const FAILED = 400;
const WRITERS = 4;

const writerOf = (shard: number) => INDEX_WRITERS.getByName(`followed-${shard}`);

let faults = 0;

/** Makes what a writer asks of D1 late, or fail before, after or long before it is done. */
async function trouble(shard: number): Promise<void> {
  await runInDurableObject(writerOf(shard), (instance: IndexWriterObject, state) => {
    const batch = async (statements: D1PreparedStatement[]) => {
      const fate = chance.next();
      await sleep(chance.below(120));
      if (fate < 0.24) faults += 1;
      if (fate < 0.08) throw new Error("D1_ERROR: Network connection lost.");
      if (fate < 0.16) {
        const late = async () => {
          await sleep(chance.below(500));
          await CATALOG.batch(statements);
        };
        state.waitUntil(late());
        throw new Error("D1 did not answer in time");
      }
      const results = await CATALOG.batch(statements);
      if (fate < 0.24) throw new Error("D1_ERROR: Network connection lost.");
      return results;
    };
    const bindings = { CATALOG: { prepare: (sql: string) => CATALOG.prepare(sql), batch } };
    Object.defineProperty(instance, "env", { value: { ...env, ...bindings } });
  });
}

/** Has writers forget what they know, as often as they are idle. */
async function evictWriters(isOver: () => boolean): Promise<number> {
  let evicted = 0;
  while (!isOver()) {
    await sleep(400 + chance.below(800));
    const shard = chance.below(WRITERS);
    try {
      await evictDurableObject(writerOf(shard));
    } catch (error) {
      // On a busy machine a writer may not be idle for as long as is waited for it.
      if (!String(error).includes("still has active references")) throw error;
      continue;
    }
    evicted += 1;
    await trouble(shard);
  }
  return evicted;
}

/** Whether a writer says that it is written. */
async function isTold(work: Promise<{ readonly ok: boolean }>): Promise<boolean> {
  return await work.then(({ ok }) => ok).catch(() => false);
}

/** A machine that decides at random and tells what it has decided, in its order, until the writer has taken it. */
async function runMachine(number: number): Promise<void> {
  const configuration = CONFIGURATIONS[number % CONFIGURATIONS.length] ?? "";
  const row = {
    tenant: TENANT,
    configuration,
    id: `m${number}`,
    version: "v1",
    state: "a",
    labels: "{}",
    createdAt: Date.now(),
    dueAt: null,
    retiredAt: null,
    lookups: [],
  };
  const decided = { changes: 0, refusals: 0 };
  const told = { changes: 0, refusals: 0 };
  while (told.changes < CHANGES || told.refusals < REFUSALS) {
    await sleep(chance.below(400));
    decided.changes = Math.min(CHANGES, decided.changes + chance.below(8));
    decided.refusals = Math.min(REFUSALS, decided.refusals + chance.below(4));
    const reached = { ...decided };
    const at = Date.now();
    const numbersOf = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index + 1);
    const fact = {
      kind: "changed",
      version: "v1",
      event: "go",
      from: "a",
      to: "a",
      originator: "",
      actor: "",
    } as const;
    const entry: IndexEntry = {
      ...row,
      revision: reached.changes,
      change: reached.changes + reached.refusals,
      updatedAt: at,
      isNew: told.changes === 0,
      transitions: numbersOf(told.changes, reached.changes).map((revision) => {
        return { ...fact, eventId: `e${revision}`, revision, at };
      }),
      refusals: numbersOf(told.refusals, reached.refusals).map((revision) => {
        const receipt = { machine: { configuration, id: row.id }, revision, result: "refused" };
        const expiresAt = at + 1_000_000;
        return { eventId: `no${revision}`, at: row.createdAt, expiresAt, receipt: JSON.stringify(receipt) };
      }),
    };
    if (await isTold(writerOf(number % WRITERS).write(entry, chance.next() < 0.2))) Object.assign(told, reached);
  }
}

/** Events that found no machine, one after the other, each until it is recorded. */
async function runStranger(shard: number): Promise<void> {
  for (let revision = 1; revision <= FAILED / WRITERS; revision += 1) {
    const configuration = chance.pick(CONFIGURATIONS);
    const at = Date.now();
    const id = `nobody${shard}`;
    const receipt = { machine: { configuration, id }, revision, result: "failed" };
    const failed: FailedEvent = {
      tenant: TENANT,
      configuration,
      id,
      eventId: `f${revision}`,
      failureId: `${revision}`,
      at,
      expiresAt: at + 1_000_000,
      receipt: JSON.stringify(receipt),
      notification: JSON.stringify({ id: crypto.randomUUID(), type: "detent.event.failed.v1", source: "/t" }),
    };
    const record = async () => (await writerOf(shard).recordFailures([failed]))[0] ?? { ok: false };
    while (!(await isTold(record()))) await sleep(chance.below(50));
  }
}

interface Noted {
  readonly machine: string;
  readonly configuration: string;
  readonly number: number;
}

type Read = (input: ReadFeedInput) => Promise<{ readonly items: readonly Noted[]; readonly nextCursor: string }>;

const writers: IndexWriterCalls[] = Array.from({ length: WRITERS }, (_, shard) => writerOf(shard));
const house: House = {
  ...createHouse(),
  awaitFeed: (topic, ms, signal) => new FeedWait({ writers, topic, ms, signal, background: waitUntil }),
};
const WHO = { tenant: TENANT, actor: "", scopes: EVERY_SCOPE } as const;

const FEEDS: Readonly<Record<"transitions" | "failures", Read>> = {
  transitions: async (input) => {
    const { transitions, nextCursor } = await listTransitions(house, WHO, input);
    const items = transitions.map(({ id, configuration, revision }) => ({
      machine: id,
      configuration,
      number: revision,
    }));
    return { items, nextCursor };
  },
  failures: async (input) => {
    const { failures, nextCursor } = await listFailures(house, WHO, input);
    const items = failures.map(({ machine, revision }) => {
      return { machine: machine.id, configuration: machine.configuration, number: revision };
    });
    return { items, nextCursor };
  },
};

/**
 * Follows until everything is told and nothing comes any more. Now and then it is killed with a page in its hands, and
 * goes on where it had noted it was.
 */
async function follow(feed: keyof typeof FEEDS, configuration: string, isOver: () => boolean): Promise<Noted[]> {
  const noted: Noted[] = [];
  let cursor = "";
  for (;;) {
    const wasOver = isOver();
    const pageSize = chance.pick([1, 3, 17, 100, 1_000]);
    const wait = wasOver ? "" : chance.pick(["", "300ms", "PT2S"]);
    const { items, nextCursor } = await FEEDS[feed]({ configuration, after: cursor, pageSize, wait });
    if (items.length > 0 && nextCursor === cursor) throw new Error("a page with entries, and the cursor stands still");
    if (chance.next() < 0.1) continue;
    noted.push(...items);
    cursor = nextCursor;
    if (items.length === 0 && wasOver) return noted;
    await sleep(chance.below(60));
  }
}

/** Each row once, of each machine in its order; what stands in the way, as text. */
function complaintsOf(noted: readonly Noted[], expected: ReadonlyMap<string, number>): string[] {
  const last = new Map<string, number>();
  const complaints: string[] = [];
  for (const { machine, number } of noted) {
    const due = (last.get(machine) ?? 0) + 1;
    if (number !== due) complaints.push(`${machine}: ${number} came where ${due} was due`);
    last.set(machine, number);
  }
  for (const [machine, count] of expected) {
    if (last.get(machine) !== count) complaints.push(`${machine}: ended with ${last.get(machine)} of ${count}`);
  }
  for (const machine of last.keys()) if (!expected.has(machine)) complaints.push(`${machine} is not followed`);
  return complaints;
}

test("10,000 rows, told late, again and out of turn: every follower has each once, in the order of its machine", async () => {
  const shards = Array.from({ length: WRITERS }, (_, shard) => shard);
  for (const shard of shards) await trouble(shard);
  let isOver = false;
  const followers = (["transitions", "failures"] as const).flatMap((feed) =>
    ["", "", ...CONFIGURATIONS].map((configuration) => ({
      feed,
      configuration,
      noted: follow(feed, configuration, () => isOver),
    })),
  );
  const evictions = evictWriters(() => isOver);
  const machines = Array.from({ length: MACHINES }, (_, number) => number);
  await Promise.all([...machines.map(runMachine), ...shards.map(runStranger)]);
  // What was committed after it had failed.
  await sleep(700);
  isOver = true;
  expect(await evictions).toBeGreaterThan(0);
  expect(faults).toBeGreaterThan(50);
  let rows = 0;
  for (const { feed, configuration, noted } of followers) {
    const isFollowed = (number: number) =>
      configuration === "" || CONFIGURATIONS[number % CONFIGURATIONS.length] === configuration;
    const counts = machines.filter(isFollowed).map((number): [string, number] => {
      return [`m${number}`, feed === "transitions" ? CHANGES : REFUSALS];
    });
    const strangers = shards.map((shard): [string, number] => [`nobody${shard}`, FAILED / WRITERS]);
    // A stranger's failures go round the configurations; where all are followed they have an order.
    const isWhole = configuration === "" && feed === "failures";
    const found = (await noted).filter(({ machine }) => isWhole || !machine.startsWith("nobody"));
    expect(complaintsOf(found, new Map([...counts, ...(isWhole ? strangers : [])]))).toEqual([]);
    expect((await noted).every((row) => configuration === "" || row.configuration === configuration)).toBe(true);
    if (configuration === "") rows += found.length / 2;
  }
  expect(rows).toBe(10_000);
});
