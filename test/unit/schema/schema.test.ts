import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/engine/json.ts";
import { EVENT_BUDGET, LIMITS } from "../../../src/engine/limits.ts";
import { Meter, SpentError } from "../../../src/engine/meter.ts";
import {
  compileSchema,
  findMismatches,
  type Mismatch,
  type Schema,
  type SchemaProblem,
} from "../../../src/engine/schema/schema.ts";

type Source = { readonly [name: string]: unknown };

function compile(source: Source): Schema {
  const compiled = compileSchema(source);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.schema;
}

function mismatchesOf(source: Source, value: JsonValue): readonly Mismatch[] {
  return findMismatches(compile(source), value, new Meter(EVENT_BUDGET));
}

function problemsOf(source: Source): string[] {
  const compiled = compileSchema(source);
  return compiled.ok ? [] : compiled.problems.map(({ pointer, message }: SchemaProblem) => `${pointer}: ${message}`);
}

describe("what is refused at upload says where and why", () => {
  const cases: [source: Source, problem: string][] = [
    [{ requierd: ["a"] }, '/requierd: There is no keyword "requierd"; names of your own begin with x-.'],
    [
      { properties: { a: { nullable: true } } },
      '/properties/a/nullable: The keyword "nullable" is refused: it belongs to OpenAPI 3.0; add null to the type.',
    ],
    [
      { $dynamicRef: "#a" },
      '/$dynamicRef: The keyword "$dynamicRef" is refused: what it refers to depends on who asks; write $ref.',
    ],
    [{ $vocabulary: {} }, '/$vocabulary: The keyword "$vocabulary" is refused: it belongs into a metaschema.'],
    [
      { $schema: "http://json-schema.org/draft-07/schema#" },
      '/$schema: "$schema" is the draft https://json-schema.org/draft/2020-12/schema, not "http://json-schema.org/draft-07/schema#".',
    ],
    [
      { not: { $id: "a" } },
      '/not/$id: "$id" stands at the root only: inside it would change what every $ref below it means.',
    ],
    [
      { $ref: "https://example.com/a" },
      '/$ref: The $ref "https://example.com/a" is refused: a schema refers to itself only: "#", "#/..." or "#anchor".',
    ],
    [{ $ref: "#/$defs/a" }, '/$ref: The $ref "#/$defs/a" refers to no subschema of this schema.'],
    [{ $ref: "#a" }, '/$ref: The $ref "#a" refers to no subschema of this schema.'],
    [{ $ref: "#/%zz" }, '/$ref: The $ref "#/%zz" refers to no subschema of this schema.'],
    [{ $ref: "#/__proto__" }, '/$ref: The $ref "#/__proto__" refers to no subschema of this schema.'],
    [{ enum: [{}], $ref: "#/enum/0" }, '/$ref: The $ref "#/enum/0" refers to no subschema of this schema.'],
    [{ $ref: "#" }, "/$ref: This $ref leads back to itself without a step into the value: it never ends."],
    [
      { type: "text" },
      '/type: "type" is one or several different of null, boolean, number, string, array, object, integer, not "text".',
    ],
    [
      { type: [] },
      '/type: "type" is one or several different of null, boolean, number, string, array, object, integer, not an array of 0 items.',
    ],
    [{ minLength: -1 }, '/minLength: "minLength" is a whole number, 0 or more, not -1.'],
    [{ maximum: "1" }, '/maximum: "maximum" is a number, not "1".'],
    [{ maximum: Infinity }, '/maximum: "maximum" is a number, not Infinity.'],
    [{ multipleOf: 0 }, '/multipleOf: "multipleOf" is a number above 0, not 0.'],
    [{ required: "a" }, '/required: "required" is an array of names, not "a".'],
    [{ required: ["a", "a"] }, '/required/1: The name "a" is listed twice.'],
    [{ required: [1] }, "/required/0: A name is a string, not 1."],
    [{ dependentRequired: { a: 1 } }, '/dependentRequired/a: "a" is an array of names, not 1.'],
    [{ properties: { a: 1 } }, "/properties/a: A schema is an object, true or false, not 1."],
    [{ properties: [] }, '/properties: "properties" is an object of schemas, not an array of 0 items.'],
    [{ anyOf: [] }, '/anyOf: "anyOf" is an array of schemas, at least one, not an array of 0 items.'],
    [{ items: [{}] }, '/items: "items" is one schema for all items; write "prefixItems" for one schema per item.'],
    [{ title: 1 }, '/title: "title" is a string, not 1.'],
    [{ uniqueItems: "yes" }, '/uniqueItems: "uniqueItems" is true or false, not "yes".'],
    [{ $anchor: "1" }, '/$anchor: "$anchor" is a letter or "_" followed by letters, digits, ".", "_" or "-", not "1".'],
    [{ $anchor: "a", not: { $anchor: "a" } }, '/not/$anchor: The $anchor "a" is there twice.'],
    [
      { pattern: "a(?=b)" },
      '/pattern: The pattern "a(?=b)" is refused: it looks ahead or behind, which cannot be matched in linear time.',
    ],
    [
      { patternProperties: { "a/(": {} } },
      '/patternProperties/a~1(: The pattern "a/(" is refused: it has a ( that is not closed.',
    ],
  ];

  test.each(cases)("%j", (source, problem) => {
    expect(problemsOf(source)).toEqual([problem]);
  });

  test("all problems are told, and of very many the first", () => {
    expect(problemsOf({ minimum: "a", not: { type: "b" }, allOf: [{ colour: 1 }] })).toHaveLength(3);
    expect(problemsOf({ allOf: Array.from({ length: 100 }, () => ({ colour: 1 })) })).toHaveLength(20);
  });

  test("as many subschemas as allowed, and as long a chain, are accepted", () => {
    const fits = { anyOf: Array.from({ length: LIMITS.schemaNodes - 1 }, () => ({})) };
    expect(problemsOf(fits)).toEqual([]);
    expect(problemsOf({ ...fits, not: {} })).toHaveLength(1);
    const chain = (length: number): Source => {
      const steps = Array.from({ length }, (_, i) => [`d${i}`, i + 1 < length ? { $ref: `#/$defs/d${i + 1}` } : {}]);
      return { $ref: "#/$defs/d0", $defs: Object.fromEntries(steps) as Source };
    };
    expect(problemsOf(chain(LIMITS.schemaChain - 1))).toEqual([]);
    expect(problemsOf(chain(LIMITS.schemaChain))).toHaveLength(1);
  });

  test("a value as deep as allowed fits the stack with the longest chain on every level", () => {
    const last = LIMITS.schemaChain - 3;
    const steps = Array.from({ length: last + 1 }, (_, i) => [
      `d${i}`,
      i < last ? { $ref: `#/$defs/d${i + 1}` } : { items: { $ref: "#" } },
    ]);
    const schema = compile({ $ref: "#/$defs/d0", $defs: Object.fromEntries(steps) as Source });
    let value: JsonValue = 1;
    for (let i = 0; i < LIMITS.jsonDepth; i++) value = [value];
    expect(findMismatches(schema, value, new Meter(EVENT_BUDGET))).toEqual([]);
  });
});

