/** What is told of a body that has not its shape: the field, the rule and the value, in our own words. */
import { expect, test } from "vitest";
import type * as v from "valibot";
import { DetentError } from "../../src/errors.ts";
import { SHAPES } from "../../src/http/shapes.ts";
import { parseShape, record, shape } from "../../src/shape.ts";

/** `pointer rule message value` of each violation. */
function refusalsOf(schema: v.GenericSchema, value: unknown): string[] {
  try {
    parseShape(schema, value, "the body");
  } catch (error) {
    if (!(error instanceof DetentError)) throw error;
    return error.violations.map(({ pointer, rule, message, value: shown }) =>
      [pointer, rule, message, ...(shown === undefined ? [] : [shown])].join(" | "),
    );
  }
  return [];
}

test.each<[shape: v.GenericSchema, value: unknown, refusal: string]>([
  [SHAPES.event, { event: true }, "/event | invalid_type | event: must be a string, but is true | true"],
  [SHAPES.event, { event: null }, "/event | invalid_type | event: must be a string, but is null | null"],
  [SHAPES.event, { event: 1.5 }, "/event | invalid_type | event: must be a string, but is 1.5 | 1.5"],
  [
    SHAPES.event,
    { event: [1, 2] },
    "/event | invalid_type | event: must be a string, but is an array of 2 items | an array of 2 items",
  ],
  [SHAPES.event, { event: {} }, "/event | invalid_type | event: must be a string, but is an object | an object"],
  [SHAPES.event, {}, "/event | required | event is required"],
  [
    SHAPES.event,
    [],
    " | invalid_type | the body: must be a JSON object, but is an array of 0 items | an array of 0 items",
  ],
  [SHAPES.event, "x", ' | invalid_type | the body: must be a JSON object, but is "x" | x'],
  [SHAPES.event, { event: "e", data: 7 }, "/data | invalid_type | data: must be a JSON object, but is 7 | 7"],
  [
    SHAPES.event,
    { event: "e", expected_revision: 1.5 },
    "/expected_revision | invalid_type | expected_revision: must be a whole number, but is 1.5 | 1.5",
  ],
  [
    SHAPES.event,
    { event: "e", expected_revision: -1 },
    "/expected_revision | too_small | expected_revision: must be at least 0, but is -1 | -1",
  ],
  [
    SHAPES.event,
    { event: "e", expected_revision: 2 ** 31 },
    "/expected_revision | too_big | expected_revision: must be at most 2147483647, but is 2147483648 | 2147483648",
  ],
  [
    SHAPES.event,
    { event: "e", timestamp: "soon" },
    '/timestamp | invalid_format | timestamp: must be a time of RFC 3339, like 2026-11-24T09:30:00Z, but is "soon" | soon',
  ],
  [SHAPES.events, { events: 1 }, "/events | invalid_type | events: must be an array, but is 1 | 1"],
  [SHAPES.machine, { labels: "a" }, '/labels | invalid_type | labels: must be a JSON object, but is "a" | a'],
  [SHAPES.machine, { labels: { n: 1 } }, "/labels/n | invalid_type | labels.n: must be a string, but is 1 | 1"],
  [
    SHAPES.configuration,
    { transitions: [{ assign: [] }] },
    "/transitions/0/assign | invalid_type | transitions.0.assign: must be a JSON object, but is an array of 0 items | an array of 0 items",
  ],
  [
    SHAPES.dryRunQuery,
    { dry_run: "yes" },
    '/dry_run | invalid_value | dry_run: must be "true" or "false", but is "yes" | yes',
  ],
  [
    SHAPES.machineQuery,
    { at_revision: "x" },
    '/at_revision | invalid_format | at_revision: must be a revision, a whole number of up to 15 digits, but is "x" | x',
  ],
  [
    SHAPES.chart,
    { current_state: "a", states: [{ name: "a", current: { key: "k", value: true } }] },
    "/states/0/current/value | invalid_union | states.0.current.value: must be a number or a string, but is true | true",
  ],
  [
    SHAPES.chart,
    {
      current_state: "a",
      states: [{ name: "a", func: "increment", target: { name: "b", when: { key: "k", value: 1 } } }, { name: "b" }],
    },
    '/states/0/current | required | states.0.current: a state with the func "increment" needs it',
  ],
  [
    SHAPES.chart,
    { current_state: "a", states: [{ name: "a", current: { key: "k" } }] },
    "/states/0/current/value | invalid_union | states.0.current.value: must be a number or a string, but is absent",
  ],
  [SHAPES.job, { filter: {} }, "/filter/configuration | required | filter.configuration is required"],
  [SHAPES.job, {}, "/filter | required | filter is required"],
  [
    SHAPES.job,
    { filter: { configuration: "c" }, rate: Infinity },
    "/rate | invalid_type | rate: must be a number, but is Infinity | Infinity",
  ],
  [
    SHAPES.job,
    { filter: { configuration: "c" }, rate: 2 ** 53 },
    "/rate | too_big | rate: must be at most 9007199254740991, but is 9007199254740992 | 9007199254740992",
  ],
])("%#", (schema, value, refusal) => {
  expect(refusalsOf(schema, value)).toEqual([refusal]);
});

