/** The index believes the newest write of the newest life, whatever order writes arrive in. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { IndexEntry } from "../../src/catalog/index-entry.ts";
import { writeIndex } from "../../src/catalog/machine-index.ts";
import type { Bindings } from "../../src/env.ts";

const { CATALOG } = env as unknown as Bindings;

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
