/** `readConfiguration` takes what the shape of the doors and of the command line takes, and says what is wrong with the rest. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CONFIGURATION_FORMAT, LIMITS, readConfiguration } from "../../src/engine/index.ts";
import { DetentError } from "../../src/errors.ts";
import { SHAPES } from "../../src/http/shapes.ts";
import { parseShape } from "../../src/shape.ts";
import { editJson } from "./fuzz/json-tree.ts";
import { edits } from "./fuzz/mutations.ts";
import { CONFIGURATIONS } from "./fuzz/samples.ts";

const orders = {
  name: "orders",
  starting_state: "a",
  states: ["a", "b"],
  transitions: [
    { from: "a", to: "b", event: "go" },
    { from: "b", to: "a", event: "back", after: "PT1M" },
  ],
};

const violationsOf = (value: unknown): string[] => {
  const reading = readConfiguration(value);
  return reading.ok ? [] : reading.violations.map(({ rule, pointer }) => `${rule} ${pointer}`);
};

test("refuses each field that there is not and each value of another type, with its place", () => {
  const value = {
    ...orders,
    starting_state: 7,
    startingState: "a",
    transitions: [{ from: "a", to: "b", event: "go", gaurd: "false" }, "go"],
    retention: { final: null, history: 30 },
  };
  expect(violationsOf(value).toSorted()).toEqual([
    "invalid_type /retention/history",
    "invalid_type /starting_state",
    "invalid_type /transitions/1",
    "unknown_field /startingState",
    "unknown_field /transitions/0/gaurd",
  ]);
});

test("says what it found where", () => {
  const reading = readConfiguration({ ...orders, states: ["a", 7] });
  expect(reading).toEqual({
    ok: false,
    violations: [
      {
        pointer: "/states/1",
        rule: "invalid_type",
        message: "configuration/states/1: must be of type string, but is 7",
        value: "7",
      },
    ],
  });
});

const circle: unknown[] = [];
circle.push(circle);
const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => [inner], 0);
test.each([
  ["undefined", undefined, "invalid_type "],
  ["null", null, "invalid_type "],
  ["a text", "name: orders", "invalid_type "],
  ["a function", () => orders, "invalid_type "],
  ["a bigint", { name: 7n }, "invalid_type "],
  ["a list", [orders], "invalid_type "],
  ["what contains itself", circle, "limit_exceeded "],
  ["what is deep", deep, "limit_exceeded "],
  ["what is large", { ...orders, name: "x".repeat(LIMITS.configurationBytes) }, "limit_exceeded "],
])("refuses %s", (_what, value, violation) => {
  expect(violationsOf(value)).toEqual([violation]);
});

test("answers a copy: what is changed afterwards does not count", () => {
  const value = structuredClone(orders);
  const reading = readConfiguration(value);
  value.states.push("c");
  expect(reading.ok && reading.source.states).toEqual(["a", "b"]);
});

test("throws nothing, whatever reading the value does", () => {
  const throwing = (error: unknown): object => ({
    ...orders,
    get name() {
      throw error;
    },
  });
  const hostile = [
    throwing(new Error("no")),
    throwing(null),
    throwing(Object.create(null)),
    throwing(Symbol("no")),
    { ...orders, toJSON: () => deep },
    { ...orders, toJSON: () => throwing(undefined) },
    Proxy.revocable({}, {}),
  ];
  for (const value of hostile) expect(violationsOf(value)).not.toEqual([]);
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(violationsOf(proxy)).toEqual(["invalid_type "]);
  expect(violationsOf({ ...orders, toJSON: () => deepened(LIMITS.jsonDepth + 1) })).toEqual(["limit_exceeded "]);
});

test("what is shared many times over is as large as it would be written", () => {
  const doubled = Array.from({ length: 30 }).reduce<unknown>((inner) => [inner, inner], 0);
  const long = Array.from({ length: 200_000 }, () => orders.name.repeat(10_000));
  const named = { [orders.name.repeat(10_000)]: 0 };
  const keys = Array.from({ length: 100_000 }, () => named);
  const holes: unknown[] = [];
  holes.length = 2 ** 32 - 1;
  for (const states of [doubled, long, keys, holes])
    expect(violationsOf({ ...orders, states })).toEqual(["limit_exceeded "]);
});

const manyOf = <T>(count: number, item: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => item(i));
const namedOf = (count: number, member: unknown): object =>
  Object.fromEntries(manyOf(count, (index) => [index.toString(36), member]));
const filled = (value: object): object => {
  const left = LIMITS.configurationBytes - Buffer.byteLength(JSON.stringify({ ...value, unhandled: "" }));
  return { ...value, unhandled: "x".repeat(left) };
};
const deepened = (levels: number, inner: unknown = {}): unknown =>
  levels <= 1 ? inner : { const: deepened(levels - 1, inner) };
/** The schema of an event stands in four levels. */
const withSchema = (levels: number): object => ({
  ...orders,
  event_options: { go: { schema: deepened(levels - 3) } },
});

