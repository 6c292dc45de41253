import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { DetentError } from "../../../src/client/error.ts";
import { describeOutcome, describeRefusal } from "../../../src/console/pages/machine/allowed-text.ts";
import { formatCountdown } from "../../../src/console/pages/machine/countdown.ts";
import { listDataChanges } from "../../../src/console/pages/machine/data-change.ts";
import { errorsOf, requestOf } from "../../../src/console/pages/machine/event-request.ts";
import { diffLabels, findLabelProblem, rowsOf } from "../../../src/console/data/label-edit.ts";
import { LONGEST_PATH, marksOf } from "../../../src/console/pages/machine/path-taken.ts";
import { addNewer, addOlder, NO_HISTORY, type KnownHistory } from "../../../src/console/pages/machine/present.ts";
import { readRevision } from "../../../src/console/pages/machine/revision-query.ts";
import { AllowedEventSchema, HistoryEntrySchema, type HistoryEntry } from "../../../src/gen/detent/v1/machine_pb.ts";

function entry(revision: number, kind = "event", from = "a", to = "b"): HistoryEntry {
  return create(HistoryEntrySchema, { revision, kind, transition: { from, to, event: "go" } });
}

/** Revisions from the newest down to the oldest. */
function history(newest: number, oldest: number, olderToken = ""): KnownHistory {
  const entries = Array.from({ length: newest - oldest + 1 }, (_, i) => entry(newest - i));
  return { entries, olderToken };
}

const revisionsOf = ({ entries }: KnownHistory): number[] => entries.map(({ revision }) => revision);

describe("a known history", () => {
  test("takes what is newer, each once, and keeps where the older ones are", () => {
    const merged = addNewer(history(3, 2, "old"), history(5, 3, "new"));
    expect(revisionsOf(merged)).toEqual([5, 4, 3, 2]);
    expect(merged.olderToken).toBe("old");
    expect(addNewer(merged, history(5, 3, "new"))).toEqual(merged);
  });

  test("has no gap: where too much has happened, it begins anew", () => {
    expect(addNewer(history(3, 1), history(9, 5, "new"))).toEqual(history(9, 5, "new"));
    expect(revisionsOf(addNewer(history(3, 1), history(6, 4, "new")))).toEqual([6, 5, 4, 3, 2, 1]);
    expect(addNewer(NO_HISTORY, history(2, 1, "t"))).toEqual(history(2, 1, "t"));
  });

  test("takes what is older, each once", () => {
    const merged = addOlder(history(5, 4, "a"), [entry(4), entry(3)], "b");
    expect(revisionsOf(merged)).toEqual([5, 4, 3]);
    expect(merged.olderToken).toBe("b");
  });
});

describe("the path", () => {
  test("has each transition once, and none of an override or a migration", () => {
    const entries = [entry(4, "override", "b", "x"), entry(3), entry(2, "event", "b", "a"), entry(1)];
    expect(marksOf("x", entries)).toEqual({
      current: "x",
      taken: [
        { from: "a", to: "b", event: "go" },
        { from: "b", to: "a", event: "go" },
      ],
    });
  });

  test("ends after the newest thousand", () => {
    const entries = [...history(LONGEST_PATH + 1, 2).entries, entry(1, "event", "z", "a")];
    expect(marksOf("b", entries).taken).toHaveLength(1);
  });
});

test("a countdown never says too soon", () => {
  expect(formatCountdown(125_000, 0)).toBe("in 2 min 5 s");
  expect(formatCountdown(124_001, 0)).toBe("in 2 min 5 s");
  expect(formatCountdown(1, 0)).toBe("in 1 s");
  expect(formatCountdown(0, 0)).toBe("due now");
  expect(formatCountdown(0, 5_000)).toBe("due now");
});

test("changes of data are told at the deepest place that differs", () => {
  const before = { a: 1, b: { c: [1], d: 2, "x/y": 1 }, gone: null };
  const after = { a: 1, b: { c: [1, 2], d: 2, "x/y": 2 }, come: { e: 1 } };
  expect(listDataChanges(before, after)).toEqual([
    { pointer: "/b/c", before: "[1]", after: "[1,2]" },
    { pointer: "/b/x~1y", before: "1", after: "2" },
    { pointer: "/gone", before: "null", after: undefined },
    { pointer: "/come", before: undefined, after: '{"e":1}' },
  ]);
});

test("what may happen next is told in words, also for reasons that are not known yet", () => {
  const no = (reason: string) => create(AllowedEventSchema, { event: "e", allowed: "no", reason });
  expect(describeRefusal(no("GUARD_REJECTED"), "open")).toBe("Not in state open: a guard says no (GUARD_REJECTED).");
  expect(describeRefusal(no("constructor"), "open")).toContain("would refuse it (constructor)");
  expect(describeOutcome(no("toString"))).toBe("not now");
  const depends = create(AllowedEventSchema, { event: "e", allowed: "depends", to: "paid" });
  expect(describeRefusal(depends, "open")).toBeUndefined();
  expect(describeOutcome(depends)).toBe("to paid, depends on its data");
});

describe("an event", () => {
  const machine = { configuration: "orders", id: "7" };
  const entered = { details: " by hand ", eventId: " e1 ", expectedRevision: 0 };

  test("is sent with what was entered, and the revision it is for, also the first", () => {
    expect(requestOf(machine, "pay", { amount: 1 }, entered)).toEqual({
      ...machine,
      event: "pay",
      data: { amount: 1 },
      details: "by hand",
      eventId: "e1",
      originator: "console",
      expectedRevision: 0,
    });
  });

  test("without data and without a revision has none", () => {
    const request = requestOf(machine, "pay", undefined, { ...entered, expectedRevision: undefined });
    expect(request).not.toHaveProperty("data");
    expect(request).not.toHaveProperty("expectedRevision");
  });

  test("that was refused tells of its fields by their own pointers", () => {
    const violation = (pointer: string) => ({ pointer, rule: "type", message: pointer });
    const error = new DetentError("no", {
      reason: "SCHEMA_REJECTED",
      code: "failed_precondition",
      violations: [violation("/data/amount"), violation("/details"), violation("/database")],
    });
    expect([...errorsOf(error)]).toEqual([["/amount", "/data/amount"]]);
    expect(errorsOf(new Error("other")).size).toBe(0);
  });
});

describe("labels", () => {
  test("are changed only where they are different", () => {
    const rows = [
      { key: 0, name: "same", value: "1" },
      { key: 1, name: "other", value: "2" },
      { key: 2, name: "new", value: "" },
      { key: 3, name: "", value: "" },
    ];
    expect(diffLabels({ same: "1", other: "1", gone: "1" }, rows)).toEqual({
      labels: { other: "2", new: "" },
      remove: ["gone"],
    });
    expect(rowsOf({ b: "2", a: "1" }).map(({ name }) => name)).toEqual(["a", "b"]);
  });

  test("have a name each", () => {
    const row = (name: string, value: string, key = 0) => ({ key, name, value });
    expect(findLabelProblem([row("", ""), row("a", "")])).toBeUndefined();
    expect(findLabelProblem([row("", "x")])).toContain("no name");
    expect(findLabelProblem([row("a", "1"), row("a", "2", 1)])).toContain("twice");
  });
});

test.each(["", "-1", "1.5", "x", "9999999999", undefined])("%s is no revision, and so it is now", (text) => {
  expect(readRevision(text)).toBeUndefined();
});

test("a revision is a whole number, zero too", () => {
  expect([readRevision("0"), readRevision("12")]).toEqual([0, 12]);
});
