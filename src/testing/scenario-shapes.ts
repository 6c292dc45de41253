/** The shapes of a file of scenarios: which fields there are, and of which types. Keys in snake_case, or in camelCase. */
import * as v from "valibot";
import { integer, list, object, oneOf, record, shape, text } from "../shape.ts";

const flag = v.boolean("true or false");
const yes = v.literal(true, "true");
const any = v.exactOptional(v.unknown());
const newMachine = {
  state: v.exactOptional(text),
  data: v.exactOptional(object),
  labels: v.exactOptional(record(text)),
};
// oxlint-disable-next-line unicorn/no-thenable -- the field's name; what it holds is no function
const outcome = { then: any, refused: any };

export const FILE = shape({
  configuration: any,
  config_id: v.exactOptional(text),
  scenarios: list(v.unknown()),
  coverage: any,
  golden: v.exactOptional(text),
});

export const SCENARIO = shape({ name: text, given: any, ...outcome, steps: v.exactOptional(list(v.unknown())) });

export const NEW_MACHINE = shape(newMachine);

/** A step by the field that says what it does. */
export const STEPS = {
  when: shape({
    when: text,
    data: v.exactOptional(object),
    details: v.exactOptional(text),
    event_id: v.exactOptional(text),
    originator: v.exactOptional(text),
    expected_state: v.exactOptional(text),
    expected_revision: v.exactOptional(integer),
    create_if_missing: v.exactOptional(NEW_MACHINE),
    ...outcome,
    ignored: v.exactOptional(yes),
    deferred: v.exactOptional(yes),
    duplicate: v.exactOptional(yes),
  }),
  create: shape({ create: v.nullable(NEW_MACHINE), ...outcome }),
  // oxlint-disable-next-line unicorn/no-thenable -- as above
  after: shape({ after: text, then: any, gone: v.exactOptional(yes) }),
  fork: shape({ fork: text, steps: list(v.unknown()) }),
};

export const MACHINE = shape({
  state: text,
  data: v.exactOptional(object),
  exact_data: v.exactOptional(object),
  labels: v.exactOptional(record(text)),
  revision: v.exactOptional(integer),
  final: v.exactOptional(flag),
  allowed: v.exactOptional(list(text)),
});

export const REFUSAL = shape({
  reason: v.exactOptional(text),
  message: v.exactOptional(text),
  pointer: v.exactOptional(text),
  rule: v.exactOptional(text),
});

const transition = shape({ from: v.exactOptional(text), event: v.exactOptional(text), to: v.exactOptional(text) });

export const COVERAGE = shape({
  states: v.exactOptional(oneOf(["all"])),
  transitions: v.exactOptional(oneOf(["all"])),
  except: v.exactOptional(
    shape({ states: v.exactOptional(list(text)), transitions: v.exactOptional(list(transition)) }),
  ),
});
