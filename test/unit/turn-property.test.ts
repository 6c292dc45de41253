import { expect, test } from "vitest";
import { checkLives } from "./lives.ts";

const RUNS = Number(process.env["DETENT_TURN_RUNS"] ?? 1_000);

test(`in ${RUNS} made-up lives a machine does what the model does`, { timeout: 300_000 }, async () => {
  const seen = await checkLives(RUNS);
  expect(seen.get("a timer fired twice") ?? 0).toBe(0);
  expect(seen.get("lives")).toBeGreaterThan(RUNS / 2);
  // The generator must have exercised what the property speaks of.
  for (const what of [
    "transitioned",
    "ignored",
    "deferred",
    "deferred, then transitioned",
    "deferred, then refused",
    "DEFER_LIMIT",
    "DEFER_EXPIRED",
    "UNKNOWN_EVENT",
    "NO_TRANSITION",
    "GUARD_REJECTED",
    "ASSIGN_REJECTED",
    "SCHEMA_REJECTED",
    "timer transitioned",
    "timer refused",
    "parked",
    "muted",
    "summary",
    "override true",
    "migrated to true",
    "repeat",
    "reuse",
    "mismatch",
  ])
    expect(seen.get(what) ?? 0, what).toBeGreaterThan(RUNS / 100);
});
