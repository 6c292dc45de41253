/** The lag of the index is that of the writer that is furthest behind, and never fails a list. */
import { expect, test } from "vitest";
import { measureIndexLag } from "../../src/catalog/index-lag.ts";

const behind = (ms: number) => ({ lagMs: () => Promise.resolve(ms) });

test.each([
  ["nobody is behind", [behind(0), behind(0)], 0],
  ["one is", [behind(30), behind(1_200)], 1_200],
  ["one cannot be reached", [behind(30), { lagMs: () => Promise.reject(new Error("overloaded")) }], 1_000],
  ["more than a uint32 can say", [behind(2 ** 33)], 2 ** 32 - 1],
])("%s", async (_name, writers, expected) => {
  expect(await measureIndexLag(writers)).toBe(expected);
});

test("a writer that does not answer is waited for a second, and counts as that second", async () => {
  const startedAt = performance.now();
  expect(await measureIndexLag([behind(3), { lagMs: () => new Promise(() => {}) }])).toBe(1_000);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});
