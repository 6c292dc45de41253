/** After how long the same may be asked again. */
import { expect, test } from "vitest";
import { DetentError, REASONS, type Reason } from "../../src/errors.ts";
import { problemResponse } from "../../src/http/problem.ts";
import { toConnectError } from "../../src/rpc/connect-error.ts";

const both = (error: DetentError) => [
  problemResponse(error, "r").headers.get("retry-after"),
  toConnectError(error, "r").metadata.get("retry-after"),
];

test.each(Object.keys(REASONS) as Reason[])("every door says it with 429 and 503, and only with them: %s", (reason) => {
  const isSaid = [429, 503].includes(REASONS[reason].status);
  const expected = isSaid ? expect.stringMatching(/^[1-9]\d*$/) : null;
  expect(both(new DetentError(reason, "x", { retryAfterMs: 1_500 }))).toEqual([expected, expected]);
  expect(both(new DetentError(reason, "x"))).toEqual([expected, expected]);
});

test("what is known is said, in whole seconds, never too few", () => {
  const after = (retryAfterMs: number) => both(new DetentError("RATE_LIMITED", "x", { retryAfterMs }));
  expect(after(1_500)).toEqual(["2", "2"]);
  expect(after(30_000)).toEqual(["30", "30"]);
  expect(after(0)).toEqual(["1", "1"]);
});
