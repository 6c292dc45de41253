import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { writeYaml } from "../../../src/console/pages/configurations/yaml-text.ts";

const NASTY = [
  "yes",
  "NO",
  "null",
  "~",
  "a: b",
  "a #b",
  " a",
  "a ",
  "- a",
  "1e3",
  "0x1",
  "",
  "<<",
  "a\nb",
  "\u202Eb",
  "\u0085",
  "é",
  "*",
];

test("what is written is read as it was, whatever it is", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...NASTY), fc.string());
  const { json } = fc.letrec((tie) => ({
    json: fc.oneof(
      { depthSize: "small" },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("json"), { maxLength: 4 }),
      fc.dictionary(
        text.filter((key) => key !== "__proto__"),
        tie("json"),
        { maxKeys: 4 },
      ),
    ),
  }));
  fc.assert(
    fc.property(json, (value) => {
      for (const version of ["1.1", "1.2"] as const) expect(parse(writeYaml(value), { version })).toEqual(value);
    }),
    { numRuns: 50 },
  );
});

test("names and expressions stand without quotes, and what turns the direction is seen", () => {
  expect(writeYaml({ a: [{ from: "x", guard: "data.a < 2.0 && b" }, []], b: {}, c: "\u202Eb" })).toBe(
    'a:\n  - from: x\n    guard: data.a < 2.0 && b\n  - []\nb: {}\nc: "\\u202eb"\n',
  );
  expect(parse(writeYaml({ ["k".repeat(3_000)]: { a: 1 } }))).toEqual({ ["k".repeat(3_000)]: { a: 1 } });
});
