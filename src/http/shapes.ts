/**
 * The shapes of JSON bodies and queries of the routes: types, unknown fields, both cases of keys. The rules are the
 * house's.
 */
import * as v from "valibot";
import { CONFIGURATION_SHAPE } from "../service/configuration-shape.ts";
import { CHART } from "../stateservice/chart.ts";
import { atLeast, atMost, integer, list, object, oneOf, query, record, shape, text, time } from "../shape.ts";

const revision = v.pipe(integer, atLeast(0), atMost(0x7fff_ffff));

const newMachine = {
  state: v.optional(text),
  data: v.optional(object),
  labels: v.optional(record(text)),
};

const event = {
  event: text,
  event_id: v.optional(text),
  data: v.optional(object),
  details: v.optional(text),
  originator: v.optional(text),
  timestamp: v.optional(time),
};

const sentEvent = {
  ...event,
  expected_state: v.optional(text),
  expected_revision: v.optional(revision),
  create_if_missing: v.optional(shape({ version: v.optional(text), ...newMachine })),
};

const flag = oneOf(["true", "false"]);
/** A revision in a query. */
const revisionText = v.pipe(text, v.regex(/^\d{1,15}$/, "a revision, a whole number of up to 15 digits"));
/** The same, or -1 for none. */
const revisionOrNone = v.pipe(
  text,
  v.regex(/^(?:-1|\d{1,15})$/, "a revision, a whole number of up to 15 digits, or -1 for none"),
);
const machineFilter = {
  configuration: text,
  version: v.optional(text),
  state: v.optional(text),
  updated_after: v.optional(time),
  updated_before: v.optional(time),
};
const migration = { to: text, state_map: v.optional(record(text)) };
/** `label.K=V` */
const labels = { label: v.optional(record(text)) };

/** One schema per body and query. */
export const SHAPES = {
  configuration: CONFIGURATION_SHAPE,
  simulation: shape({
    configuration: v.optional(CONFIGURATION_SHAPE),
    config_id: v.optional(text),
    state: v.optional(text),
    data: v.optional(object),
    events: list(shape(event)),
  }),
  machine: shape({
    config_id: v.optional(text),
    configuration_version: v.optional(text),
    id: v.optional(text),
    ...newMachine,
  }),
  watchQuery: shape({ after_revision: v.optional(revisionOrNone) }),
  machineQuery: shape({ at_revision: v.optional(revisionText) }),
  labels: shape({ labels: record(v.nullable(text)) }),
  override: shape({ state: text, data: v.optional(object), comment: text }),
  migration: shape(migration),
  event: shape(sentEvent),
  dryRunQuery: shape({ dry_run: v.optional(flag) }),
  events: shape({ events: list(shape({ configuration: text, id: text, ...sentEvent })) }),
  empty: shape({}),
  configurationsQuery: shape({
    configuration: v.optional(text),
    page_size: v.optional(text),
    page_token: v.optional(text),
  }),
  machinesQuery: query(
    { ...machineFilter, order: v.optional(text), page_size: v.optional(text), page_token: v.optional(text) },
    labels,
  ),
  machineCountQuery: query({ ...machineFilter, group_by: v.optional(text) }, labels),
  feedQuery: shape({
    after: v.optional(text),
    configuration: v.optional(text),
    page_size: v.optional(text),
    wait: v.optional(text),
  }),
  pageQuery: shape({
    page_size: v.optional(text),
    page_token: v.optional(text),
  }),
  job: shape({
    filter: shape({ ...machineFilter, labels: v.optional(record(text)) }),
    send: v.optional(
      shape({
        event: text,
        data: v.optional(object),
        details: v.optional(text),
        originator: v.optional(text),
      }),
    ),
    migrate: v.optional(shape(migration)),
    delete: v.optional(shape({})),
    dry_run: v.optional(v.boolean("boolean")),
    rate: v.optional(integer),
  }),
  rebuild: shape({ machines: v.optional(list(shape({ configuration: text, id: text }))) }),
  redrive: shape({ ids: v.optional(list(text)) }),
  historyQuery: shape({
    order: v.optional(text),
    page_size: v.optional(text),
    page_token: v.optional(text),
    refused: v.optional(flag),
  }),
  tenant: shape({ name: text }),
  erasure: shape({ confirm: text }),
  exportQuery: shape({ after: v.optional(text) }),
  tenantUpdate: shape({
    quotas: shape({
      machines: v.optional(integer),
      configurations: v.optional(integer),
      events_per_day: v.optional(integer),
      requests_per_second: v.optional(integer),
    }),
  }),
  usageQuery: shape({ from: v.optional(text), tenant: v.optional(text) }),
  tenantQuery: shape({ tenant: v.optional(text) }),
  tenantPageQuery: shape({
    tenant: v.optional(text),
    page_size: v.optional(text),
    page_token: v.optional(text),
  }),
  key: shape({
    name: text,
    scopes: list(text),
    configurations: v.optional(list(text)),
    expires_at: v.optional(time),
    tenant: v.optional(text),
  }),
  reroll: shape({ grace: v.optional(text), tenant: v.optional(text) }),
  token: shape({
    scopes: list(text),
    configurations: v.optional(list(text)),
    machines: v.optional(list(shape({ configuration: text, id: text }))),
    events: v.optional(list(text)),
    subject: v.optional(text),
    ttl: v.optional(text),
  }),
  stateQuery: shape({ is: text }),
  chart: CHART,
  chartQuery: shape({ version: v.optional(text), timezone: v.optional(text) }),
  currentStateQuery: shape({ state: v.optional(text) }),
} as const;
