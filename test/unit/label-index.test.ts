/** Lists find a machine by the labels it has, and by no others, in whatever order its tellings arrive. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { deleteMachine, pruneTombstones } from "../../src/catalog/housekeeping.ts";
import type { IndexEntry, MachineRow } from "../../src/catalog/index-entry.ts";
import { restoreLabels } from "../../src/catalog/label-index.ts";
import { writeIndex } from "../../src/catalog/machine-index.ts";
import { beginRebuild, continueRebuild } from "../../src/upkeep/rebuild.ts";
import { createD1 } from "./simulation/sqlite-d1.ts";

const createIndex = () => createD1((work) => Promise.resolve(work()));
type Index = ReturnType<typeof createIndex>["sqlite"];

const IDS = ["m", "n", "\u00e9/\"'"];
// No backslash beside a quote: V8 13.6 parses the key `"` as `\` in an object of the shape of an earlier one that had it.
const label = fc.constantFrom("", "a", "b", "a.b", '"', "\u65e5\u672c", "__proto__", "1", "{}", "\n");
/** Often the same: a machine that ends, and one that lives again, may have the labels that the row has. */
const labels = fc.oneof(
  fc.constant('{"a":"1"}'),
  fc.array(fc.tuple(label, label), { maxLength: 3 }).map((entries) => JSON.stringify(Object.fromEntries(entries))),
);

/** A machine ends with its last change: two tellings of one change never differ in that. */
const LAST_CHANGE = 4;
const telling = fc
  .record({
    id: fc.constantFrom(...IDS),
    createdAt: fc.integer({ min: 1, max: 3 }),
    change: fc.integer({ min: 0, max: LAST_CHANGE }),
    labels,
  })
  .map((told) => ({ ...told, retiredAt: told.change === LAST_CHANGE ? 9 : null }));
type Telling = Pick<IndexEntry, "id" | "createdAt" | "change" | "labels" | "retiredAt">;

function toEntry(told: Telling): IndexEntry {
  const common = { tenant: "t", configuration: "c", version: "v1", state: "a", revision: 0, updatedAt: 1, dueAt: null };
  return { ...told, ...common, isNew: true, transitions: [], refusals: [], lookups: [] };
}

type Step = { readonly write: readonly Telling[] } | { readonly delete: string } | { readonly prune: true };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ write: fc.array(telling, { minLength: 1, maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ delete: fc.constantFrom(...IDS) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ prune: true }) },
);

/** What lists find, as `[id, name, value]`. */
function indexed(sqlite: Index): string[] {
  const rows = sqlite.prepare("SELECT machine_id, name, value FROM machine_labels").all();
  return rows.map(({ machine_id, name, value }) => JSON.stringify([machine_id, name, value])).toSorted();
}

/** The rows there have to be, by a model: of each id the first telling of its newest change. */
class Model {
  readonly rows = new Map<string, Telling>();

  write(told: Telling): void {
    const known = this.rows.get(told.id);
    const age = known && (told.createdAt - known.createdAt || told.change - known.change);
    if (age === undefined || age > 0) this.rows.set(told.id, told);
  }

  labels(): string[] {
    const living = [...this.rows.values()].filter(({ retiredAt }) => retiredAt === null);
    return living
      .flatMap(({ id, labels: text }) =>
        Object.entries(JSON.parse(text) as Record<string, string>).map((entry) => JSON.stringify([id, ...entry])),
      )
      .toSorted();
  }
}

test("after any tellings, in any batches, of any lives: the labels of living machines, as their rows say", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const { d1, sqlite } = createIndex();
      const model = new Model();
      for (const taken of steps) {
        if ("write" in taken) {
          await writeIndex(d1, taken.write.map(toEntry));
          for (const told of taken.write) model.write(told);
        } else if ("delete" in taken) {
          const row = model.rows.get(taken.delete);
          if (row !== undefined) await deleteMachine(d1, toEntry(row));
          model.rows.delete(taken.delete);
        } else {
          await pruneTombstones(d1, 10, 100);
          for (const [id, { retiredAt }] of model.rows) if (retiredAt !== null) model.rows.delete(id);
        }
        expect(indexed(sqlite)).toEqual(model.labels());
        const rows = sqlite.prepare("SELECT id, labels, retired_at FROM machines").all();
        expect(new Set(rows.map((row) => JSON.stringify([row["id"], row["labels"], row["retired_at"]])))).toEqual(
          new Set(Array.from(model.rows.values(), (row) => JSON.stringify([row.id, row.labels, row.retiredAt]))),
        );
      }
      sqlite.close();
    }),
    { numRuns: 300 },
  );
});

const row = (id: string, text: string, retiredAt: number | null = null): MachineRow =>
  toEntry({ id, createdAt: 1, change: 1, labels: text, retiredAt });

test("labels that are missing are restored from the rows, by a rebuild too", async () => {
  const { d1, sqlite } = createIndex();
  const rows = [row("m", '{"a":"1","b":"2"}'), row("n", '{"a":"1"}'), row("gone", '{"a":"1"}', 9)];
  await writeIndex(d1, rows as IndexEntry[]);
  const all = indexed(sqlite);
  expect(all).toEqual(['["m","a","1"]', '["m","b","2"]', '["n","a","1"]']);
  const lose = () => sqlite.exec("DELETE FROM machine_labels WHERE NOT (machine_id = 'm' AND name = 'a')");
  lose();
  await restoreLabels(d1, rows);
  expect(indexed(sqlite)).toEqual(all);
  lose();
  const machine = () => ({ reindex: () => Promise.resolve({ ok: true, value: "right" }) }) as never;
  await continueRebuild({ db: d1, jurisdiction: "", machine, now: () => 1 }, "t", beginRebuild(1));
  expect(indexed(sqlite)).toEqual(all);
});
