/** What a load remembers of itself, whatever tore its file. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findEarlier, Journal, readJournal } from "../../../src/cli/load/journal.ts";
import type { JournalEntry } from "../../../src/cli/load/journal-entry.ts";

const HEADER = { detent_load: 1, file: "/orders.ndjson", sha256: "abc", url: "http://localhost" } as const;

/** Of the file. */
const LAST_LINE = 20;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "detent-journal-"));
});
afterAll(async () => {
  await rm(dir, { recursive: true });
});

function entryOf(line: number): JournalEntry {
  if (line % 3 !== 0) return { done: [[line, line]], applied: 1, duplicates: line % 2, failures: [] };
  const failure = { line, outcome: "refused", reason: "GUARD_REJECTED", message: `é ${line}` } as const;
  return { done: [[line, line]], applied: 0, duplicates: 0, failures: [failure] };
}

async function write(file: string, lines: readonly number[], isGoingOn = false): Promise<void> {
  const journal = await Journal.open(file, HEADER, isGoingOn);
  for (const [index, line] of lines.entries()) {
    journal.add(entryOf(line));
    // Some entries are written together, some alone.
    if (index % 4 === 0) await journal.flush();
  }
  await journal.flush();
  await journal.close();
}

test("what was written is read again, counted", async () => {
  const file = join(dir, "whole.journal");
  await write(file, [1, 2, 3, 5, 6]);
  const read = await readJournal(file, HEADER, LAST_LINE);
  expect(read?.done.watermark).toBe(3);
  expect([4, 5, 6, 7].map((line) => read?.done.has(line))).toEqual([false, true, true, false]);
  expect(read?.tally.counts).toEqual({ applied: 3, duplicates: 2, refused: 2, invalid: 0 });
  expect(read?.tally.failures.map(({ line, message }) => [line, message])).toEqual([
    [3, "é 3"],
    [6, "é 6"],
  ]);
});

test("cut off at any byte it says nothing that was not so, and takes what comes next", async () => {
  const whole = join(dir, "torn.journal");
  await write(whole, [1, 2, 3, 4, 5, 6, 7, 8]);
  const bytes = await readFile(whole);
  const lines = fc.integer({ min: 0, max: bytes.byteLength });
  await fc.assert(
    fc.asyncProperty(lines, fc.boolean(), async (length, isZeroed) => {
      const file = join(dir, "cut.journal");
      // After a power cut a file may have its length and not its content.
      await writeFile(
        file,
        isZeroed ? Buffer.concat([bytes.subarray(0, length), Buffer.alloc(9)]) : bytes.subarray(0, length),
      );
      const read = await readJournal(file, HEADER, LAST_LINE);
      const kept = read?.done.watermark ?? 0;
      expect(read?.tally.decided ?? 0).toBe(kept);
      await write(file, [kept + 1, kept + 2], read !== undefined);
      const again = await readJournal(file, HEADER, LAST_LINE);
      expect([again?.done.watermark, again?.tally.decided]).toEqual([kept + 2, kept + 2]);
    }),
  );
});

test("the journal of another content, or of another service, is none", async () => {
  const file = join(dir, "other.journal");
  await write(file, [1]);
  expect(await readJournal(file, { ...HEADER, sha256: "def" }, LAST_LINE)).toBeUndefined();
  expect(await readJournal(file, { ...HEADER, url: "http://elsewhere" }, LAST_LINE)).toBeUndefined();
  expect(await readJournal(join(dir, "none.journal"), HEADER, LAST_LINE)).toBeUndefined();
});

test("it is known whether the file had another content when its load was interrupted", async () => {
  const own = await mkdtemp(join(dir, "own-"));
  expect(await findEarlier(join(own, "nowhere"), HEADER)).toEqual([]);
  const file = join(own, "a.journal");
  await write(file, [1]);
  expect(await findEarlier(own, HEADER)).toEqual([]);
  expect(await findEarlier(own, { ...HEADER, sha256: "def" })).toEqual([file]);
  expect(await findEarlier(own, { ...HEADER, sha256: "def", file: "/other.ndjson" })).toEqual([]);
  expect(await findEarlier(own, { ...HEADER, sha256: "def", url: "http://elsewhere" })).toEqual([]);
  expect(await readdir(own)).toEqual(["a.journal"]);
});

