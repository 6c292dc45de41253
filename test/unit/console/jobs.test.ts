/** What the pages of jobs make of jobs and of what was entered. */
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { requestOf, type MachineFilter } from "../../../src/console/data/machine-filter.ts";
import { readJobFilter } from "../../../src/console/pages/jobs/job-filter.ts";
import { actionText, doneOf, filterText, totalOf } from "../../../src/console/pages/jobs/job-text.ts";
import { eventsOf, readKind, readRate, scopeOf, statesToMap } from "../../../src/console/pages/jobs/new-job.ts";
import { ConfigurationSchema } from "../../../src/gen/detent/v1/configuration_pb.ts";
import { JobFilterSchema, JobProgressSchema, JobSchema } from "../../../src/gen/detent/v1/job_service_pb.ts";

const version = (states: string[], events: string[]) =>
  create(ConfigurationSchema, { states, transitions: events.map((event) => ({ from: "a", to: "b", event })) });

describe("jobs in words", () => {
  test("what is done", () => {
    expect(actionText({ action: { case: undefined } })).toContain("Nothing");
    expect(actionText(create(JobSchema, { action: { case: "send", value: { event: "ship" } } }))).toBe("Send ship");
    expect(actionText(create(JobSchema, { action: { case: "migrate", value: { to: "v2" } } }))).toBe("Migrate to v2");
    expect(actionText(create(JobSchema, { action: { case: "delete", value: {} } }))).toBe("Delete");
  });

  test("to which machines", () => {
    const all = create(JobFilterSchema, { configuration: "orders" });
    expect(filterText(all)).toBe("orders");
    const some = create(JobFilterSchema, {
      configuration: "orders",
      state: "pending",
      version: "v2",
      labels: { region: "eu" },
      updatedAfter: timestampFromMs(new Date(2026, 0, 2, 3, 4, 5).getTime()),
    });
    expect(filterText(some)).toBe("orders in pending, version v2, changed after 2026-01-02 03:04:05, with region=eu");
  });

  test("how far: of what was expected or found until it has finished, and then of what was found", () => {
    const progress = create(JobProgressSchema, {
      expected: 10,
      found: 6,
      succeeded: 1,
      unchanged: 2,
      refused: 1,
      skipped: 1,
    });
    expect([doneOf({ progress }), totalOf({ progress, status: "running" })]).toEqual([5, 10]);
    expect(totalOf({ progress, status: "finished" })).toBe(6);
    expect(totalOf({ progress: { ...progress, found: 12 }, status: "running" })).toBe(12);
  });

  test("the machines of a job are those of the list that its filter leads to", () => {
    const filter: MachineFilter = {
      configuration: "orders",
      version: "v1",
      state: "pending",
      updatedAfter: "2026-01-02T03:04:05.678Z",
      updatedBefore: "",
      label: "region=e=u",
      label2: "",
    };
    expect(readJobFilter(create(JobFilterSchema, requestOf(filter)))).toEqual(filter);
  });

  test("a filter that no address can say leads nowhere, rather than to more machines than it means", () => {
    expect(readJobFilter(create(JobFilterSchema, { configuration: "orders", labels: { "a=b": "c" } }))).toBeUndefined();
  });
});

describe("a new job", () => {
  test("events of several versions are listed once", () => {
    expect(eventsOf([version([], ["pay", "ship"]), version([], ["ship", "pack", "pay"])])).toEqual([
      "pay",
      "ship",
      "pack",
    ]);
  });

  test("states that the target lacks are to be mapped, and none without a target", () => {
    const found = [version(["a", "b"], []), version(["b", "c"], [])];
    expect(statesToMap(found, version(["b", "d"], []))).toEqual(["a", "c"]);
    expect(statesToMap(found, undefined)).toEqual([]);
  });

  test.each([
    ["1", 1],
    ["1000", 1_000],
    ["0", undefined],
    ["1001", undefined],
    ["1.5", undefined],
    ["", undefined],
    ["ten", undefined],
  ])("the rate %s is %s", (text, rate) => expect(readRate(text)).toBe(rate));

  test("it needs what its action needs", () => {
    expect([scopeOf("send"), scopeOf("migrate"), scopeOf("delete")]).toEqual([
      "events:send",
      "machines:write",
      "machines:write",
    ]);
    expect([readKind("delete"), readKind("nothing"), readKind(undefined)]).toEqual(["delete", "send", "send"]);
  });
});
