/** Turns that do one thing and leave the rest: whatever a turn does not come to, the next ones do, in the same order. */
import { expect, test, vi } from "vitest";
import { checkLives } from "./lives.ts";

vi.mock(import("../../src/engine/limits.ts"), async (importOriginal) => ({
  ...(await importOriginal()),
  TURN_BUDGET: 1 as never,
}));

const RUNS = Number(process.env["DETENT_TURN_RUNS"] ?? 200);

test(
  `in ${RUNS} made-up lives a machine does what the model does, one thing a turn`,
  { timeout: 300_000 },
  async () => {
    const seen = await checkLives(RUNS, { isSplit: true });
    expect(seen.get("a timer fired twice") ?? 0).toBe(0);
    expect(seen.get("lives")).toBeGreaterThan(RUNS / 2);
    expect(seen.get("unfinished")).toBeGreaterThan(RUNS);
  },
);