test("a journal that cannot be written says so", async () => {
  await expect(Journal.open("/dev/full", HEADER, false)).rejects.toThrow("the journal /dev/full cannot be written");
  await expect(Journal.open(join(dir, "whole.journal/below"), HEADER, false)).rejects.toThrow("cannot be written");
});

test("a journal that is damaged says what holds in it, each line once", async () => {
  const good = (line: number, others: object = {}) => ({ ...entryOf(line), ...others });
  const failure = { line: 4, outcome: "refused", reason: "R", message: "m" };
  const entries: unknown[] = [
    good(1),
    good(1),
    good(2, { failures: undefined }),
    good(2, { applied: "1" }),
    good(2, { applied: 2 }),
    good(2, { applied: -1 }),
    good(2, { duplicates: 2 }),
    good(2, { done: [[1, 1e12]] }),
    good(2, { done: [[2, LAST_LINE + 1]] }),
    good(2, { done: [[3, 2]] }),
    good(2, {
      done: [
        [2, 3],
        [3, 4],
      ],
    }),
    good(2, { done: [[1, 2]] }),
    good(2, { done: [2] }),
    good(2, { done: [[0, 1]] }),
    good(2, { done: [[1.5, 2]] }),
    good(2, { done: null }),
    { done: [[4, 4]], applied: 0, duplicates: 0, failures: [{ ...failure, line: 5 }] },
    { done: [[4, 5]], applied: 0, duplicates: 0, failures: [failure, failure] },
    { done: [[4, 4]], applied: 0, duplicates: 0, failures: [{ ...failure, outcome: "lost" }] },
    { done: [[4, 4]], applied: 0, duplicates: 0, failures: [null] },
    null,
    [],
    7,
    good(2),
    { done: [[4, 4]], applied: 0, duplicates: 0, failures: [failure] },
  ];
  const file = join(dir, "damaged.journal");
  await writeFile(file, [HEADER, ...entries].map((entry) => `${JSON.stringify(entry)}\n`).join(""));
  const read = await readJournal(file, HEADER, LAST_LINE);
  expect(read?.tally.counts).toEqual({ applied: 2, duplicates: 1, refused: 1, invalid: 0 });
  expect([1, 2, 3, 4, 5].map((line) => read?.done.has(line))).toEqual([true, true, false, true, false]);
});

test("many failures at once are all kept, in entries of a bounded size", async () => {
  const file = join(dir, "many.journal");
  const journal = await Journal.open(file, HEADER, false);
  const message = "m".repeat(1_000);
  for (let line = 1; line <= 5_000; line += 1) {
    journal.add({
      done: [[line, line]],
      applied: 0,
      duplicates: 0,
      failures: [{ line, outcome: "invalid", reason: "INVALID_LINE", message }],
    });
  }
  await journal.flush();
  await journal.close();
  const read = await readJournal(file, HEADER, 5_000);
  expect([read?.tally.decided, read?.done.watermark]).toEqual([5_000, 5_000]);
  const longest = Math.max(...(await readFile(file, "utf8")).split("\n").map(({ length }) => length));
  expect(longest).toBeLessThan(512 * 1024);
});

test("an entry that is longer than a line of a load may be is read all the same", async () => {
  const file = join(dir, "long.journal");
  const journal = await Journal.open(file, HEADER, false);
  const failure = { line: 1, outcome: "refused", reason: "R", message: "m".repeat(2 * 1024 * 1024) } as const;
  journal.add({ done: [[1, 1]], applied: 0, duplicates: 0, failures: [failure] });
  await journal.flush();
  await journal.close();
  expect((await readJournal(file, HEADER, LAST_LINE))?.tally.counts.refused).toBe(1);
});
