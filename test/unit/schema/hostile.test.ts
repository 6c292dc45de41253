import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../../src/engine/json.ts";
import { EVENT_BUDGET } from "../../../src/engine/limits.ts";
import { Meter, SpentError } from "../../../src/engine/meter.ts";
import { compileSchema, findMismatches } from "../../../src/engine/schema/schema.ts";

type Source = { readonly [name: string]: unknown };
/** A problem of the upload, the work of one event, or an answer: its number of mismatches. */
type End = RegExp | "spent" | number;

interface Case {
  readonly name: string;
  readonly schema: Source;
  readonly value: JsonValue;
  readonly end: End;
}

function times<Item>(count: number, make: (i: number) => Item): Item[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

function members<Item>(count: number, make: (i: number) => [string, Item]): { [name: string]: Item } {
  return Object.fromEntries(times(count, make));
}

/** Each definition asks the next one twice. */
function doubling(depth: number): Source {
  const next = (i: number): Source => ({ $ref: `#/$defs/d${i + 1}` });
  const $defs = members<Source>(depth, (i) => [`d${i}`, { allOf: [next(i), next(i)] }]);
  return { $ref: "#/$defs/d0", $defs: { ...$defs, [`d${depth}`]: { type: "string" } } };
}

function nest(depth: number, wrap: (inner: JsonValue) => JsonValue, inner: JsonValue): JsonValue {
  return depth === 0 ? inner : wrap(nest(depth - 1, wrap, inner));
}

const numbers = times(30_000, (i) => i);
/** Pseudorandom, the same on every run. */
const letters = times(60_000, (i) => "ab"[(Math.imul(i + 1, 2_654_435_761) >>> 13) & 1]).join("");

const cases: Case[] = [
  {
    name: "(a+)+ on a text that almost matches",
    schema: { pattern: "^(a+)+$" },
    value: `${"a".repeat(60_000)}!`,
    end: 1,
  },
  { name: "(x+x+)+y", schema: { pattern: "(x+x+)+y" }, value: "x".repeat(60_000), end: "spent" },
  { name: "stars in stars", schema: { pattern: "((a*)*)*b" }, value: "a".repeat(60_000), end: 1 },
  { name: "a pattern with 2^200 states", schema: { pattern: "(a|b)*a(a|b){200}[cd]" }, value: letters, end: "spent" },
  { name: "many optional letters", schema: { pattern: "(a?){700}a{700}c" }, value: "a".repeat(60_000), end: "spent" },
  {
    name: "a repetition of repetitions",
    schema: { pattern: "(a{1000}){1000}" },
    value: "a",
    end: /more than 5000 steps/,
  },
  {
    name: "repetitions of nothing",
    schema: { pattern: "((){1000000}){1000000}" },
    value: "a",
    end: /more than 5000 steps/,
  },
  { name: "a long pattern", schema: { pattern: "a".repeat(100_000) }, value: "a", end: /has 100000 characters/ },
  {
    name: "Unicode properties on a long text",
    schema: { allOf: times(10, (i) => ({ pattern: `^[\\p{Emoji}\\p{Sc}\\p{N}\\p{P}\\p{L}]+$|${i}` })) },
    value: "é".repeat(32_000),
    end: "spent",
  },
  {
    name: "long patterns on many short texts",
    schema: { items: { allOf: times(200, (i) => ({ pattern: `^(a|b|c{900}x${i})` })) } },
    value: times(5_000, () => "abc"),
    end: "spent",
  },
  {
    name: "patternProperties by many names",
    schema: { patternProperties: members(400, (i) => [`^k.*${i}$`, { type: "number" }]) },
    value: members(3_000, (i) => [`k${i}`, i]),
    end: "spent",
  },
  { name: "doubling references", schema: doubling(7), value: "x", end: 0 },
  {
    name: "doubling references for many items",
    schema: { items: { $ref: "#/$defs/d0" }, $defs: doubling(7)["$defs"] },
    value: times(5_000, () => "x"),
    end: "spent",
  },
  { name: "doubling references, deep", schema: doubling(40), value: "x", end: /At most 16 schemas apply/ },
  {
    name: "a long chain of references",
    schema: {
      $ref: "#/$defs/d0",
      $defs: members(4_000, (i) => [`d${i}`, i < 3_999 ? { $ref: `#/$defs/d${i + 1}` } : {}]),
    },
    value: "x",
    end: /At most 16 schemas apply/,
  },
  {
    name: "references in a circle",
    schema: { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { anyOf: [{ not: { $ref: "#/$defs/a" } }] } } },
    value: "x",
    end: /leads back to itself/,
  },
  {
    name: "a reference to oneself that takes every way through a deep value",
    schema: {
      anyOf: times(3, () => ({ items: { anyOf: [{ $ref: "#" }, { type: "null" }] }, maxItems: 1, minItems: 2 })),
    },
    value: nest(31, (inner) => [inner], 1),
    end: 1,
  },
  {
    name: "a reference to oneself, twice per level",
    schema: { allOf: [{ items: { $ref: "#" } }, { items: { $ref: "#" } }] },
    value: nest(31, (inner) => [inner], 1),
    end: "spent",
  },
  {
    name: "10,000 schemas in anyOf",
    schema: { anyOf: times(10_000, (i) => ({ const: i })) },
    value: -1,
    end: /at most 5000 subschemas/,
  },
  {
    name: "4,000 schemas in anyOf for many items",
    schema: { items: { anyOf: times(4_000, (i) => ({ const: -i })) } },
    value: numbers.map((number) => number + 1).slice(0, 5),
    end: 5,
  },
  {
    name: "4,000 schemas in oneOf for many items",
    schema: { items: { oneOf: times(4_000, (i) => ({ type: "integer", minimum: 10 * i, maximum: 10 * i + 9 })) } },
    value: numbers,
    end: "spent",
  },
  { name: "uniqueItems of 30,000 numbers", schema: { uniqueItems: true }, value: numbers, end: 0 },
  {
    name: "uniqueItems of 30,000 arrays",
    schema: { uniqueItems: true },
    value: numbers.map((number) => [number]),
    end: 0,
  },
  {
    name: "a long enum for many items",
    schema: { items: { enum: times(20_000, (i) => `v${i}`) } },
    value: times(10_000, (i) => `v${i + 10_000}`),
    end: 0,
  },
  {
    name: "an enum of objects for many objects",
    schema: { items: { enum: times(1_000, (i) => ({ a: i, b: [i] })) } },
    value: times(5_000, (i) => ({ b: [i % 1_000], a: i % 1_000 })),
    end: 0,
  },
  {
    name: "a hundred contains over a long array",
    schema: { allOf: times(100, () => ({ contains: { type: "string" } })) },
    value: numbers,
    end: "spent",
  },
  {
    name: "not in not for many items",
    schema: {
      items: { allOf: times(2, () => ({ $ref: "#/$defs/n" })) },
      $defs: { n: nest(11, (inner) => ({ not: inner }), { type: "string" }) },
    },
    value: numbers,
    end: "spent",
  },
  {
    name: "required names that are not there",
    schema: { contains: { anyOf: times(20, () => ({ required: times(1_000, (i) => `n${i}`) })) } },
    value: times(3_000, () => ({ n0: 1 })),
    end: "spent",
  },
  {
    name: "unevaluatedProperties again and again",
    schema: { allOf: times(100, () => ({ properties: { a: true }, unevaluatedProperties: true })) },
    value: members(5_000, (i) => [`n${i}`, i]),
    end: "spent",
  },
  {
    name: "lengths of a long text",
    schema: { allOf: times(4_000, () => ({ maxLength: 40_000 })) },
    value: "😀".repeat(30_000),
    end: "spent",
  },
  {
    name: "multiples of tiny numbers",
    schema: { items: { multipleOf: 1e-300 } },
    value: times(8_000, (i) => 1.5e300 + i * 1e290),
    end: "spent",
  },
  { name: "a deep schema", schema: nest(5_000, (not) => ({ not }), {}) as Source, value: 1, end: /at most 32 levels/ },
];

