/**
 * The shapes of what the JSON routes answer, under the names they have in the OpenAPI document. Functions in
 * `src/output.ts` write the answers; tests hold every answer they see against these. No part of the bundle.
 */
import * as z from "zod/mini";
import { SCOPES } from "../../auth/scope.ts";
import { AUDIT_ACTIONS } from "../../service/audit.ts";
import { REASONS } from "../../errors.ts";
import { object, record, text, time } from "../../shape.ts";
import { SHAPES } from "../shapes.ts";

const revision = z.int().check(z.minimum(0));
const count = z.int().check(z.minimum(0));
const nextPageToken = text;

const source = SHAPES.configuration.def.out.def.out.shape;

const Configuration = z.strictObject({
  ...source,
  name: text,
  version: text,
  created_at: time,
  deprecated_at: z.optional(time),
});

const Finding = z.strictObject({
  severity: z.enum(["error", "warning"]),
  code: text,
  pointer: text,
  message: text,
});

const Reason = z.enum(Object.keys(REASONS) as (keyof typeof REASONS)[]);

const MachineRef = z.strictObject({ configuration: text, id: text });

const Receipt = z.strictObject({
  event_id: text,
  event: text,
  config_id: text,
  machine: MachineRef,
  result: z.enum(["transitioned", "ignored", "deferred", "refused", "failed"]),
  code: z.enum([
    "Ok",
    "EventNotAllowed",
    "FsmNotFound",
    "TransitionNotAllowed",
    "MissingDestination",
    "ConfigurationNotFound",
  ]),
  reason: z.optional(Reason),
  message: z.optional(text),
  from: text,
  to: z.optional(text),
  revision,
  at: time,
  originator: text,
  actor: text,
  duplicate: z.boolean(),
  created: z.optional(z.boolean()),
  details: text,
  data: object,
  allowed_events: z.optional(z.array(text)),
});

const Failure = z.omit(Receipt, { details: true, data: true, created: true });

const HistoryEntry = z.strictObject({
  revision,
  kind: z.enum(["event", "migration", "override"]),
  event_id: text,
  timestamp: time,
  transition: z.strictObject({ from: text, to: text, event: text }),
  originator: text,
  actor: text,
  details: text,
  data: object,
});

const ListedMachine = z.strictObject({
  config_id: text,
  state: text,
  labels: record(text),
  revision,
  final: z.boolean(),
  created_at: time,
  updated_at: time,
});

const Machine = z.extend(ListedMachine, {
  data: object,
  timers: z.array(z.strictObject({ event: text, to: text, due_at: time })),
  history: z.array(HistoryEntry),
  history_next_page_token: text,
});

const AllowedEvent = z.strictObject({
  event: text,
  allowed: z.enum(["yes", "no", "depends"]),
  to: z.optional(text),
  reason: z.optional(z.enum(["NO_TRANSITION", "IGNORED", "DEFERRED", "GUARD_REJECTED"])),
});

const TransitionEntry = z.strictObject({
  kind: z.enum(["created", "changed", "deleted"]),
  configuration: text,
  id: text,
  revision,
  event_id: z.optional(text),
  event: z.optional(text),
  from: z.optional(text),
  to: text,
  config_id: text,
  at: time,
  originator: text,
  actor: text,
});

const DeadLetter = z.strictObject({
  id: text,
  received_at: time,
  configuration: text,
  machine_id: text,
  event_id: text,
  content_type: z.enum(["json", "text"]),
  body: z.unknown(),
});