test("every field that is not there is named, whatever it is called, after what is wrong with the others", () => {
  const body: unknown = JSON.parse('{"7":0,"__proto__":{"event":"e"},"constructor":1,"eventID":"i","event":1}');
  expect(refusalsOf(SHAPES.event, body).map((refusal) => refusal.split(" | ").slice(0, 2).join(" "))).toEqual([
    "/event invalid_type",
    "/7 unknown_field",
    "/__proto__ unknown_field",
    "/constructor unknown_field",
    "/eventID unknown_field",
  ]);
});

test("a field that is not there hides no rule of a chart", () => {
  expect(refusalsOf(SHAPES.chart, { current_state: "a", states: [], more: 1 })).toEqual([
    '/more | unknown_field | there is no field "more" in the body | more',
    "/states | states_missing | states: there are no states",
    '/current_state | state_unknown | current_state: "a" is not one of the states | a',
  ]);
});

test("a record keeps a member named __proto__", () => {
  const labels = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
  expect(parseShape(SHAPES.labels, { labels }, "the body")).toEqual({ labels });
});

test.each([
  ["2024-02-29t23:59:59.5+23:59", "2024-02-29T23:59:59.5+23:59"],
  ["0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z"],
  ["2023-02-29T00:00:00Z", undefined],
  ["1900-02-29T00:00:00Z", undefined],
  ["2026-11-31T00:00:00Z", undefined],
  ["2026-11-24T09:30Z", undefined],
  ["2026-11-24T09:30:60Z", undefined],
  ["2026-11-24T09:30:00.Z", undefined],
  ["2026-11-24T09:30:00", undefined],
  ["2026-11-24T09:30:00+24:00", undefined],
])("the time %s is read as %s", (timestamp, read) => {
  const body = { event: "e", timestamp };
  if (read === undefined)
    expect(refusalsOf(SHAPES.event, body)).toEqual([expect.stringContaining("| invalid_format |")]);
  else expect(parseShape(SHAPES.event, body, "the body")).toEqual({ event: "e", timestamp: read });
});

test("of more faults than a stack could hold the first hundred are told", () => {
  const labels = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`k${index}`, 1]));
  const events = Array.from({ length: 10_000 }, () => ({ create_if_missing: { labels } }));
  expect(refusalsOf(SHAPES.events, { events })).toHaveLength(100);
});

test.each([
  ["a list", (faulty: object) => [SHAPES.events, { events: Array.from({ length: 10_000 }, () => faulty) }] as const],
  [
    "an object",
    (faulty: object) => {
      const states = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`s${index}`, faulty]));
      return [record(shape({})), states] as const;
    },
  ],
])("once a hundred members of %s are wrong, the others are not looked at", (_what, bodyOf) => {
  let looks = 0;
  const faulty = {
    get wrong() {
      looks += 1;
      return looks;
    },
  };
  const [schema, body] = bodyOf(faulty);
  expect(refusalsOf(schema, body)).toHaveLength(100);
  expect(looks).toBeLessThan(1_000);
});
