/** What a schema takes has its type: asked of the compiler about values that the engine's own validator has let through. */
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateModule } from "../../../src/codegen/module.ts";
import { EVENT_BUDGET } from "../../../src/engine/limits.ts";
import { Meter } from "../../../src/engine/meter.ts";
import type { JsonValue } from "../../../src/engine/json.ts";
import { compileSchema, findMismatches } from "../../../src/engine/schema/schema.ts";
import { createConsumer, type Consumer } from "./consumer.ts";

let consumer: Consumer;
beforeAll(async () => {
  consumer = await createConsumer();
});
afterAll(() => consumer?.remove());

type Schema = { readonly [keyword: string]: unknown };

/** A module that has `schema` as that of an event's data. */
function moduleOf(schema: Schema): string {
  return generateModule({
    name: "tested",
    starting_state: "a",
    states: ["a"],
    transitions: [{ from: "a", to: "a", event: "e" }],
    event_options: { e: { schema } },
  }).text;
}

/** The type of an event's data, as text. */
function typeOf(schema: Schema): string {
  return /export type EEventData = ?([\s\S]*?);\n\n/.exec(moduleOf(schema))?.[1]?.trim() ?? "";
}

test.each<[string, Schema, string]>([
  ["what it names", { properties: { a: { type: "string" } } }, "{ readonly a?: string }"],
  ["what it requires", { required: ["a"], properties: { a: {} } }, "{ readonly a: JsonValue }"],
  ["what it requires and does not name", { required: ["a b"] }, '{ readonly "a b": JsonValue }'],
  ["nothing at all", { additionalProperties: false }, "{ readonly [name: string]: never }"],
  ["a type of all others", { additionalProperties: { type: "number" } }, "{ readonly [name: string]: number }"],
  [
    "a type of all others beside a name",
    { required: ["a"], properties: { a: { const: "x" }, b: {} }, additionalProperties: { type: "null" } },
    '{ readonly a: "x"; readonly b?: JsonValue; readonly [name: string]: JsonValue | undefined }',
  ],
  ["an integer or nothing", { properties: { a: { type: ["integer", "null"] } } }, "{ readonly a?: number | null }"],
  [
    "values",
    { properties: { a: { enum: [1, "1", null, [2, {}]] } } },
    '{ readonly a?: 1 | "1" | null | readonly [2, { readonly [name: string]: never }] }',
  ],
  ["values of a type", { properties: { a: { type: "string", enum: [1, "1"] } } }, '{ readonly a?: "1" }'],
  [
    "a list",
    { properties: { a: { type: "array", items: { type: ["string", "null"] } } } },
    "{ readonly a?: readonly (string | null)[] }",
  ],
  [
    "a tuple",
    {
      properties: { a: { type: "array", prefixItems: [{ const: 1 }, { type: "string" }], minItems: 1, items: false } },
    },
    "{ readonly a?: readonly [1, string?] }",
  ],
  [
    "either",
    { oneOf: [{ required: ["a"] }, { required: ["b"] }] },
    "{ readonly a: JsonValue } | { readonly b: JsonValue }",
  ],
  [
    "both",
    { properties: { a: { type: "number" } }, allOf: [{ required: ["b"], properties: { b: { type: "string" } } }] },
    "{ readonly a?: number } & { readonly b: string }",
  ],
  ["what it forbids", { properties: { a: false } }, "{ readonly a?: never }"],
  [
    "a choice",
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword
    { if: { required: ["a"] }, then: { required: ["b"] }, else: { required: ["c"] } },
    "({ readonly a: JsonValue } & { readonly b: JsonValue }) | { readonly c: JsonValue }",
  ],
  ["itself", { type: "object", properties: { a: { $ref: "#" } } }, "{ readonly a?: EEventData }"],
  [
    "a name that it has",
    { properties: { a: { $ref: "#x" } }, $defs: { y: { $anchor: "x", type: "string" } } },
    "{ readonly a?: EEventDataX }",
  ],
  ["anything that is an object", { minProperties: 1 }, "JsonObject"],
])("data with %s", (_claim, schema, type) => {
  expect(compileSchema(schema)).toMatchObject({ ok: true });
  expect(typeOf(schema)).toBe(type);
});

