/** The index believes the newest write of the newest life, whatever order writes arrive in. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { IndexEntry } from "../../src/catalog/index-entry.ts";
import { writeIndex } from "../../src/catalog/machine-index.ts";
import { indexWriterOf, type Bindings } from "../../src/env.ts";

const bindings = env as unknown as Bindings;
const { CATALOG } = bindings;

function entry(id: string, createdAt: number, change: number, state: string): IndexEntry {
  const common = { tenant: "t", configuration: "c", version: "v1", labels: "{}", updatedAt: 1, events: [] };
  return { ...common, id, createdAt, change, revision: change, state };
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

/** D1 takes so many bytes in a bound value; the local one takes more, so the bytes are counted. */
const LARGEST_BOUND_BYTES = 2_000_000;

test("more than D1 takes in one statement is written in several, and all of it", async () => {
  const writer = indexWriterOf(bindings, { tenant: "t", configuration: "c", id: "many" });
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
    await instance.write(entries, true);
    Object.assign(instance, { env: bindings });
  });
  expect(bound.length).toBeGreaterThan(1);
  expect(Math.max(...bound)).toBeLessThanOrEqual(LARGEST_BOUND_BYTES);
  const query = CATALOG.prepare("SELECT count(*) AS count FROM machines WHERE tenant = 't' AND state = 'many'");
  expect((await query.first<{ count: number }>())?.count).toBe(600);
});