const Job = z.strictObject({
  id: text,
  filter: z.strictObject({
    configuration: text,
    version: z.optional(text),
    state: z.optional(text),
    updated_after: z.optional(time),
    updated_before: z.optional(time),
    labels: z.optional(record(text)),
  }),
  send: z.optional(z.strictObject({ event: text, data: object, details: text, originator: text })),
  migrate: z.optional(z.strictObject({ to: text, state_map: record(text) })),
  delete: z.optional(z.strictObject({})),
  dry_run: z.boolean(),
  rate: z.int(),
  status: z.enum(["running", "paused", "cancelled", "finished"]),
  progress: z.strictObject({
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
  finished_at: z.optional(time),
});

const JobRefusal = z.strictObject({ id: text, reason: Reason, message: text });

const Quotas = z.strictObject({
  machines: z.optional(count),
  configurations: z.optional(count),
  events_per_day: z.optional(count),
  requests_per_second: z.optional(count),
});

const Tenant = z.strictObject({
  name: text,
  created_at: time,
  quotas: Quotas,
  erasing_at: z.optional(time),
  erased_at: z.optional(time),
  erased_counts: z.optional(record(count)),
});

const Key = z.strictObject({
  id: text,
  tenant: text,
  name: text,
  scopes: z.array(z.enum(SCOPES)),
  configurations: z.array(text),
  created_at: time,
  created_by: text,
  expires_at: z.optional(time),
  last_used_at: z.optional(time),
  revoked_at: z.optional(time),
  old_secret_until: z.optional(time),
});

const AuditEntry = z.strictObject({
  id: text,
  at: time,
  actor: text,
  action: z.enum(AUDIT_ACTIONS),
  subject: text,
  details: object,
});

const Problem = z.strictObject({
  type: text,
  title: text,
  status: z.int(),
  detail: text,
  reason: Reason,
  request_id: text,
  metadata: record(text),
  errors: z.array(z.strictObject({ pointer: text, rule: text, message: text, value: z.optional(text) })),
  receipt: z.optional(Receipt),
  dry_run: z.optional(z.literal(true)),
});

/** Shapes of requests that have a name of their own: several operations take them, or other shapes contain them. */
export const NAMED_REQUESTS = {
  ConfigurationSource: SHAPES.configuration,
  Transition: source.transitions.def.innerType.def.out.def.element,
} as const satisfies Record<string, z.ZodMiniType>;

/** Every named shape of an answer. */
export const ANSWERS = {
  Problem,
  Reason,
  Configuration,
  Finding,
  CreatedConfiguration: z.extend(Configuration, { warnings: z.array(Finding) }),
  CheckedConfiguration: z.strictObject({ valid: z.boolean(), findings: z.array(Finding), mermaid: text }),
  ConfigurationList: z.strictObject({
    configurations: z.array(z.strictObject({ name: text, versions: z.array(text), deprecated: z.array(text) })),
    next_page_token: nextPageToken,
  }),
  Machine,
  MachineAnswer: z.strictObject({ id: text, statemachine: Machine }),
  MigratedMachine: z.strictObject({ id: text, statemachine: Machine, dry_run: z.optional(z.literal(true)) }),
  ListedMachine,
  MachineList: z.strictObject({
    statemachines: z.array(z.strictObject({ id: text, statemachine: ListedMachine })),
    next_page_token: nextPageToken,
    index_lag_ms: count,
  }),
  MachineCounts: z.strictObject({
    counts: z.array(z.strictObject({ state: z.optional(text), version: z.optional(text), count })),
    total: count,
    index_lag_ms: count,
  }),
  HistoryEntry,
  HistoryPage: z.strictObject({
    history: z.optional(z.array(HistoryEntry)),
    receipts: z.optional(z.array(Receipt)),
    next_page_token: nextPageToken,
  }),
  AllowedEvent,
  AllowedEvents: z.strictObject({ state: text, revision, events: z.array(AllowedEvent) }),
  CurrentState: z.strictObject({ state: text, revision }),
  MachineRef,
  Receipt,
  SentEvent: z.extend(Receipt, { dry_run: z.optional(z.literal(true)) }),
  SentEvents: z.strictObject({
    results: z.array(z.strictObject({ status: z.int(), receipt: z.optional(Receipt), problem: z.optional(Problem) })),
    dry_run: z.optional(z.literal(true)),
  }),
  EnqueuedEvent: z.strictObject({ event_id: text, status_url: text }),
  Simulation: z.strictObject({ steps: z.array(Receipt) }),
  Failure,
  TransitionEntry,
  TransitionFeed: z.strictObject({ transitions: z.array(TransitionEntry), next_cursor: text }),
  FailureFeed: z.strictObject({ failures: z.array(Failure), next_cursor: text }),
  DeadLetter,
  DeadLetterList: z.strictObject({ dead_letters: z.array(DeadLetter), next_page_token: nextPageToken }),
  Redriven: z.strictObject({ redriven: count, remaining: z.boolean() }),
  Job,
  JobRefusal,
  JobReport: z.extend(Job, { refusals: z.array(JobRefusal), next_page_token: nextPageToken }),
  JobList: z.strictObject({ jobs: z.array(Job), next_page_token: nextPageToken }),
  Quotas,
  Tenant,
  Usage: z.strictObject({
    machines: count,
    configurations: count,
    events_today: count,
    quotas: Quotas,
    days: z.array(z.strictObject({ day: text, events: count })),
  }),
  TenantList: z.strictObject({ tenants: z.array(Tenant), next_page_token: nextPageToken }),
  Key,
  ShownKey: z.strictObject({ key: Key, secret: text }),
  KeyList: z.strictObject({ keys: z.array(Key), next_page_token: nextPageToken }),
  Token: z.strictObject({ token: text, expires_at: time }),
  AuditEntry,
  AuditLog: z.strictObject({ entries: z.array(AuditEntry), next_page_token: nextPageToken }),
  RebuildProgress: z.strictObject({
    started_at: time,
    finished_at: z.optional(time),
    walked: count,
    corrected: count,
    removed: count,
    failed: count,
  }),
  ToldMachines: z.strictObject({ told: count, missing: z.array(MachineRef) }),
  Health: z.strictObject({
    state: z.enum(["READY", "NOT_READY"]),
    release: text,
    checks: z.array(z.strictObject({ name: text, state: z.enum(["READY", "NOT_READY"]), detail: z.optional(text) })),
  }),
} as const satisfies Record<string, z.ZodMiniType>;

export type AnswerName = keyof typeof ANSWERS;
