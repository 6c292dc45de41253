/**
 * The shapes of JSON bodies and queries of the routes: types, unknown fields, both cases of keys. The rules are the
 * house's.
 */
import * as z from "zod/mini";
import { countUtf8Bytes, LIMITS } from "../engine/limits.ts";
import { CHART } from "../stateservice/chart.ts";
import { list, mustBe, object, query, record, shape, text, time, type Payload } from "../shape.ts";

const revision = z.int().check(z.minimum(0), z.maximum(0x7fff_ffff));

const transition = shape({
  from: z.exactOptional(text),
  to: z.exactOptional(text),
  event: z.exactOptional(text),
  guard: z.exactOptional(text),
  assign: z.exactOptional(record(text)),
  after: z.exactOptional(text),
  deadline: z.exactOptional(text),
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
  name: z.exactOptional(text),
  version: z.exactOptional(text),
  starting_state: z.exactOptional(text),
  states: z.exactOptional(list(text)),
  transitions: z.exactOptional(list(transition)),
  initial_states: z.exactOptional(list(text)),
  state_options: z.exactOptional(record(shape({ schema: z.exactOptional(object), unhandled: z.exactOptional(text) }))),
  event_options: z.exactOptional(record(shape({ schema: z.exactOptional(object) }))),
  unhandled: z.exactOptional(text),
  defer_for: z.exactOptional(text),
  retention: z.exactOptional(
    shape({
      outcomes: z.exactOptional(z.nullable(text)),
      final: z.exactOptional(z.nullable(text)),
      history: z.exactOptional(z.nullable(text)),
    }),
  ),
});

const configuration = z.pipe(z.transform(refuseLarge), configurationFields);

const newMachine = {
  state: z.optional(text),
  data: z.optional(object),
  labels: z.optional(record(text)),
};

const event = {
  event: text,
  event_id: z.optional(text),
  data: z.optional(object),
  details: z.optional(text),
  originator: z.optional(text),
  timestamp: z.optional(time),
};

const sentEvent = {
  ...event,
  expected_state: z.optional(text),
  expected_revision: z.optional(revision),
  create_if_missing: z.optional(shape({ version: z.optional(text), ...newMachine })),
};

const flag = z.enum(["true", "false"]);
/** A revision in a query. */
const revisionText = z
  .string()
  .check(z.regex(/^\d{1,15}$/, { error: mustBe("a revision, a whole number of up to 15 digits") }));
/** The same, or -1 for none. */
const revisionOrNone = z
  .string()
  .check(
    z.regex(/^(?:-1|\d{1,15})$/, { error: mustBe("a revision, a whole number of up to 15 digits, or -1 for none") }),
  );
const machineFilter = {
  configuration: text,
  version: z.optional(text),
  state: z.optional(text),
  updated_after: z.optional(time),
  updated_before: z.optional(time),
};
const migration = { to: text, state_map: z.optional(record(text)) };
/** `label.K=V` */
const labels = { label: z.optional(record(text)) };

/** One schema per body and query. */
export const SHAPES = {
  configuration,
  simulation: shape({
    configuration: z.optional(configuration),
    config_id: z.optional(text),
    state: z.optional(text),
    data: z.optional(object),
    events: list(shape(event)),
  }),
  machine: shape({
    config_id: z.optional(text),
    configuration_version: z.optional(text),
    id: z.optional(text),
    ...newMachine,
  }),
  watchQuery: shape({ after_revision: z.optional(revisionOrNone) }),
  machineQuery: shape({ at_revision: z.optional(revisionText) }),
  labels: shape({ labels: record(z.nullable(text)) }),
  override: shape({ state: text, data: z.optional(object), comment: text }),
  migration: shape(migration),
  event: shape(sentEvent),
  dryRunQuery: shape({ dry_run: z.optional(flag) }),
  events: shape({ events: list(shape({ configuration: text, id: text, ...sentEvent })) }),
  empty: shape({}),
  configurationsQuery: shape({
    configuration: z.optional(text),
    page_size: z.optional(text),
    page_token: z.optional(text),
  }),
  machinesQuery: query(
    { ...machineFilter, order: z.optional(text), page_size: z.optional(text), page_token: z.optional(text) },
    labels,
  ),
  machineCountQuery: query({ ...machineFilter, group_by: z.optional(text) }, labels),
  feedQuery: shape({
    after: z.optional(text),
    configuration: z.optional(text),
    page_size: z.optional(text),
    wait: z.optional(text),
  }),
  pageQuery: shape({
    page_size: z.optional(text),
    page_token: z.optional(text),
  }),
  job: shape({
    filter: shape({ ...machineFilter, labels: z.optional(record(text)) }),
    send: z.optional(
      shape({
        event: text,
        data: z.optional(object),
        details: z.optional(text),
        originator: z.optional(text),
      }),
    ),
    migrate: z.optional(shape(migration)),
    delete: z.optional(shape({})),
    dry_run: z.optional(z.boolean()),
    rate: z.optional(z.int()),
  }),
  rebuild: shape({ machines: z.optional(list(shape({ configuration: text, id: text }))) }),
  redrive: shape({ ids: z.optional(list(text)) }),
  historyQuery: shape({
    order: z.optional(text),
    page_size: z.optional(text),
    page_token: z.optional(text),
    refused: z.optional(flag),
  }),
  tenant: shape({ name: text }),
  erasure: shape({ confirm: text }),
  exportQuery: shape({ tenant: z.optional(text), after: z.optional(text) }),
  tenantUpdate: shape({
    quotas: shape({
      machines: z.optional(z.int()),
      configurations: z.optional(z.int()),
      events_per_day: z.optional(z.int()),
      requests_per_second: z.optional(z.int()),
    }),
  }),
  usageQuery: shape({ from: z.optional(text), tenant: z.optional(text) }),
  tenantQuery: shape({ tenant: z.optional(text) }),
  tenantPageQuery: shape({
    tenant: z.optional(text),
    page_size: z.optional(text),
    page_token: z.optional(text),
  }),
  key: shape({
    name: text,
    scopes: list(text),
    configurations: z.optional(list(text)),
    expires_at: z.optional(time),
    tenant: z.optional(text),
  }),
  reroll: shape({ grace: z.optional(text), tenant: z.optional(text) }),
  token: shape({
    scopes: list(text),
    configurations: z.optional(list(text)),
    machines: z.optional(list(shape({ configuration: text, id: text }))),
    events: z.optional(list(text)),
    subject: z.optional(text),
    ttl: z.optional(text),
  }),
  stateQuery: shape({ is: text }),
  chart: CHART,
  chartQuery: shape({ version: z.optional(text), timezone: z.optional(text) }),
  currentStateQuery: shape({ state: z.optional(text) }),
} as const;
