/** The shape of a configuration in JSON and YAML, wherever it is read: `gaurd` must never be stored as an unguarded transition. */
import * as v from "valibot";
import { countUtf8Bytes, LIMITS } from "../engine/limits.ts";
import { list, object, record, rules, shape, text } from "../shape.ts";

/** One of its transitions. */
export const TRANSITION = shape({
  from: v.exactOptional(text),
  to: v.exactOptional(text),
  event: v.exactOptional(text),
  guard: v.exactOptional(text),
  assign: v.exactOptional(record(text)),
  after: v.exactOptional(text),
  deadline: v.exactOptional(text),
});

/** Stops at more JSON than a configuration may have, before each fault in it is looked for. */
const refuseLarge = rules((value: unknown, refuse) => {
  const bytes = countUtf8Bytes(JSON.stringify(value) ?? "");
  if (bytes <= LIMITS.configurationBytes) return;
  const message = `a configuration has at most ${LIMITS.configurationBytes} bytes of JSON, this one has ${bytes}`;
  refuse([], "limit_exceeded", message, bytes);
});

/** What a configuration says. */
export const CONFIGURATION = {
  name: v.exactOptional(text),
  version: v.exactOptional(text),
  starting_state: v.exactOptional(text),
  states: v.exactOptional(list(text)),
  transitions: v.exactOptional(list(TRANSITION)),
  initial_states: v.exactOptional(list(text)),
  state_options: v.exactOptional(record(shape({ schema: v.exactOptional(object), unhandled: v.exactOptional(text) }))),
  event_options: v.exactOptional(record(shape({ schema: v.exactOptional(object) }))),
  unhandled: v.exactOptional(text),
  defer_for: v.exactOptional(text),
  retention: v.exactOptional(
    shape({
      outcomes: v.exactOptional(v.nullable(text)),
      final: v.exactOptional(v.nullable(text)),
      history: v.exactOptional(v.nullable(text)),
    }),
  ),
};

/** A configuration: of the right types, without unknown fields, not too large; its rules are not yet checked. */
export const CONFIGURATION_SHAPE = v.pipe(v.unknown(), refuseLarge, shape(CONFIGURATION));
