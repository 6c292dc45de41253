/** The shapes of JSON bodies and queries: types and unknown fields; the rules are the house's. */
import * as z from "zod";

/** Open JSON, passed through as parsed: z.record would lose a member named `__proto__`. */
const object = z.custom<Record<string, unknown>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be a JSON object",
);
const text = z.string();

const configuration = z.strictObject({
  name: text.exactOptional(),
  version: text.exactOptional(),
  starting_state: text.exactOptional(),
  states: z.array(text).exactOptional(),
  transitions: z
    .array(
      z.strictObject({
        from: text.exactOptional(),
        to: text.exactOptional(),
        event: text.exactOptional(),
        guard: text.exactOptional(),
        assign: z.record(text, text).exactOptional(),
        after: text.exactOptional(),
        deadline: text.exactOptional(),
      }),
    )
    .exactOptional(),
  initial_states: z.array(text).exactOptional(),
  state_options: z
    .record(text, z.strictObject({ schema: object.exactOptional(), unhandled: text.exactOptional() }))
    .exactOptional(),
  event_options: z.record(text, z.strictObject({ schema: object.exactOptional() })).exactOptional(),
  unhandled: text.exactOptional(),
  defer_for: text.exactOptional(),
  retention: z
    .strictObject({
      outcomes: text.nullable().exactOptional(),
      final: text.nullable().exactOptional(),
      history: text.nullable().exactOptional(),
    })
    .exactOptional(),
});

const revision = z.int().min(0).max(0x7fff_ffff);

/** One schema per body and query. */
export const SHAPES = {
  configuration,
  machine: z.strictObject({
    config_id: text.optional(),
    configuration_version: text.optional(),
    id: text.optional(),
    state: text.optional(),
    data: object.optional(),
    labels: z.record(text, text).optional(),
  }),
  event: z.strictObject({
    event: text,
    event_id: text.optional(),
    data: object.optional(),
    details: text.optional(),
    originator: text.optional(),
    timestamp: z.iso.datetime({ offset: true }).optional(),
    expected_state: text.optional(),
    expected_revision: revision.optional(),
  }),
  empty: z.strictObject({}),
  configurationsQuery: z.strictObject({
    configuration: text.optional(),
    page_size: text.optional(),
    page_token: text.optional(),
  }),
  historyQuery: z.strictObject({
    order: text.optional(),
    page_size: text.optional(),
    page_token: text.optional(),
    refused: z.enum(["true", "false"]).optional(),
  }),
  stateQuery: z.strictObject({ is: text }),
} as const;
