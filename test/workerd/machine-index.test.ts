/** The index believes the newest write of the newest life, whatever order writes arrive in. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { deleteMachine } from "../../src/catalog/housekeeping.ts";
import type { IndexWriterObject } from "../../src/catalog/index-writer-object.ts";
import type { IndexEntry } from "../../src/catalog/index-entry.ts";
import { forgetNotifications, writeIndex } from "../../src/catalog/machine-index.ts";
import { indexWriterOf, type Bindings } from "../../src/env.ts";

const bindings = env as unknown as Bindings;
const { CATALOG } = bindings;

function entry(id: string, createdAt: number, change: number, state: string): IndexEntry {
  const common = { tenant: "t", configuration: "c", version: "v1", labels: "{}", updatedAt: 1 };
  const nothingElse = { dueAt: null, retiredAt: null, isNew: false, transitions: [], refusals: [], lookups: [] };
  return { ...common, ...nothingElse, id, createdAt, change, revision: change, state };
}

async function stateOf(id: string): Promise<unknown> {
  const query = CATALOG.prepare("SELECT state FROM machines WHERE tenant = 't' AND id = ?").bind(id);
  return (await query.first<{ state: string }>())?.state;
}

test.each([
  ["a late write of the same life", [entry("late", 5, 2, "new"), entry("late", 5, 1, "old")]],
  ["a write of an earlier life, whatever its change", [entry("life", 6, 0, "new"), entry("life", 5, 9, "old")]],
  ["the same write again", [entry("same", 5, 1, "new"), entry("same", 5, 1, "old")]],
])("%s does not win", async (_name, [first, second]) => {
  if (first === undefined || second === undefined) throw new Error("two writes");
  await writeIndex(CATALOG, [first]);
  await writeIndex(CATALOG, [second]);
  expect(await stateOf(first.id)).toBe("new");
});

test("a newer write wins, also inside one batch", async () => {
  await writeIndex(CATALOG, [entry("batch", 5, 1, "old"), entry("batch", 5, 2, "new")]);
  expect(await stateOf("batch")).toBe("new");
  await writeIndex(CATALOG, [entry("batch", 5, 3, "newer")]);
  expect(await stateOf("batch")).toBe("newer");
});

test("a late write of a machine that is gone does not bring it back", async () => {
  await writeIndex(CATALOG, [{ ...entry("gone", 5, 3, "end"), retiredAt: 9 }]);
  await writeIndex(CATALOG, [entry("gone", 5, 2, "old")]);
  const row = await CATALOG.prepare("SELECT retired_at, state FROM machines WHERE id = 'gone'").first();
  expect(row).toEqual({ retired_at: 9, state: "end" });
});

test("a new life brings its version along, and a late write of the earlier one does not", async () => {
  const versionOf = async () =>
    (await CATALOG.prepare("SELECT version FROM machines WHERE id = 'v'").first())?.["version"];
  await writeIndex(CATALOG, [entry("v", 5, 1, "a")]);
  await writeIndex(CATALOG, [{ ...entry("v", 6, 0, "a"), version: "v2", isNew: true }]);
  expect(await versionOf()).toBe("v2");
  await writeIndex(CATALOG, [{ ...entry("v", 5, 2, "a"), isNew: true }]);
  expect(await versionOf()).toBe("v2");
});

const FACT = { kind: "changed", revision: 1, version: "v1", event: "go", from: "a", to: "b", at: 1 } as const;
const WHO = { originator: "", actor: "" };
const REFUSAL = { at: 1, expiresAt: 2, receipt: "{}" };

test("every fact has a position of its own, rising with every write; what is told twice keeps its first", async () => {
  const telling = (id: string, ...eventIds: string[]): IndexEntry => ({
    ...entry(id, 5, 1, "a"),
    transitions: eventIds.map((eventId) => ({ ...FACT, ...WHO, eventId })),
    refusals: eventIds.map((eventId) => ({ ...REFUSAL, eventId: `no-${eventId}` })),
  });
  await writeIndex(CATALOG, [telling("f1", "a", "b"), telling("f2", "c")]);
  await writeIndex(CATALOG, [telling("f1", "b", "d")]);
  const positions = async (table: string) => {
    const query = `SELECT event_id, seq FROM ${table} WHERE tenant = 't' AND machine_id IN ('f1', 'f2') ORDER BY seq`;
    return (await CATALOG.prepare(query).all<{ event_id: string; seq: number }>()).results;
  };
  const transitions = await positions("transitions");
  const failures = await positions("failures");
  expect(transitions.map(({ event_id }) => event_id)).toEqual(["a", "b", "c", "d"]);
  expect(failures.map(({ event_id }) => event_id)).toEqual(["no-a", "no-b", "no-c", "no-d"]);
  const all = [...transitions, ...failures].map(({ seq }) => seq);
  expect(new Set(all).size).toBe(all.length);
  const head = await CATALOG.prepare("SELECT seq FROM feed_head").first<{ seq: number }>();
  expect(Math.max(...all)).toBeLessThanOrEqual(head?.seq ?? 0);
});

test("positions begin far above what a former database of the deployment has given out", async () => {
  const head = await CATALOG.prepare("SELECT seq FROM feed_head").first<{ seq: number }>();
  expect(head?.seq).toBeGreaterThan(Date.now() - 60_000);
});

/** Rows that D1 says it has written for `work`. */
async function rowsOf(work: (db: D1Database) => Promise<void>): Promise<number> {
  let rows = 0;
  const note = (result: D1Result): D1Result => {
    rows += result.meta.rows_written;
    return result;
  };
  const counted = {
    prepare: (sql: string) => ({
      bind: (...params: unknown[]) => {
        const bound = CATALOG.prepare(sql).bind(...params);
        const run = bound.run.bind(bound);
        return Object.assign(bound, { run: async () => note(await run()) });
      },
    }),
    batch: async (statements: D1PreparedStatement[]) => (await CATALOG.batch(statements)).map(note),
  } as unknown as D1Database;
  await work(counted);
  return rows;
}

