/** The house's values in the JSON of the routes: snake_case, RFC 3339 times, customers' data parsed. */
import type { AuditView } from "./service/audit.ts";
import type { KeyView } from "./service/keys.ts";
import type { PrincipalView } from "./service/principal.ts";
import type { Tenant } from "./service/tenants.ts";
import type { Finding } from "./engine/finding.ts";
import type { AllowedView, HistoryItem } from "./machine/calls.ts";
import type { JobAction, JobView } from "./jobs/calls.ts";
import { receiptJson } from "./receipt.ts";
import type { ConfigurationView } from "./service/configurations.ts";
import type { DeadLetterView } from "./service/dead-letters.ts";
import type { FailureItem, TransitionItem } from "./service/feeds.ts";
import type { ListedMachine } from "./service/machine-list.ts";
import type { MachineAnswer } from "./service/machines.ts";
import type { Quotas } from "./limits/quotas.ts";
import type { UsageView } from "./service/usage.ts";

export const timeOf = (at: number): string => new Date(at).toISOString();
const json = (text: string): unknown => JSON.parse(text);

export { receiptJson };

export function historyJson(item: HistoryItem) {
  return {
    revision: item.revision,
    kind: item.kind,
    event_id: item.eventId,
    timestamp: timeOf(item.timestamp),
    transition: { from: item.from, to: item.to, event: item.event },
    originator: item.originator,
    actor: item.actor,
    details: item.details,
    data: json(item.data),
  };
}

export function machineJson({ id, machine, historyToken }: MachineAnswer) {
  return {
    id,
    statemachine: {
      config_id: machine.configId,
      state: machine.state,
      data: json(machine.data),
      labels: json(machine.labels),
      revision: machine.revision,
      final: machine.final,
      created_at: timeOf(machine.createdAt),
      updated_at: timeOf(machine.updatedAt),
      timers: machine.timers.map(({ event, to, dueAt }) => ({ event, to, due_at: timeOf(dueAt) })),
      history: machine.history.map(historyJson),
      history_next_page_token: historyToken,
    },
  };
}

export function listedMachineJson({ id, ...machine }: ListedMachine) {
  return {
    id,
    statemachine: {
      config_id: machine.configId,
      state: machine.state,
      labels: json(machine.labels),
      revision: machine.revision,
      final: machine.final,
      created_at: timeOf(machine.createdAt),
      updated_at: timeOf(machine.updatedAt),
    },
  };
}

export function transitionJson(item: TransitionItem) {
  return {
    kind: item.kind,
    configuration: item.configuration,
    id: item.id,
    revision: item.revision,
    event_id: item.eventId,
    event: item.event,
    from: item.from,
    to: item.to,
    config_id: item.configId,
    at: timeOf(item.at),
    originator: item.originator,
    actor: item.actor,
  };
}

/** A receipt without what the sender sent. */
export function failureJson(failure: FailureItem) {
  const { data: _data, details: _details, ...rest } = receiptJson({ ...failure, data: "{}", details: "" });
  return rest;
}

export function deadLetterJson(letter: DeadLetterView) {
  return {
    id: letter.id,
    received_at: timeOf(letter.receivedAt),
    configuration: letter.configuration,
    machine_id: letter.machineId,
    event_id: letter.eventId,
    content_type: letter.contentType,
    body: letter.body,
  };
}

export function configurationJson({ source, createdAt, deprecatedAt }: ConfigurationView) {
  const deprecated = deprecatedAt !== null && { deprecated_at: timeOf(deprecatedAt) };
  return { ...source, created_at: timeOf(createdAt), ...deprecated };
}

export function tenantJson({ name, createdAt, quotas, erasingAt, erasedAt, erasedCounts }: Tenant) {
  return {
    name,
    created_at: timeOf(createdAt),
    quotas: quotasJson(quotas),
    erasing_at: erasingAt === undefined ? undefined : timeOf(erasingAt),
    erased_at: erasedAt === undefined ? undefined : timeOf(erasedAt),
    erased_counts: erasedCounts,
  };
}

function quotasJson({ machines, configurations, eventsPerDay, requestsPerSecond }: Quotas) {
  return { machines, configurations, events_per_day: eventsPerDay, requests_per_second: requestsPerSecond };
}

export function usageJson({ machines, configurations, eventsToday, quotas, days }: UsageView) {
  return { machines, configurations, events_today: eventsToday, quotas: quotasJson(quotas), days };
}

export function keyJson({ oldUntil, createdAt, createdBy, expiresAt, lastUsedAt, revokedAt, ...key }: KeyView) {
  return {
    id: key.id,
    tenant: key.tenant,
    name: key.name,
    scopes: key.scopes,
    configurations: key.configurations,
    created_at: timeOf(createdAt),
    created_by: createdBy,
    expires_at: expiresAt === undefined ? undefined : timeOf(expiresAt),
    last_used_at: lastUsedAt === undefined ? undefined : timeOf(lastUsedAt),
    revoked_at: revokedAt === undefined ? undefined : timeOf(revokedAt),
    old_secret_until: oldUntil === undefined ? undefined : timeOf(oldUntil),
  };
}

export function principalJson({ isRoot, expiresAt, ...principal }: PrincipalView) {
  return {
    tenant: principal.tenant,
    actor: principal.actor,
    scopes: principal.scopes,
    configurations: principal.configurations,
    machines: principal.machines,
    events: principal.events,
    root: isRoot,
    expires_at: expiresAt === undefined ? undefined : timeOf(expiresAt),
  };
}

export function auditJson({ id, at, actor, action, subject, details }: AuditView) {
  return { id, at: timeOf(at), actor, action, subject, details };
}

export function findingJson({ severity, code, pointer, message }: Finding) {
  return { severity, code, pointer, message };
}

export function allowedJson(view: AllowedView) {
  return { state: view.state, revision: view.revision, events: view.events };
}

export function jobJson({ filter, action, progress, ...job }: JobView) {
  const { configuration, version, state, updatedAfter, updatedBefore, labels } = filter;
  return {
    id: job.id,
    filter: {
      configuration,
      version,
      state,
      updated_after: updatedAfter === undefined ? undefined : timeOf(updatedAfter),
      updated_before: updatedBefore === undefined ? undefined : timeOf(updatedBefore),
      labels: labels.length > 0 ? Object.fromEntries(labels.map(({ name, value }) => [name, value])) : undefined,
    },
    ...actionJson(action),
    dry_run: job.isDryRun,
    rate: job.rate,
    status: job.status,
    progress,
    actor: job.actor,
    created_at: timeOf(job.createdAt),
    updated_at: timeOf(job.updatedAt),
    finished_at: job.finishedAt === undefined ? undefined : timeOf(job.finishedAt),
  };
}

function actionJson(action: JobAction) {
  switch (action.kind) {
    case "send": {
      const { event, data, details, originator } = action;
      return { send: { event, data: json(data), details, originator } };
    }
    case "migrate":
      return { migrate: { to: action.to, state_map: action.stateMap } };
    case "delete":
      return { delete: {} };
    default:
      return action satisfies never;
  }
}
