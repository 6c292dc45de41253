/** What is told of a body that has not its shape: the field, the rule and the value, in our own words. */
import { expect, test } from "vitest";
import type * as z from "zod/mini";
import { DetentError } from "../../src/errors.ts";
import { SHAPES } from "../../src/http/shapes.ts";
import { parseShape } from "../../src/shape.ts";

/** `pointer rule message value` of each violation. */
function refusalsOf(shape: z.ZodMiniType, value: unknown): string[] {
  try {
    parseShape(shape, value, "the body");
  } catch (error) {
    if (!(error instanceof DetentError)) throw error;
    return error.violations.map(({ pointer, rule, message, value: shown }) =>
      [pointer, rule, message, ...(shown === undefined ? [] : [shown])].join(" | "),
    );
  }
  return [];
}

test.each<[shape: z.ZodMiniType, value: unknown, refusal: string]>([
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
])("%#", (shape, value, refusal) => {
  expect(refusalsOf(shape, value)).toEqual([refusal]);
});