test("rows written: three for a machine, two for an accepted event, four for a refused one; of all together one for the feeds' head, one for the day's count", async () => {
  await writeIndex(CATALOG, [entry("rows", 5, 1, "a")]);
  const moved = { ...entry("rows", 5, 2, "b"), updatedAt: 2 };
  expect(await rowsOf((db) => writeIndex(db, [moved]))).toBe(3);
  const accepted = { ...moved, change: 3, transitions: [{ ...FACT, ...WHO, eventId: "one" }] };
  expect(await rowsOf((db) => writeIndex(db, [accepted]))).toBe(3 + 2 + 2);
  const refused = { ...moved, change: 4, refusals: [{ ...REFUSAL, eventId: "two" }] };
  expect(await rowsOf((db) => writeIndex(db, [refused]))).toBe(3 + 2 + 4);
});

/** `name=value` of each label that lists find the machine by. */
async function labelsOf(id: string): Promise<string[]> {
  const sql = "SELECT name || '=' || value AS label FROM machine_labels WHERE tenant = 't' AND machine_id = ?";
  const { results } = await CATALOG.prepare(sql).bind(id).all<{ label: string }>();
  return results.map(({ label }) => label);
}

test("rows written for labels: one for each when a machine is new, when they change or it ends; none for an event", async () => {
  const labels = JSON.stringify({ a: "1", b: "2" });
  const first = { ...entry("labels", 5, 1, "a"), labels, isNew: true };
  const plain = await rowsOf((db) => writeIndex(db, [{ ...entry("plain", 5, 1, "a"), isNew: true }]));
  expect(await rowsOf((db) => writeIndex(db, [first]))).toBe(plain + 2);
  expect(await labelsOf("labels")).toEqual(["a=1", "b=2"]);
  expect(await rowsOf((db) => writeIndex(db, [{ ...first, change: 2, isNew: false }]))).toBe(3);
  const changed = { ...first, change: 3, isNew: false, labels: JSON.stringify({ a: "9" }) };
  expect(await rowsOf((db) => writeIndex(db, [changed]))).toBe(3 + 2 + 1);
  expect(await labelsOf("labels")).toEqual(["a=9"]);
  // Late, or the same again: nothing.
  expect(await rowsOf((db) => writeIndex(db, [first, changed]))).toBe(0);
  expect(await labelsOf("labels")).toEqual(["a=9"]);
  const retired = { ...changed, change: 4, retiredAt: 9 };
  await writeIndex(CATALOG, [retired]);
  expect(await labelsOf("labels")).toEqual([]);
  await writeIndex(CATALOG, [{ ...first, createdAt: 10, change: 0 }]);
  expect(await labelsOf("labels")).toEqual(["a=1", "b=2"]);
});

