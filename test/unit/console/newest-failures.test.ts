/** The newest of a feed that goes oldest first. */
import { describe, expect, test } from "vitest";
import {
  cursorBefore,
  MOST_READ,
  readNewest,
  readOn,
  withNewer,
  type ReadPage,
} from "../../../src/console/pages/failures/newest-failures.ts";

const NOW = 1_800_000_000_000;
const DAY_MS = 86_400_000;

/** A feed with an entry at each of these positions, which counts its reads. */
function feedOf(positions: readonly number[], pageSize: number): { read: ReadPage<number>; reads: () => number } {
  let reads = 0;
  const read: ReadPage<number> = async (after) => {
    reads++;
    const items = positions.filter((at) => at > Number(after)).slice(0, pageSize);
    return { items, nextCursor: String(items.at(-1) ?? after) };
  };
  return { read, reads: () => reads };
}

const countTo = (count: number, from: number): number[] => Array.from({ length: count }, (_, i) => from + i);

describe("reading on", () => {
  test("goes to the end, over as many pages as that takes, and turns them round", async () => {
    const { read } = feedOf(countTo(25, 1), 10);
    const stretch = await readOn(read, "5", 10);
    expect(stretch.items).toEqual(countTo(20, 6).toReversed());
    expect(stretch).toMatchObject({ cursor: "25", isCut: false, after: "5" });
  });

  test("ends at the bound, and says so", async () => {
    const { read, reads } = feedOf(countTo(MOST_READ * 3, 1), 100);
    const stretch = await readOn(read, "", 100);
    expect(stretch.items).toHaveLength(MOST_READ);
    expect(stretch).toMatchObject({ isCut: true, cursor: String(MOST_READ) });
    expect(reads()).toBe(MOST_READ / 100);
  });
});

describe("the newest", () => {
  test("are those of the last minute where there are enough of them, in one look", async () => {
    const old = countTo(10_000, NOW - 2 * DAY_MS);
    const { read, reads } = feedOf([...old, ...countTo(60, NOW - 1_000)], 100);
    const { items } = await readNewest(read, 100, NOW);
    expect(items).toEqual(countTo(60, NOW - 1_000).toReversed());
    expect(reads()).toBe(1);
  });

  test("are looked for further back until there are enough, and in the end in everything", async () => {
    const positions = [NOW - 90 * DAY_MS, NOW - 3_600_000, NOW - 5];
    const { read } = feedOf(positions, 100);
    const stretch = await readNewest(read, 100, NOW);
    expect(stretch.items).toEqual(positions.toReversed());
    expect(stretch.after).toBe("");
  });

  test("are not lost among too many older ones", async () => {
    const { read } = feedOf([...countTo(MOST_READ + 500, NOW - 3_600_000), NOW - 7, NOW - 5], 100);
    const stretch = await readNewest(read, 100, NOW);
    expect(stretch.items).toEqual([NOW - 5, NOW - 7]);
    expect(stretch.isCut).toBe(false);
  });

  test("of nothing are nothing", async () => {
    const { read } = feedOf([], 100);
    expect(await readNewest(read, 100, NOW)).toMatchObject({ items: [], isCut: false, after: "" });
  });
});

test("what comes later stands in front, and the oldest are let go", async () => {
  const first = await readOn(feedOf(countTo(MOST_READ - 1, 1), 100).read, "", 100);
  const newer = await readOn(feedOf(countTo(MOST_READ + 2, 1), 100).read, first.cursor, 100);
  const { items, cursor } = withNewer(first, newer);
  expect(items).toHaveLength(MOST_READ);
  expect(items.slice(0, 4)).toEqual([MOST_READ + 2, MOST_READ + 1, MOST_READ, MOST_READ - 1]);
  expect(cursor).toBe(String(MOST_READ + 2));
});

test("the cursor before a span is an instant, and before everything there is none", () => {
  expect(cursorBefore(1_500.5, NOW)).toBe(String(NOW - 1_501));
  expect(cursorBefore(Number.POSITIVE_INFINITY, NOW)).toBe("");
  expect(cursorBefore(NOW * 2, NOW)).toBe("0");
});