const slowest: string[] = [];

describe("hostile schemas and values end in a problem, a mismatch or SpentError", () => {
  test.each(cases)("$name", ({ name, schema, value, end }) => {
    const before = process.threadCpuUsage();
    const compiled = compileSchema(schema);
    const compileMs = process.threadCpuUsage(before).user / 1_000;
    if (end instanceof RegExp) {
      slowest.push(`${name}: refused in ${compileMs.toFixed(1)} ms`);
      expect(compiled.ok ? "accepted" : compiled.problems.map(({ message }) => message).join("\n")).toMatch(end);
      return;
    }
    if (!compiled.ok) expect.fail(JSON.stringify(compiled.problems));
    const evaluate = (): End => {
      const meter = new Meter(EVENT_BUDGET);
      try {
        return findMismatches(compiled.schema, value, meter).length;
      } catch (error) {
        if (error instanceof SpentError) return "spent";
        throw error;
      }
    };
    const start = process.threadCpuUsage();
    expect(evaluate()).toBe(end);
    slowest.push(
      `${name}: compiled in ${compileMs.toFixed(1)} ms, ${end} in ${(process.threadCpuUsage(start).user / 1_000).toFixed(1)} ms`,
    );
  });

  test("in little time, as printed", () => {
    // How long it takes is for people to read: a machine may be busy, but the meter is the same everywhere.
    console.log(slowest.join("\n"));
    expect(slowest.length).toBe(cases.length);
  });
});
