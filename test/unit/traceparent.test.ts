import { describe, expect, test } from "vitest";
import { traceparentOf } from "../../src/traceparent.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const of = (...values: string[]) => {
  const headers = new Headers();
  for (const value of values) headers.append("traceparent", value);
  return traceparentOf(headers);
};

describe("traceparent", () => {
  test("is taken as it came", () => {
    expect(of(`00-${TRACE}-${PARENT}-01`)).toBe(`00-${TRACE}-${PARENT}-01`);
    expect(of(`00-${TRACE}-${PARENT}-00`)).toBe(`00-${TRACE}-${PARENT}-00`);
    expect(of(`  00-${TRACE}-${PARENT}-ff\t`)).toBe(`00-${TRACE}-${PARENT}-ff`);
  });

  test("is nothing where none came", () => {
    expect(of()).toBeUndefined();
    expect(of("")).toBeUndefined();
  });

  test.each([
    ["upper-case hex", `00-${TRACE.toUpperCase()}-${PARENT}-01`],
    ["a trace id of zeros", `00-${"0".repeat(32)}-${PARENT}-01`],
    ["a parent id of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["version ff", `ff-${TRACE}-${PARENT}-01`],
    ["more than version 00 has", `00-${TRACE}-${PARENT}-01-more`],
    ["a dash at the end of version 00", `00-${TRACE}-${PARENT}-01-`],
    ["a short trace id", `00-${TRACE.slice(1)}-${PARENT}-01`],
    ["a long parent id", `00-${TRACE}-${PARENT}0-01`],
    ["other separators", `00_${TRACE}_${PARENT}_01`],
    ["no flags", `00-${TRACE}-${PARENT}`],
    ["one digit of flags", `00-${TRACE}-${PARENT}-1`],
    ["a higher version with something else than a dash behind", `01-${TRACE}-${PARENT}-01x`],
    ["a version that is no hex", `0g-${TRACE}-${PARENT}-01`],
  ])("is ignored with %s", (_what, header) => {
    expect(of(header)).toBeUndefined();
  });

  test("is ignored when it came twice", () => {
    expect(of(`00-${TRACE}-${PARENT}-01`, `00-${TRACE}-${PARENT}-01`)).toBeUndefined();
    expect(of(`01-${TRACE}-${PARENT}-01`, `01-${TRACE}-${PARENT}-01`)).toBeUndefined();
  });

  test("of a higher version is told in the words of version 00, and bounded", () => {
    expect(of(`01-${TRACE}-${PARENT}-01`)).toBe(`00-${TRACE}-${PARENT}-01`);
    expect(of(`cc-${TRACE}-${PARENT}-ff-${"x".repeat(5_000)}`)).toBe(`00-${TRACE}-${PARENT}-03`);
  });
});
