/**
 * The shape of a configuration as JSON or YAML, wherever it comes from: a request, a file of the command line, a test.
 */
import * as v from "valibot";
import { writeConfiguration } from "./engine/configuration-text.ts";
import { isObject } from "./json.ts";
import { list, object, record, rules, shape, text } from "./shape.ts";

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

/** Stops at what is deeper or larger than a configuration may be, before each fault in it is looked for. */
const refuseExcess = rules((value: unknown, refuse) => {
  // What is no object at all the shape says better.
  if (!isObject(value)) return;
  const written = writeConfiguration(value);
  if (!written.ok) refuse([], written.rule, `a configuration ${written.problem}`, written.bytes);
});

/** What a configuration says. */
export const CONFIGURATION_FIELDS = {
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

/** A configuration as it is uploaded or stands in a file: its shape only; what its rules make of it the engine says. */
export const CONFIGURATION = v.pipe(v.unknown(), refuseExcess, shape(CONFIGURATION_FIELDS));