test("a row's labels go with it, unless it was written since", async () => {
  const row = { ...entry("deleted", 5, 1, "a"), labels: '{"a":"1"}' };
  await writeIndex(CATALOG, [row]);
  await deleteMachine(CATALOG, { ...row, change: 0 });
  expect(await labelsOf("deleted")).toEqual(["a=1"]);
  await deleteMachine(CATALOG, row);
  expect([await labelsOf("deleted"), await stateOf("deleted")]).toEqual([[], undefined]);
});

test("two that fail in one millisecond are two failures; one that is written again is one", async () => {
  const failed = { ...REFUSAL, tenant: "t", configuration: "twice", id: "m", eventId: "e", notification: "{}" };
  const [first, second] = ["1", "2"].map((failureId) => ({ ...failed, failureId }));
  if (first === undefined || second === undefined) throw new Error("two failures");
  await writeIndex(CATALOG, [], [first, second]);
  await writeIndex(CATALOG, [], [first]);
  await forgetNotifications(CATALOG, [first]);
  const rows = "SELECT failure_id, notification FROM failures WHERE configuration = 'twice' ORDER BY seq";
  expect((await CATALOG.prepare(rows).all()).results).toEqual([
    { failure_id: "1", notification: null },
    { failure_id: "2", notification: "{}" },
  ]);
});

test("a failed event writes five rows, one for the feeds' head, one for the day's count, and one more once the queue has its notification", async () => {
  const failed = {
    ...REFUSAL,
    tenant: "t",
    configuration: "c",
    id: "m",
    eventId: "failed",
    failureId: "f",
    notification: "{}",
  };
  expect(await rowsOf((db) => writeIndex(db, [], [failed]))).toBe(5 + 2);
  expect(await rowsOf((db) => forgetNotifications(db, [failed]))).toBe(1);
});

/** D1 takes so many bytes in a bound value; the local one takes more, so the bytes are counted. */
const LARGEST_BOUND_BYTES = 2_000_000;

test("more than D1 takes in one statement is written in several, and all of it", async () => {
  const address = { tenant: "t", configuration: "c", id: "many" };
  const writer = indexWriterOf(bindings, address) as unknown as DurableObjectStub<IndexWriterObject>;
  const labels = JSON.stringify({ note: "\u65e5".repeat(1_300) });
  const entries = Array.from({ length: 600 }, (_, index) => ({ ...entry(`many-${index}`, 5, 1, "many"), labels }));
  const bound: number[] = [];
  await runInDurableObject(writer, async (instance) => {
    const watched = {
      prepare: (sql: string) => ({
        bind: (json: string) => {
          bound.push(new TextEncoder().encode(json).byteLength);
          return CATALOG.prepare(sql).bind(json);
        },
      }),
      batch: (statements: D1PreparedStatement[]) => CATALOG.batch(statements),
    };
    Object.assign(instance, { env: { ...bindings, CATALOG: watched } });
    await Promise.all(entries.map((one) => instance.write(one, true)));
    Object.assign(instance, { env: bindings });
  });
  expect(bound.length).toBeGreaterThan(1);
  expect(Math.max(...bound)).toBeLessThanOrEqual(LARGEST_BOUND_BYTES);
  const query = CATALOG.prepare("SELECT count(*) AS count FROM machines WHERE tenant = 't' AND state = 'many'");
  expect((await query.first<{ count: number }>())?.count).toBe(600);
});