test.each<[of: string, largest: object, larger: object]>([
  ["its depth", withSchema(LIMITS.jsonDepth), withSchema(LIMITS.jsonDepth + 1)],
  ["its bytes", filled(orders), { ...filled(orders), defer_for: "" }],
  ...["states", "initial_states", "transitions"].map((field): [string, object, object] => {
    const members = manyOf(LIMITS.members + 1, () => (field === "transitions" ? {} : ""));
    return [`the list ${field}`, { [field]: members.slice(1) }, { [field]: members }];
  }),
  ...["state_options", "event_options"].map((field): [string, object, object] => [
    `the object ${field}`,
    { [field]: namedOf(LIMITS.members, {}) },
    { [field]: namedOf(LIMITS.members + 1, {}) },
  ]),
  [
    "an assign",
    { transitions: [{ assign: namedOf(LIMITS.members, "") }] },
    { transitions: [{ assign: namedOf(LIMITS.members + 1, "") }] },
  ],
])("and the shape of the doors bound %s alike", (_of, largest, larger) => {
  expect([violationsOf(largest), isTakenByShape(largest)]).toEqual([[], true]);
  expect([violationsOf(larger), isTakenByShape(larger)]).toEqual([[expect.stringMatching(/^limit_exceeded /)], false]);
});

test("what is the most work for its bytes is read within its budget", () => {
  const crowds = [
    { transitions: manyOf(LIMITS.members, () => ({ to: "", event: "" })) },
    { transitions: manyOf(LIMITS.members, () => ({ assign: { "": "" } })) },
    { transitions: manyOf(26, () => ({ assign: namedOf(LIMITS.members / 10, "") })) },
    { states: manyOf(LIMITS.members, () => ""), state_options: namedOf(LIMITS.members, { unhandled: "" }) },
  ];
  for (const crowd of crowds) expect(violationsOf(crowd)).toEqual([]);
  expect(violationsOf({ transitions: manyOf(87_000, () => ({})) })).toEqual(["limit_exceeded /transitions"]);
});

test("accepts what the shape of the doors and of the command line accepts, and only that", () => {
  // The shape takes keys in camelCase as well.
  const inSnakeCase = (text: string): boolean => !/"[a-z]+[A-Z]\w*"/.test(text);
  let accepted = 0;
  const bounded = fc.oneof(
    { weight: 6, arbitrary: fc.constant((sample: object) => sample) },
    {
      weight: 1,
      arbitrary: fc.integer({ min: -2, max: 12 }).map((more) => () => withSchema(LIMITS.jsonDepth + more)),
    },
    { weight: 1, arbitrary: fc.constant(filled) },
  );
  const samples = fc.tuple(fc.constantFrom<object>(...CONFIGURATIONS), bounded, edits);
  fc.assert(
    fc.property(samples, ([sample, toBound, inTree]) => {
      const text = editJson(toBound(sample), inTree);
      fc.pre(inSnakeCase(text));
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        return;
      }
      const reading = readConfiguration(value);
      if (reading.ok) accepted += 1;
      expect(reading.ok).toBe(isTakenByShape(value));
    }),
    { numRuns: 1_000 },
  );
  expect(accepted).toBeGreaterThan(100);
});

function isTakenByShape(value: unknown): boolean {
  try {
    // How deep a body may be for any route says less.
    parseShape(SHAPES.configuration, value, "the body");
    return true;
  } catch (error) {
    if (error instanceof DetentError) return false;
    throw error;
  }
}

test("its format names every field of a configuration and of a transition", () => {
  const namesOf = (schema: unknown): string[] => Object.keys((schema as { properties: object }).properties).toSorted();
  const everything = Object.assign({}, ...CONFIGURATIONS) as Record<string, unknown>;
  expect(namesOf(CONFIGURATION_FORMAT)).toEqual(expect.arrayContaining(Object.keys(everything)));
});
