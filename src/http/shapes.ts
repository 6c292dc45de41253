/**
 * The shapes of JSON bodies and queries: types, unknown fields, both cases of keys. The rules are the house's.
 * Nothing here may fail on a body of a million members, nor answer each of them.
 */
import * as z from "zod";
import { countUtf8Bytes, LIMITS } from "../engine/limits.ts";
import { isObject } from "../json.ts";

type Payload = z.core.ParsePayload;

/** Stops at a list or an object with too many members. */
function refuseCrowd(value: unknown, context: Payload): unknown {
  const count = typeof value === "object" && value !== null ? Object.keys(value).length : 0;
  if (count <= LIMITS.members) return value;
  const message = `has ${count} members, the limit of any list or object is ${LIMITS.members}`;
  context.issues.push({ code: "custom", message, params: { rule: "limit_exceeded" }, input: count });
  return z.NEVER;
}

/** An object with these fields and no others, whose keys may come in camelCase as well. */
function shape<F extends z.core.$ZodLooseShape>(fields: F) {
  const toSnakeCase = (value: unknown, context: Payload): unknown => {
    const checked = refuseCrowd(value, context);
    if (!isObject(checked)) return checked;
    return Object.fromEntries(
      Object.entries(checked).map(([key, member]) => {
        const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
        // Sent in both cases, the camelCase one is left as it is and so refused as unknown.
        const isRenamed = snake !== key && Object.hasOwn(fields, snake) && !Object.hasOwn(checked, snake);
        return [isRenamed ? snake : key, member];
      }),
    );
  };
  return z.pipe(z.transform(toSnakeCase), z.strictObject(fields));
}

function list<T extends z.ZodType>(item: T) {
  return z.pipe(z.transform(refuseCrowd), z.array(item));
}

function toMap(value: unknown, context: Payload): unknown {
  const checked = refuseCrowd(value, context);
  return isObject(checked) ? new Map(Object.entries(checked)) : checked;
}

/** An object with any keys; z.record would lose one named `__proto__`. */
function record<T extends z.ZodType>(member: T) {
  const members = z.pipe(z.transform(toMap), z.map(z.string(), member, "must be a JSON object"));
  return z.pipe(
    members,
    z.transform((map) => Object.fromEntries(map)),
  );
}

/** Open JSON, passed through as parsed. */
const object = z.custom<Record<string, unknown>>(isObject, {
  message: "must be a JSON object",
  params: { rule: "invalid_type" },
});
const text = z.string();
const revision = z.int().min(0).max(0x7fff_ffff);
/** RFC 3339, whose `t` and `z` may be lower-case. */
const time = z.pipe(
  z.transform((value) => (typeof value === "string" ? value.toUpperCase() : value)),
  z.iso.datetime({ offset: true }),
);

const transition = shape({
  from: text.exactOptional(),
  to: text.exactOptional(),
  event: text.exactOptional(),
  guard: text.exactOptional(),
  assign: record(text).exactOptional(),
  after: text.exactOptional(),
  deadline: text.exactOptional(),
});

/**
 * Stops at more JSON than a configuration may have. Within it, no more faults are possible than zod can report: at about
 * 125,000 its own stack ends.
 */
function refuseLarge(value: unknown, context: Payload): unknown {
  const bytes = countUtf8Bytes(JSON.stringify(value));
  if (bytes <= LIMITS.configurationBytes) return value;
  const message = `a configuration has at most ${LIMITS.configurationBytes} bytes of JSON, this one has ${bytes}`;
  context.issues.push({ code: "custom", message, params: { rule: "limit_exceeded" }, input: bytes });
  return z.NEVER;
}

const configurationFields = shape({
  name: text.exactOptional(),
  version: text.exactOptional(),
  starting_state: text.exactOptional(),
  states: list(text).exactOptional(),
  transitions: list(transition).exactOptional(),
  initial_states: list(text).exactOptional(),
  state_options: record(shape({ schema: object.exactOptional(), unhandled: text.exactOptional() })).exactOptional(),
  event_options: record(shape({ schema: object.exactOptional() })).exactOptional(),
  unhandled: text.exactOptional(),
  defer_for: text.exactOptional(),
  retention: shape({
    outcomes: text.nullable().exactOptional(),
    final: text.nullable().exactOptional(),
    history: text.nullable().exactOptional(),
  }).exactOptional(),
});

const configuration = z.pipe(z.transform(refuseLarge), configurationFields);

/** One schema per body and query. */
export const SHAPES = {
  configuration,
  machine: shape({
    config_id: text.optional(),
    configuration_version: text.optional(),
    id: text.optional(),
    state: text.optional(),
    data: object.optional(),
    labels: record(text).optional(),
  }),
  event: shape({
    event: text,
    event_id: text.optional(),
    data: object.optional(),
    details: text.optional(),
    originator: text.optional(),
    timestamp: time.optional(),
    expected_state: text.optional(),
    expected_revision: revision.optional(),
  }),
  empty: shape({}),
  configurationsQuery: shape({
    configuration: text.optional(),
    page_size: text.optional(),
    page_token: text.optional(),
  }),
  historyQuery: shape({
    order: text.optional(),
    page_size: text.optional(),
    page_token: text.optional(),
    refused: z.enum(["true", "false"]).optional(),
  }),
  stateQuery: shape({ is: text }),
} as const;
