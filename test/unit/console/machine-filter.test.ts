/** Filters of machines: an address says which machines are meant, and the service is asked for those and no others. */
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { hrefOf } from "../../../src/console/addresses.ts";
import {
  findFilterProblems,
  fromLocalText,
  isNarrowed,
  labelText,
  queryOf,
  readFilter,
  requestOf,
  toLocalText,
} from "../../../src/console/data/machine-filter.ts";

const NONE = readFilter({});

describe("addresses", () => {
  test("the filter of an address is the one that was put into it", () => {
    const filter = {
      configuration: "orders",
      version: "v2",
      state: "a&b=c #?",
      updatedAfter: "2026-11-27T14:05:00Z",
      updatedBefore: "2026-11-28T00:00:00.123Z",
      label: "region=eu=west",
      label2: "tier=",
    };
    const { search } = new URL(hrefOf("machines", {}, queryOf(filter)), "http://localhost");
    expect(readFilter(Object.fromEntries(new URLSearchParams(search)))).toEqual(filter);
  });

  test("what does not matter is taken out of the address", () => {
    expect(hrefOf("machines", {}, { state: "new", ...queryOf({ ...NONE, configuration: "orders" }) })).toBe(
      "/machines?configuration=orders",
    );
  });

  test("a filter is narrowed by whatever is more than a configuration", () => {
    expect(isNarrowed({ ...NONE, configuration: "orders" })).toBe(false);
    expect(isNarrowed({ ...NONE, configuration: "orders", label: "a=b" })).toBe(true);
  });
});

describe("requests", () => {
  test("the service is asked for what the filter says", () => {
    const request = requestOf({
      configuration: "orders",
      version: "v2",
      state: "new",
      updatedAfter: "2026-11-27T14:05:00.250+01:00",
      updatedBefore: "2026-11-28T00:00:00Z",
      label: "region=eu=west",
      label2: "__proto__=x",
    });
    const { updatedAfter, updatedBefore, labels, ...rest } = request;
    expect(rest).toEqual({ configuration: "orders", version: "v2", state: "new" });
    expect(updatedAfter && timestampMs(updatedAfter)).toBe(Date.UTC(2026, 10, 27, 13, 5, 0, 250));
    expect(updatedBefore && timestampMs(updatedBefore)).toBe(Date.UTC(2026, 10, 28));
    expect(Object.entries(labels)).toEqual([
      ["region", "eu=west"],
      ["__proto__", "x"],
    ]);
  });

  test.each([
    ["updatedAfter", "yesterday"],
    ["updatedAfter", "2026-11-27T14:05:00"],
    ["updatedBefore", "2026-13-01T00:00:00Z"],
    ["label", "region"],
    ["label2", "=eu"],
  ] as const)("a %s of %s is told, and never left out of what is asked", (field, text) => {
    const filter = { ...NONE, configuration: "orders", [field]: text };
    expect([...findFilterProblems(filter).keys()]).toEqual([field]);
    expect(() => requestOf(filter)).toThrow();
  });

  test("what no machine can match is told", () => {
    const times = { updatedAfter: "2026-11-27T14:05:00Z", updatedBefore: "2026-11-27T14:05:00Z" };
    expect([...findFilterProblems({ ...NONE, ...times }).keys()]).toEqual(["updatedBefore"]);
    expect([...findFilterProblems({ ...NONE, label: "a=1", label2: "a=2" }).keys()]).toEqual(["label2"]);
    expect(findFilterProblems({ ...NONE, label: "a=1", label2: "a=1" }).size).toBe(0);
  });

  test("a label can be meant unless its name has what ends a name", () => {
    expect(labelText("region", "a=b")).toBe("region=a=b");
    expect(labelText("a=b", "c")).toBeUndefined();
  });
});

describe("times", () => {
  beforeAll(() => void vi.stubEnv("TZ", "Asia/Kathmandu"));
  afterAll(() => void vi.unstubAllEnvs());

  test("a field shows an instant as the reader's clock does, and means what that clock does", () => {
    expect(toLocalText("2026-11-27T14:05:09Z")).toBe("2026-11-27T19:50:09");
    expect(fromLocalText("2026-11-27T19:50")).toBe("2026-11-27T14:05:00Z");
  });

  test.each(["2026-11-27T14:05:09Z", "2026-07-01T23:59:59.007Z"])("%s survives the reader's own zone", (instant) => {
    expect(fromLocalText(toLocalText(instant))).toBe(instant);
  });

  test("a field that is empty or unfinished is no instant", () => {
    expect(fromLocalText("")).toBe("");
    expect(toLocalText("yesterday")).toBe("");
  });

  test("what a field says can be asked for", () => {
    const instant = fromLocalText("2026-11-27T14:05");
    expect(findFilterProblems({ ...NONE, updatedAfter: instant }).size).toBe(0);
  });
});
