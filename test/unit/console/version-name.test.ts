import { expect, test } from "vitest";
import { nextVersion } from "../../../src/console/pages/configurations/version-name.ts";

test.each([
  ["v3", ["v3", "v2"], "v4"],
  ["v3", ["v5", "v4", "v3"], "v6"],
  ["2026.9", ["2026.9"], "2026.10"],
  ["r007", [], "r008"],
  ["draft", ["draft"], "draft-2"],
  ["draft", ["draft", "draft-2"], "draft-3"],
  ["99999999999999999999", [], "100000000000000000000"],
])("after %s, with %j there, comes %s", (version, taken, next) => {
  expect(nextVersion(version, taken)).toBe(next);
});

test("the next version is one that a configuration may have", () => {
  expect(nextVersion("v".repeat(63), []).length).toBeLessThanOrEqual(63);
});
