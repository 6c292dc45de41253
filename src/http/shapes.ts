/**
 * The shapes of JSON bodies and queries of the routes: types, unknown fields, both cases of keys. The rules are the
 * house's.
 */
import * as z from "zod";
import { countUtf8Bytes, LIMITS } from "../engine/limits.ts";
import { CHART } from "../stateservice/chart.ts";
import { list, object, query, record, shape, text, time, type Payload } from "../shape.ts";

const revision = z.int().min(0).max(0x7fff_ffff);

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

const newMachine = {
  state: text.optional(),
  data: object.optional(),
  labels: record(text).optional(),
};

const event = {
  event: text,
  event_id: text.optional(),
  data: object.optional(),
  details: text.optional(),
  originator: text.optional(),
  timestamp: time.optional(),
};

const sentEvent = {
  ...event,
  expected_state: text.optional(),
  expected_revision: revision.optional(),
  create_if_missing: shape({ version: text.optional(), ...newMachine }).optional(),
};

const flag = z.enum(["true", "false"]);
/** A revision in a query. */
const revisionText = z.string().regex(/^\d{1,10}$/, "must be a revision, a whole number");
const machineFilter = {
  configuration: text,
  version: text.optional(),
  state: text.optional(),
  updated_after: time.optional(),
  updated_before: time.optional(),
};
/** `label.K=V` */
const labels = { label: record(text).optional() };

/** One schema per body and query. */
export const SHAPES = {
  configuration,
  simulation: shape({
    configuration: configuration.optional(),
    config_id: text.optional(),
    state: text.optional(),
    data: object.optional(),
    events: list(shape(event)),
  }),
  machine: shape({
    config_id: text.optional(),
    configuration_version: text.optional(),
    id: text.optional(),
    ...newMachine,
  }),
  machineQuery: shape({ at_revision: revisionText.optional() }),
  labels: shape({ labels: record(text.nullable()) }),
  override: shape({ state: text, data: object.optional(), comment: text }),
  migration: shape({ to: text, state_map: record(text).optional() }),
  event: shape(sentEvent),
  dryRunQuery: shape({ dry_run: flag.optional() }),
  events: shape({ events: list(shape({ configuration: text, id: text, ...sentEvent })) }),
  empty: shape({}),
  configurationsQuery: shape({
    configuration: text.optional(),
    page_size: text.optional(),
    page_token: text.optional(),
  }),
  machinesQuery: query(
    { ...machineFilter, order: text.optional(), page_size: text.optional(), page_token: text.optional() },
    labels,
  ),
  machineCountQuery: query({ ...machineFilter, group_by: text.optional() }, labels),
  feedQuery: shape({
    after: text.optional(),
    configuration: text.optional(),
    page_size: text.optional(),
  }),
  deadLettersQuery: shape({
    page_size: text.optional(),
    page_token: text.optional(),
  }),
  rebuild: shape({ machines: list(shape({ configuration: text, id: text })).optional() }),
  redrive: shape({ ids: list(text).optional() }),
  historyQuery: shape({
    order: text.optional(),
    page_size: text.optional(),
    page_token: text.optional(),
    refused: flag.optional(),
  }),
  stateQuery: shape({ is: text }),
  chart: CHART,
  chartQuery: shape({ version: text.optional(), timezone: text.optional() }),
  currentStateQuery: shape({ state: text.optional() }),
} as const;
