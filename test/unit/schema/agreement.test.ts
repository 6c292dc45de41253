import { type Schema as OtherSchema, Validator } from "@cfworker/json-schema";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonValue } from "../../../src/engine/json.ts";
import { EVENT_BUDGET } from "../../../src/engine/limits.ts";
import { Meter } from "../../../src/engine/meter.ts";
import { compileSchema, findMismatches } from "../../../src/engine/schema/schema.ts";

const RUNS = 5_000;

const name = fc.constantFrom("a", "b", "ab", "toString");
const scalar = fc.constantFrom<JsonValue>(
  null,
  true,
  false,
  -1,
  0,
  1,
  2,
  0.5,
  1.5,
  3,
  "",
  "a",
  "ab",
  "abc",
  "😀",
  "b1",
);
const { value } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(name, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

type Source = boolean | { [name: string]: unknown };

const count = fc.nat({ max: 3 });
const type = fc.constantFrom("null", "boolean", "number", "integer", "string", "array", "object");
const names = fc.uniqueArray(name, { maxLength: 2 });
const pattern = fc.constantFrom("^a", "b$", "^[ab]+$", "\\d", "^.$", "");

function lists(item: fc.Arbitrary<Source>): fc.Arbitrary<Source[]> {
  return fc.array(item, { minLength: 1, maxLength: 3 });
}

const { schema } = fc.letrec<{ schema: Source; part: Source }>((tie) => {
  const inPlace = tie("schema");
  const part = tie("part");
  const keywords = {
    type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
    enum: fc.array(value, { minLength: 1, maxLength: 3 }),
    const: value,
    multipleOf: fc.constantFrom(1, 2, 0.5),
    minimum: count,
    maximum: count,
    exclusiveMinimum: count,
    exclusiveMaximum: count,
    minLength: count,
    maxLength: count,
    pattern,
    minItems: count,
    maxItems: count,
    uniqueItems: fc.boolean(),
    minProperties: count,
    maxProperties: count,
    required: names,
    dependentRequired: fc.dictionary(name, names, { maxKeys: 2, noNullPrototype: true }),
    properties: fc.dictionary(name, part, { maxKeys: 3, noNullPrototype: true }),
    patternProperties: fc.dictionary(pattern, part, { maxKeys: 2, noNullPrototype: true }),
    additionalProperties: part,
    propertyNames: part,
    prefixItems: lists(part),
    items: part,
    contains: part,
    minContains: count,
    maxContains: count,
    allOf: lists(inPlace),
    anyOf: lists(inPlace),
    oneOf: lists(inPlace),
    not: inPlace,
    if: inPlace,
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
    then: inPlace,
    else: inPlace,
    dependentSchemas: fc.dictionary(name, inPlace, { maxKeys: 2, noNullPrototype: true }),
    unevaluatedProperties: part,
    unevaluatedItems: part,
  };
  const object = fc
    .subarray(Object.keys(keywords) as (keyof typeof keywords)[], { maxLength: 4 })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((keyword) => [keyword, keywords[keyword]]))));
  return {
    schema: fc.oneof({ depthSize: "small", withCrossShrink: true }, fc.boolean(), object, object),
    // A reference only where it leads into a part of the value: it always ends.
    part: fc.oneof({ weight: 4, arbitrary: inPlace }, { weight: 1, arbitrary: fc.constant({ $ref: "#/$defs/other" }) }),
  };
});

test(`agrees with @cfworker/json-schema in ${RUNS} generated runs`, () => {
  let matches = 0;
  fc.assert(
    fc.property(schema, schema, fc.array(value, { minLength: 4, maxLength: 8 }), (root, other, values) => {
      const source = { allOf: [root], $defs: { other } };
      const compiled = compileSchema(source);
      if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
      const validator = new Validator(source as OtherSchema, "2020-12");
      for (const item of values) {
        const wanted = validator.validate(item).valid;
        if (wanted) matches++;
        const mismatches = findMismatches(compiled.schema, item, new Meter(EVENT_BUDGET));
        if ((mismatches.length === 0) !== wanted) {
          expect({ value: item, mismatches }).toBe(wanted ? "a match" : "a mismatch");
        }
      }
    }),
    { numRuns: RUNS },
  );
  // Neither side of the comparison may be trivial.
  expect(matches).toBeGreaterThan(RUNS / 2);
  expect(matches).toBeLessThan(RUNS * 7);
});
