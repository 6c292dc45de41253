/**
 * What a configuration looks like from outside, and how a value that may be anything becomes one. Types and names only: what
 * a configuration must say is for the checks.
 */
import type { ConfigurationSource } from "./configuration.ts";
import { TOO_DEEP, writeConfiguration } from "./configuration-text.ts";
import type { JsonObject } from "./json.ts";
import { isDeeperThan, LIMITS } from "./limits.ts";
import { Meter } from "./meter.ts";
import { type DataViolation, SchemaRule } from "./schema-rule.ts";

const TEXT = { type: "string" };
const DURATION_OR_DEFAULT = { type: ["string", "null"] };
const TEXTS = list(TEXT);
const OPEN = { type: "object" };

/** No longer than any list or object may be; what a configuration may have of each is for the checks. */
function list(items: JsonObject): JsonObject {
  return { type: "array", items, maxItems: LIMITS.members };
}

/** An object with any keys, by the same bound. */
function record(additionalProperties: JsonObject): JsonObject {
  return { type: "object", additionalProperties, maxProperties: LIMITS.members };
}

/** An object with these members and no others: a misspelt `guard` must not become a transition without one. */
function closed(properties: JsonObject): JsonObject {
  return { type: "object", properties, additionalProperties: false };
}

/**
 * The form of a configuration in snake_case, as a JSON Schema (2020-12): the types of its fields, and no others. Editors
 * complete and check files with it. What the fields have to say to each other is for `checkConfiguration`.
 */
export const CONFIGURATION_FORMAT: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "A configuration of Detent",
  ...closed({
    name: TEXT,
    version: TEXT,
    starting_state: TEXT,
    states: TEXTS,
    transitions: list(
      closed({
        from: TEXT,
        to: TEXT,
        event: TEXT,
        guard: TEXT,
        assign: record(TEXT),
        after: TEXT,
        deadline: TEXT,
      }),
    ),
    initial_states: TEXTS,
    state_options: record(closed({ schema: OPEN, unhandled: TEXT })),
    event_options: record(closed({ schema: OPEN })),
    unhandled: TEXT,
    defer_for: TEXT,
    retention: closed({
      outcomes: DURATION_OR_DEFAULT,
      final: DURATION_OR_DEFAULT,
      history: DURATION_OR_DEFAULT,
    }),
  }),
};

/** A value in the form of a configuration, or what of it is not: the first ten places. */
export type Reading =
  | { readonly ok: true; readonly source: ConfigurationSource }
  | { readonly ok: false; readonly violations: readonly DataViolation[] };

const FORMAT = new SchemaRule(CONFIGURATION_FORMAT);

/** Three times what was measured for the configuration that is the most work: a great many empty objects. */
const READING_BUDGET = 4 * LIMITS.configurationBytes;

/** The rules as the service calls them. */
const RULES: Readonly<Record<string, string>> = {
  type: "invalid_type",
  additionalProperties: "unknown_field",
  maxItems: "limit_exceeded",
  maxProperties: "limit_exceeded",
};

/**
 * Reads what somebody wrote: parsed JSON or YAML, of which nothing is known yet. It throws nothing, whatever the value; the
 * source it answers is a copy, of what `JSON.stringify` makes of it. Refused is what is no JSON, what is larger than
 * `LIMITS.configurationBytes` or deeper than `LIMITS.jsonDepth`, and, each with its place, lists and objects of more than
 * `LIMITS.members`, fields that there are not and values of another type. Keys are snake_case.
 */
export function readConfiguration(value: unknown): Reading {
  const written = writeConfiguration(value);
  if (!written.ok) return refuse(written.rule, written.problem);
  const source = JSON.parse(written.text) as JsonObject;
  // What a `toJSON` has put in the place of something was not seen before.
  if (isDeeperThan(source, LIMITS.jsonDepth)) return refuse(TOO_DEEP.rule, TOO_DEEP.problem);
  const mismatch = FORMAT.explainMismatch(source, new Meter(READING_BUDGET));
  if (mismatch === undefined) return { ok: true, source };
  // Where the work was cut short, nothing is known of places.
  if (mismatch.violations.length === 0) return refuse("limit_exceeded", mismatch.message);
  const violations = mismatch.violations.map(({ pointer, rule, message, ...shown }) => {
    // A rule of schemas speaks of data.
    return { pointer, rule: RULES[rule] ?? rule, message: message.replace(/^data/, "configuration"), ...shown };
  });
  return { ok: false, violations };
}

/** The whole of it is to blame. */
function refuse(rule: string, problem: string): Reading {
  return { ok: false, violations: [{ pointer: "", rule, message: `configuration: ${problem}` }] };
}