test("annotations and names of one's own are accepted and decide nothing", () => {
  const source = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: "https://example.com/order",
    $comment: "c",
    title: "t",
    description: "d",
    default: 1,
    examples: [2],
    deprecated: true,
    readOnly: true,
    writeOnly: false,
    format: "email",
    contentEncoding: "base64",
    contentMediaType: "application/json",
    contentSchema: { type: "object" },
    "x-owner": { anything: 1 },
    $ref: "https://example.com/order#/$defs/text",
    $defs: { text: { type: "string" } },
  };
  expect(mismatchesOf(source, "no address")).toEqual([]);
  expect(mismatchesOf(source, 1)).toHaveLength(1);
});

describe("mismatches say where, which keyword, which rule and which value", () => {
  const cases: [source: Source, value: JsonValue, mismatch: [pointer: string, keyword: string, message: string]][] = [
    [{ type: "string" }, 1, ["", "type", "must be of type string, but is 1"]],
    [{ type: ["string", "null"] }, [], ["", "type", "must be of type string or null, but is an array of 0 items"]],
    [{ items: { minimum: 5 } }, [7, 3], ["/1", "minimum", "must be at least 5, but is 3"]],
    [{ multipleOf: 0.01 }, 1.005, ["", "multipleOf", "must be a multiple of 0.01, but is 1.005"]],
    [{ enum: ["a", 1, {}] }, "b", ["", "enum", 'must be one of "a", 1, an object, but is "b"']],
    [{ const: { a: [1] } }, { a: [2] }, ["", "const", "must be an object, but is an object"]],
    [{ maxLength: 1 }, "😀😀", ["", "maxLength", "must have at most 1 characters, but has 2"]],
    [{ pattern: "^a" }, "b", ["", "pattern", 'must match the pattern "^a", but is "b"']],
    [{ required: ["a"] }, {}, ["/a", "required", "must be there"]],
    [{ uniqueItems: true }, [1, "1", 1.0], ["", "uniqueItems", "must have no two equal items, but items 0 and 2 are"]],
    [{ properties: { "a/b": { type: "null" } } }, { "a/b": 1 }, ["/a~1b", "type", "must be of type null, but is 1"]],
    [{ additionalProperties: false }, { a: 1 }, ["/a", "additionalProperties", 'the property "a" is not allowed here']],
    [{ items: false }, [1], ["/0", "items", "the item 0 is not allowed here"]],
    [
      { allOf: [{ properties: { a: true } }], unevaluatedProperties: false },
      { a: 1, b: 2 },
      ["/b", "unevaluatedProperties", 'the property "b" is not allowed here'],
    ],
    [{ properties: { a: false } }, { a: 1 }, ["/a", "false", "must not be there"]],
    [
      { contains: { type: "null" } },
      [1],
      ["", "contains", "must have at least 1 items that match contains, but has 0"],
    ],
    [
      { oneOf: [{}, { type: "null" }, { minimum: 0 }] },
      1,
      ["", "oneOf", "must match exactly one of 3 schemas, but matches the ones at 0 and 2"],
    ],
  ];

  test.each(cases)("%j and %j", (source, value, [pointer, keyword, message]) => {
    expect(mismatchesOf(source, value)).toEqual([{ pointer, keyword, message }]);
  });

  test("big values are not repeated, and of many mismatches the first ten are told", () => {
    const found = mismatchesOf(
      { items: { maxLength: 1, pattern: "^y" } },
      Array.from({ length: 20 }, () => "x".repeat(9_000)),
    );
    expect(found).toHaveLength(10);
    expect(JSON.stringify(found).length).toBeLessThan(3_000);
  });
});

