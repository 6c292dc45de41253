/**
 * The shapes of what the JSON routes answer, under the names they have in the OpenAPI document. Functions in
 * `src/output.ts` write the answers; tests hold every answer they see against these. No part of the bundle.
 */
import * as v from "valibot";
import { SCOPES } from "../../auth/scope.ts";
import { AUDIT_ACTIONS } from "../../service/audit.ts";
import { REASONS } from "../../errors.ts";
import { atLeast, integer, object, oneOf, record, text, time } from "../../shape.ts";
import { CONFIGURATION_FIELDS, TRANSITION } from "../../configuration-shape.ts";
import { SHAPES } from "../shapes.ts";

const revision = v.pipe(integer, atLeast(0));
const count = v.pipe(integer, atLeast(0));
const nextPageToken = text;

const Configuration = v.strictObject({
  ...CONFIGURATION_FIELDS,
  name: text,
  version: text,
  created_at: time,
  deprecated_at: v.optional(time),
});

const Finding = v.strictObject({
  severity: oneOf(["error", "warning"]),
  code: text,
  pointer: text,
  message: text,
});

const Reason = oneOf(Object.keys(REASONS) as (keyof typeof REASONS)[]);

const MachineRef = v.strictObject({ configuration: text, id: text });

const Receipt = v.strictObject({
  event_id: text,
  event: text,
  config_id: text,
  machine: MachineRef,
  result: oneOf(["transitioned", "ignored", "deferred", "refused", "failed"]),
  code: oneOf([
    "Ok",
    "EventNotAllowed",
    "FsmNotFound",
    "TransitionNotAllowed",
    "MissingDestination",
    "ConfigurationNotFound",
  ]),
  reason: v.optional(Reason),
  message: v.optional(text),
  from: text,
  to: v.optional(text),
  revision,
  at: time,
  originator: text,
  actor: text,
  duplicate: v.boolean(),
  created: v.optional(v.boolean()),
  details: text,
  data: object,
  allowed_events: v.optional(v.array(text)),
});

const Failure = v.omit(Receipt, ["details", "data", "created"]);

const HistoryEntry = v.strictObject({
  revision,
  kind: oneOf(["event", "migration", "override"]),
  event_id: text,
  timestamp: time,
  transition: v.strictObject({ from: text, to: text, event: text }),
  originator: text,
  actor: text,
  details: text,
  data: object,
});

const ListedMachine = v.strictObject({
  config_id: text,
  state: text,
  labels: record(text),
  revision,
  final: v.boolean(),
  created_at: time,
  updated_at: time,
});

const Machine = v.strictObject({
  ...ListedMachine.entries,
  data: object,
  timers: v.array(v.strictObject({ event: text, to: text, due_at: time })),
  history: v.array(HistoryEntry),
  history_next_page_token: text,
});

const AllowedEvent = v.strictObject({
  event: text,
  allowed: oneOf(["yes", "no", "depends"]),
  to: v.optional(text),
  reason: v.optional(oneOf(["NO_TRANSITION", "IGNORED", "DEFERRED", "GUARD_REJECTED"])),
});

const TransitionEntry = v.strictObject({
  kind: oneOf(["created", "changed", "deleted"]),
  configuration: text,
  id: text,
  revision,
  event_id: v.optional(text),
  event: v.optional(text),
  from: v.optional(text),
  to: text,
  config_id: text,
  at: time,
  originator: text,
  actor: text,
});

const DeadLetter = v.strictObject({
  id: text,
  received_at: time,
  configuration: text,
  machine_id: text,
  event_id: text,
  content_type: oneOf(["json", "text"]),
  body: v.unknown(),
});

const Job = v.strictObject({
  id: text,
  filter: v.strictObject({
    configuration: text,
    version: v.optional(text),
    state: v.optional(text),
    updated_after: v.optional(time),
    updated_before: v.optional(time),
    labels: v.optional(record(text)),
  }),
  send: v.optional(v.strictObject({ event: text, data: object, details: text, originator: text })),
  migrate: v.optional(v.strictObject({ to: text, state_map: record(text) })),
  delete: v.optional(v.strictObject({})),
  dry_run: v.boolean(),
  rate: integer,
  status: oneOf(["running", "paused", "cancelled", "finished"]),
  progress: v.strictObject({
    expected: count,
    found: count,
    succeeded: count,
    unchanged: count,
    refused: count,
    skipped: count,
  }),
  actor: text,
  created_at: time,
  updated_at: time,
  finished_at: v.optional(time),
});

const JobRefusal = v.strictObject({ id: text, reason: Reason, message: text });

const Quotas = v.strictObject({
  machines: v.optional(count),
  configurations: v.optional(count),
  events_per_day: v.optional(count),
  requests_per_second: v.optional(count),
});

const Tenant = v.strictObject({
  name: text,
  created_at: time,
  quotas: Quotas,
  erasing_at: v.optional(time),
  erased_at: v.optional(time),
  erased_counts: v.optional(record(count)),
});

const Key = v.strictObject({
  id: text,
  tenant: text,
  name: text,
  scopes: v.array(oneOf(SCOPES)),
  configurations: v.array(text),
  created_at: time,
  created_by: text,
  expires_at: v.optional(time),
  last_used_at: v.optional(time),
  revoked_at: v.optional(time),
  old_secret_until: v.optional(time),
});

