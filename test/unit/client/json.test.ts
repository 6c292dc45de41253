/** Data on its way out: what stays as it is, and what is refused. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { toPlain } from "../../../src/client/json.ts";

test("JSON stays as it is, apart from members that are undefined", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
      expect(JSON.stringify(toPlain(data, "data"))).toBe(JSON.stringify(data));
    }),
  );
  expect(toPlain({ a: undefined, b: [{ c: undefined, d: null }] }, "data")).toEqual({ b: [{ d: null }] });
  const named = toPlain(JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}') as object, "data");
  expect(Object.entries(named)).toEqual([
    ["__proto__", { x: 1 }],
    ["constructor", 2],
  ]);
});

test.each<[string, unknown]>([
  ["data/a/1 is NaN", Number.NaN],
  ["data/a/1 is Infinity", Number.POSITIVE_INFINITY],
  ["data/a/1 is a value of type bigint", 1n],
  ["data/a/1 is a value of type function", () => 1],
  ["data/a/1 is an object of the class Date", new Date(0)],
  ["data/a/1 is an object of the class Map", new Map()],
  ["data/a/1 is a value of type undefined", undefined],
])("what JSON does not have is named with its place: %s", (message, value) => {
  expect(() => toPlain({ a: [0, value] }, "data")).toThrow(message);
});