describe("names that objects have by themselves are names like any other", () => {
  const parse = (text: string): Source => JSON.parse(text) as Source;

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("%s", (name) => {
    const value = parse(`{"${name}": 1}`) as { [name: string]: JsonValue };
    for (const source of [
      parse(`{"properties": {"${name}": {"type": "string"}}}`),
      parse(`{"additionalProperties": false}`),
      parse(`{"dependentRequired": {"${name}": ["a"]}}`),
      parse(`{"dependentSchemas": {"${name}": false}}`),
      parse(`{"const": {}}`),
    ]) {
      expect(mismatchesOf(source, value)).toHaveLength(1);
      expect(mismatchesOf(source, {})).toEqual([]);
    }
    const required = parse(`{"required": ["${name}"]}`);
    expect(mismatchesOf(required, value)).toEqual([]);
    expect(mismatchesOf(required, {})).toHaveLength(1);
    expect(mismatchesOf(parse(`{"const": {"${name}": 1}}`), value)).toEqual([]);
    expect(compile(parse(`{"properties": {"${name}": true}}`)).names).toEqual(new Set([name]));
    expect(mismatchesOf(parse(`{"$ref": "#/$defs/${name}", "$defs": {"${name}": {"type": "null"}}}`), 1)).toHaveLength(
      1,
    );
    expect(problemsOf(parse(`{"${name}": 1}`))).toHaveLength(1);
  });
});