const AuditEntry = v.strictObject({
  id: text,
  at: time,
  actor: text,
  action: oneOf(AUDIT_ACTIONS),
  subject: text,
  details: object,
});

const Problem = v.strictObject({
  type: text,
  title: text,
  status: integer,
  detail: text,
  reason: Reason,
  request_id: text,
  metadata: record(text),
  errors: v.array(v.strictObject({ pointer: text, rule: text, message: text, value: v.optional(text) })),
  receipt: v.optional(Receipt),
  dry_run: v.optional(v.literal(true)),
});

/** Shapes of requests that have a name of their own: several operations take them, or other shapes contain them. */
export const NAMED_REQUESTS = {
  ConfigurationSource: SHAPES.configuration,
  Transition: TRANSITION,
} as const satisfies Record<string, v.GenericSchema>;

/** Every named shape of an answer. */
export const ANSWERS = {
  Problem,
  Reason,
  Configuration,
  Finding,
  CreatedConfiguration: v.strictObject({ ...Configuration.entries, warnings: v.array(Finding) }),
  CheckedConfiguration: v.strictObject({ valid: v.boolean(), findings: v.array(Finding), mermaid: text }),
  ConfigurationList: v.strictObject({
    configurations: v.array(v.strictObject({ name: text, versions: v.array(text), deprecated: v.array(text) })),
    next_page_token: nextPageToken,
  }),
  Machine,
  MachineAnswer: v.strictObject({ id: text, statemachine: Machine }),
  MigratedMachine: v.strictObject({ id: text, statemachine: Machine, dry_run: v.optional(v.literal(true)) }),
  ListedMachine,
  MachineList: v.strictObject({
    statemachines: v.array(v.strictObject({ id: text, statemachine: ListedMachine })),
    next_page_token: nextPageToken,
    index_lag_ms: count,
  }),
  MachineCounts: v.strictObject({
    counts: v.array(v.strictObject({ state: v.optional(text), version: v.optional(text), count })),
    total: count,
    index_lag_ms: count,
  }),
  HistoryEntry,
  HistoryPage: v.strictObject({
    history: v.optional(v.array(HistoryEntry)),
    receipts: v.optional(v.array(Receipt)),
    next_page_token: nextPageToken,
  }),
  AllowedEvent,
  AllowedEvents: v.strictObject({ state: text, revision, events: v.array(AllowedEvent) }),
  CurrentState: v.strictObject({ state: text, revision }),
  MachineRef,
  Receipt,
  SentEvent: v.strictObject({ ...Receipt.entries, dry_run: v.optional(v.literal(true)) }),
  SentEvents: v.strictObject({
    results: v.array(v.strictObject({ status: integer, receipt: v.optional(Receipt), problem: v.optional(Problem) })),
    dry_run: v.optional(v.literal(true)),
  }),
  EnqueuedEvent: v.strictObject({ event_id: text, status_url: text }),
  Simulation: v.strictObject({ steps: v.array(Receipt) }),
  Failure,
  TransitionEntry,
  TransitionFeed: v.strictObject({ transitions: v.array(TransitionEntry), next_cursor: text }),
  FailureFeed: v.strictObject({ failures: v.array(Failure), next_cursor: text }),
  DeadLetter,
  DeadLetterList: v.strictObject({ dead_letters: v.array(DeadLetter), next_page_token: nextPageToken }),
  Redriven: v.strictObject({ redriven: count, remaining: v.boolean() }),
  Job,
  JobRefusal,
  JobReport: v.strictObject({ ...Job.entries, refusals: v.array(JobRefusal), next_page_token: nextPageToken }),
  JobList: v.strictObject({ jobs: v.array(Job), next_page_token: nextPageToken }),
  Quotas,
  Tenant,
  Usage: v.strictObject({
    machines: count,
    configurations: count,
    events_today: count,
    quotas: Quotas,
    days: v.array(v.strictObject({ day: text, events: count })),
  }),
  TenantList: v.strictObject({ tenants: v.array(Tenant), next_page_token: nextPageToken }),
  Key,
  ShownKey: v.strictObject({ key: Key, secret: text }),
  KeyList: v.strictObject({ keys: v.array(Key), next_page_token: nextPageToken }),
  Token: v.strictObject({ token: text, expires_at: time }),
  Principal: v.strictObject({
    tenant: text,
    actor: text,
    scopes: v.array(oneOf(SCOPES)),
    configurations: v.array(text),
    machines: v.array(MachineRef),
    events: v.array(text),
    root: v.boolean(),
    expires_at: v.optional(time),
  }),
  AuditEntry,
  AuditLog: v.strictObject({ entries: v.array(AuditEntry), next_page_token: nextPageToken }),
  RebuildProgress: v.strictObject({
    started_at: time,
    finished_at: v.optional(time),
    walked: count,
    corrected: count,
    removed: count,
    failed: count,
  }),
  ToldMachines: v.strictObject({ told: count, missing: v.array(MachineRef) }),
  Health: v.strictObject({
    state: oneOf(["READY", "NOT_READY"]),
    release: text,
    checks: v.array(v.strictObject({ name: text, state: oneOf(["READY", "NOT_READY"]), detail: v.optional(text) })),
  }),
} as const satisfies Record<string, v.GenericSchema>;

export type AnswerName = keyof typeof ANSWERS;
