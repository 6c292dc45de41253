/** What is repeated: the table against the protos, and the rules against each other. */
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { isRepeatable, PATIENCE, waitBefore } from "../../../src/client/backoff.ts";
import { DetentError } from "../../../src/client/error.ts";
import * as client from "../../../src/client/index.ts";
import { repeatOf, repeatOfCall, type Repeat } from "../../../src/client/repeats.ts";

const SERVICES = [
  client.ConfigurationService,
  client.DeadLetterService,
  client.FeedService,
  client.JobService,
  client.MachineService,
  client.TenantService,
];
const METHODS = SERVICES.flatMap(({ methods }) => methods);

test("every method has a thought-through answer: reads are those that the protos say have no side effects", () => {
  const answers = METHODS.map((method) => [
    method.name,
    repeatOf(method),
    method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS,
    method.methodKind === "server_streaming",
  ]);
  for (const [name, repeat, isRead, isStream] of answers) {
    if (isStream) expect([name, repeat]).toEqual([name, "stream"]);
    else expect([name, repeat === "read"]).toEqual([name, isRead]);
  }
  // None of these is known to do no harm when it is done twice.
  const once = METHODS.filter((method) => repeatOf(method) === "once").map(({ name }) => name);
  expect(once.toSorted()).toEqual(["CreateKey", "EraseMachine", "RedriveDeadLetters", "RerollKey"]);
});

test("a message with a field for a key or an event id is repeated by it", () => {
  const carrying = METHODS.filter(({ input }) =>
    input.fields.some(({ localName }) => ["idempotencyKey", "eventId", "events"].includes(localName)),
  );
  const kinds = Object.fromEntries(carrying.map((method) => [method.name, repeatOf(method)]));
  expect(kinds).toEqual({
    SimulateConfiguration: "read",
    CreateJob: "key",
    CreateMachine: "key",
    SendEvent: "events",
    SendEvents: "events",
    EnqueueEvents: "events",
    GetEvent: "read",
    CreateToken: "settles",
  });
});

test("a migration is repeated where it names the revision that it is for, and might be done twice otherwise", () => {
  const guarded = METHODS.filter((method) => repeatOf(method) === "guarded");
  expect(guarded.map(({ name }) => name)).toEqual(["MigrateMachine"]);
  for (const method of guarded) {
    expect(repeatOfCall(method, { to: "v2" })).toBe("once");
    expect(repeatOfCall(method, { to: "v2", expectedRevision: 0 })).toBe("settles");
  }
});

const error = (reason: string, code = "unknown") => new DetentError("m", { reason, code });

describe("a failure", () => {
  const REPEATED: [string, string, Exclude<Repeat, "guarded">[]][] = [
    ["UNAVAILABLE", "unavailable", ["read", "events", "key", "settles"]],
    ["INTERNAL", "internal", ["read", "events", "key", "settles"]],
    ["DEADLINE_EXCEEDED", "deadline_exceeded", ["read", "events", "key", "settles"]],
    ["RATE_LIMITED", "resource_exhausted", ["read", "events", "key", "settles", "once"]],
    ["QUOTA_EXCEEDED", "resource_exhausted", []],
    ["BODY_TOO_LARGE", "resource_exhausted", []],
    ["REVISION_MISMATCH", "aborted", []],
    ["NO_TRANSITION", "failed_precondition", []],
    ["EVENT_ID_REUSED", "already_exists", []],
    ["CANCELLED", "canceled", []],
    ["UNKNOWN", "unknown", []],
    ["SOMETHING_NEW", "failed_precondition", []],
    ["SOMETHING_NEW", "unavailable", ["read", "events", "key", "settles"]],
  ];
  test.each(REPEATED)("%s, %s, is repeated for %j", (reason, code, repeats) => {
    const all: Exclude<Repeat, "guarded">[] = ["read", "events", "key", "settles", "once", "stream"];
    expect(all.filter((repeat) => isRepeatable(repeat, error(reason, code)))).toEqual(repeats);
  });
});

test("waits double, are never the same for all, and never shorter than the server asks", () => {
  const waits = [2, 3, 4, 5, 6, 7, 8, 40].map((next) =>
    [0, 0.999_999].map((random) => waitBefore(next, PATIENCE, undefined, random)),
  );
  expect(waits.map((range) => range.map((ms) => Math.round(ms ?? Number.NaN)))).toEqual([
    [100, 200],
    [200, 400],
    [400, 800],
    [800, 1_600],
    [1_600, 3_200],
    [3_200, 6_400],
    [5_000, 10_000],
    [5_000, 10_000],
  ]);
  expect(waitBefore(2, PATIENCE, 2_000, 0)).toBe(2_000);
  expect(waitBefore(2, PATIENCE, 2_000, 0.5)).toBe(2_100);
  expect(waitBefore(7, PATIENCE, 1_000, 0)).toBe(3_200);
  expect(waitBefore(2, PATIENCE, 10_001, 0)).toBe(undefined);
});