describe("names are those that properties lists for the object itself", () => {
  test("through everything that describes the same value, not into parts of it", () => {
    const named = (name: string): Source => ({ properties: { [name]: { properties: { no: {} } } } });
    const source = {
      ...named("own"),
      $ref: "#/$defs/referred",
      allOf: [named("allOf"), { $ref: "#anchored" }],
      anyOf: [{ oneOf: [named("oneOf")] }],
      if: named("if"),
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: named("then"),
      else: named("else"),
      dependentSchemas: { no: named("dependent") },
      not: named("no"),
      additionalProperties: named("no"),
      patternProperties: { no: named("no") },
      items: named("no"),
      $defs: {
        referred: named("referred"),
        anchored: { $anchor: "anchored", ...named("anchored") },
        unused: named("no"),
      },
    };
    const names = ["own", "allOf", "anchored", "oneOf", "if", "then", "else", "dependent", "referred"];
    expect(compile(source).names).toEqual(new Set(names));
  });

  test("a schema that refers to itself for its parts is walked through once", () => {
    expect(compile({ properties: { next: { $ref: "#" } } }).names).toEqual(new Set(["next"]));
  });
});

describe("numbers", () => {
  test.each([
    [0.3, 0.1, true],
    [1.1, 0.1, true],
    [0.35, 0.1, false],
    [1e308, 0.123456789, false],
    [12391239123, 1e-8, true],
    [2 ** 60, 3, false],
    [5e-324, 5e-324, true],
    [-4.5, 1.5, true],
  ])("%d by %d: %s", (value, multipleOf, isMultiple) => {
    expect(mismatchesOf({ multipleOf }, value).length === 0).toBe(isMultiple);
  });

  test("1.0 and 1e300 are integers, 0 and -0 are equal", () => {
    expect(mismatchesOf({ items: { type: "integer" } }, [1.0, 1e300, -0])).toEqual([]);
    expect(mismatchesOf({ items: { enum: [0, [0]] } }, [-0, [-0]])).toEqual([]);
    expect(mismatchesOf({ uniqueItems: true }, [0, -0])).toHaveLength(1);
  });
});

test("the meter is charged for everything: more for more, the same for the same", () => {
  const cost = (source: Source, value: JsonValue): number => {
    const meter = new Meter(EVENT_BUDGET);
    findMismatches(compile(source), value, meter);
    return EVENT_BUDGET - meter.left;
  };
  const list = (length: number): JsonValue => Array.from({ length }, (_, i) => `item ${i}`);
  const object = (length: number): JsonValue => Object.fromEntries((list(length) as string[]).map((name) => [name, 1]));
  const sources: [Source, (length: number) => JsonValue][] = [
    [{ items: { type: "string" } }, list],
    [{ uniqueItems: true }, list],
    [{ const: [] }, list],
    [{ contains: { type: "null" }, minContains: 0, maxContains: 1 }, list],
    [{ items: { pattern: "^i" } }, list],
    [{ additionalProperties: { type: "number" } }, object],
    [{ propertyNames: { type: "string" } }, object],
    [{ minProperties: 1 }, object],
    [{ const: {} }, object],
    [{ unevaluatedProperties: true }, object],
    [{ maxLength: 1 }, (length) => "x".repeat(100 * length)],
    [{ pattern: "^x*$" }, (length) => "x".repeat(length)],
  ];
  for (const [source, make] of sources) {
    expect(cost(source, make(100))).toBe(cost(source, make(100)));
    expect(cost(source, make(1_000)), JSON.stringify(source)).toBeGreaterThan(5 * cost(source, make(100)));
    expect(() => findMismatches(compile(source), make(1_000), new Meter(50))).toThrow(SpentError);
  }
});