const NAMES = ["a", "b", "c-d"];
/**
 * Every object has it, and every list of properties names it: the compiler finds it suspicious where nothing that is named is
 * there, although all of it is optional.
 */
const COMMON = { w: 1 };
const scalar = fc.constantFrom<JsonValue>(null, true, false, 0, 1, -1.5, 1e21, "", "a", "b");
const value = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.constant({}),
    fc.array(tie("value"), { maxLength: 3 }),
    fc
      .dictionary(fc.constantFrom(...NAMES), tie("value"), { maxKeys: 3, noNullPrototype: true })
      .map((members) => ({ ...members, ...COMMON })),
  ),
})).value;

const TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"];

/** Schemas of the keywords that a type is made of, and of some that it is not. */
const schema = fc.letrec<{ schema: unknown }>((tie) => {
  const part = tie("schema");
  const parts = fc.array(part, { minLength: 1, maxLength: 3 });
  const named = fc
    .dictionary(fc.constantFrom(...NAMES), part, { maxKeys: 3, noNullPrototype: true })
    .map((members) => ({ ...members, w: true }));
  const keywords = fc.record(
    {
      type: fc.oneof(
        fc.constantFrom(...TYPES),
        fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 4 }),
      ),
      properties: named,
      required: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
      additionalProperties: part,
      patternProperties: fc.dictionary(fc.constantFrom("^a", "d$"), part, { maxKeys: 2, noNullPrototype: true }),
      items: part,
      prefixItems: parts,
      minItems: fc.nat(2),
      allOf: parts,
      anyOf: parts,
      oneOf: parts,
      if: part,
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword
      then: part,
      else: part,
      not: part,
      enum: fc.array(value, { minLength: 1, maxLength: 3 }),
      const: value,
      $ref: fc.constantFrom("#/$defs/x", "#/$defs/y"),
      minProperties: fc.nat(1),
    },
    { requiredKeys: [] },
  );
  // Few keywords at a time, or nothing would match.
  const few = keywords.chain((all) =>
    fc
      .subarray(Object.keys(all), { maxLength: 3 })
      .map((names) => Object.fromEntries(names.map((name) => [name, all[name as keyof typeof all]]))),
  );
  return { schema: fc.oneof({ maxDepth: 3, withCrossShrink: true }, fc.boolean(), few, few, few) };
}).schema;

const whole = fc
  .record({ own: schema, x: schema, y: schema })
  .map(({ own, x, y }): Schema => ({ properties: { v: own }, required: ["v"], $defs: { x, y } }));

test("data that the engine takes has the type of its schema", async () => {
  const modules: Record<string, string> = {};
  const schemas = fc.sample(whole, 1_500).filter((source) => compileSchema(source).ok);
  const values = fc.sample(value, 300);
  let claims = 0;
  for (const [index, source] of schemas.entries()) {
    const compiled = compileSchema(source);
    if (!compiled.ok) continue;
    const taken = values
      .filter((v) => findMismatches(compiled.schema, { v }, new Meter(EVENT_BUDGET)).length === 0)
      .slice(0, 8);
    if (taken.length === 0) continue;
    claims += taken.length;
    const lines = taken.map(
      (v, nr) => `const v${nr} = ${JSON.stringify({ v })} as const; export const t${nr}: EEventData = v${nr};`,
    );
    modules[`m${index}.ts`] = [moduleOf(source), ...lines].join("\n");
  }
  expect(claims).toBeGreaterThan(3_000);
  const found = await consumer.check(modules);
  const shown = found.map(({ file, line, message }) => {
    const lines = modules[file]?.split("\n") ?? [];
    return { type: lines.slice(5, 9).join("\n"), value: lines[line - 1], message };
  });
  expect(shown).toEqual([]);
});
