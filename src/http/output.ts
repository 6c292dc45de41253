/** The house's values in the JSON of the routes: snake_case, RFC 3339 times, customers' data parsed. */
import type { Finding } from "../engine/finding.ts";
import type { AllowedView, HistoryItem } from "../machine/calls.ts";
import type { Receipt } from "../receipt.ts";
import type { ConfigurationView } from "../service/configurations.ts";
import type { MachineAnswer } from "../service/machines.ts";

const timeOf = (at: number): string => new Date(at).toISOString();
const json = (text: string): unknown => JSON.parse(text);

export function receiptJson(receipt: Receipt) {
  return {
    event_id: receipt.eventId,
    event: receipt.event,
    config_id: receipt.configId,
    machine: receipt.machine,
    result: receipt.result,
    code: receipt.code,
    reason: receipt.reason,
    message: receipt.message,
    from: receipt.from,
    to: receipt.to,
    revision: receipt.revision,
    at: timeOf(receipt.at),
    originator: receipt.originator,
    actor: receipt.actor,
    duplicate: receipt.duplicate,
    details: receipt.details,
    data: json(receipt.data),
    allowed_events: receipt.allowedEvents,
  };
}

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
      timers: [],
      history: machine.history.map(historyJson),
      history_next_page_token: historyToken,
    },
  };
}

export function configurationJson({ source, createdAt }: ConfigurationView) {
  return { ...source, created_at: timeOf(createdAt) };
}

export function findingJson({ severity, code, pointer, message }: Finding) {
  return { severity, code, pointer, message };
}

export function allowedJson(view: AllowedView) {
  return { state: view.state, revision: view.revision, events: view.events };
}
