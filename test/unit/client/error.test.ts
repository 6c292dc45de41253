/** The client's error: its reasons are the server's, and it is known across copies of the package. */
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { DetentError, RefusedError } from "../../../src/client/error.ts";
import { toDetentError } from "../../../src/client/failure.ts";
import type { Reason, RefusalReason } from "../../../src/client/reasons.ts";
import { REASONS, type Reason as ServerReason } from "../../../src/errors.ts";
import { toConnectError } from "../../../src/rpc/connect-error.ts";
import { DetentError as ServerError } from "../../../src/errors.ts";

const NOBODY = { eventIds: [], idempotencyKey: undefined };

// Either is missing in the other: a type error.
const known: Record<Reason, true> = {} as Record<ServerReason, true>;
const given: Record<ServerReason, true> = {} as Record<Reason, true>;

test("every reason of a server is one of the client's, with its code", () => {
  void [known, given];
  for (const [reason, { code }] of Object.entries(REASONS)) {
    const thrown = toConnectError(new ServerError(reason as ServerReason, "m", { metadata: { a: "b" } }), "r1");
    const error = toDetentError(thrown, { eventIds: ["e"], idempotencyKey: "k" }, 3);
    expect(error).toMatchObject({ reason, code, message: "m", metadata: { a: "b" }, requestId: "r1", eventId: "e" });
    expect(error).toMatchObject({ idempotencyKey: "k", attempts: 3, violations: [] });
  }
});

test("what no Detent server has said is told apart", () => {
  const reasons = [
    Code.Canceled,
    Code.DeadlineExceeded,
    Code.Unavailable,
    Code.Unauthenticated,
    Code.Unknown,
    Code.NotFound,
  ].map((code) => toDetentError(new ConnectError("m", code), NOBODY, 1));
  expect(reasons.map(({ reason, code }) => [reason, code])).toEqual([
    ["CANCELLED", "canceled"],
    ["DEADLINE_EXCEEDED", "deadline_exceeded"],
    ["UNAVAILABLE", "unavailable"],
    ["UNAUTHENTICATED", "unauthenticated"],
    ["UNKNOWN", "unknown"],
    ["UNKNOWN", "not_found"],
  ]);
});

test("Retry-After is read as seconds and as a date", () => {
  const after = (text: string) =>
    toDetentError(new ConnectError("m", Code.Unavailable, { "retry-after": text }), NOBODY, 1).retryAfterMs;
  expect(after("120")).toBe(120_000);
  expect(after(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000);
  expect(after("Wed, 21 Oct 2015 07:28:00 GMT")).toBe(0);
  expect(after("soon")).toBe(undefined);
});

test("an error of another copy of the package is an instance, one that only looks like an error is not", () => {
  const reason: RefusalReason = "NO_TRANSITION";
  const copy = Object.assign(new Error("m"), { name: "RefusedError", reason, code: "failed_precondition" });
  expect([copy instanceof DetentError, copy instanceof RefusedError]).toEqual([true, true]);
  const other = Object.assign(new Error("m"), { name: "DetentError", reason: "UNAVAILABLE", code: "unavailable" });
  expect([other instanceof DetentError, other instanceof RefusedError]).toEqual([true, false]);
  const named = Object.assign(new Error("m"), { name: "DetentError" });
  const coded = Object.assign(new Error("m"), { name: "DetentError", code: "unavailable" });
  for (const value of [new Error("m"), named, coded, null, "DetentError"]) {
    expect(value instanceof DetentError).toBe(false);
  }
});
