/** Rows -> receipts and history: a receipt is not stored beside the row that says the same, it is read from it. */
import { configIdOf } from "../engine/configuration.ts";
import type { Reason, Violation } from "../errors.ts";
import type { Receipt, StatusCodeName } from "../receipt.ts";
import type { HistoryItem } from "./calls.ts";
import type { EventRow, IdentityRow, OutcomeRow, TransitionRow } from "./rows.ts";

function common(identity: IdentityRow, row: EventRow & { version: string }) {
  return {
    eventId: row.eventId,
    event: row.event,
    configId: configIdOf(identity.configuration, row.version),
    machine: { configuration: identity.configuration, id: identity.id },
    at: row.at,
    originator: row.originator,
    actor: row.actor,
    duplicate: false,
    details: row.details,
    data: row.eventData,
    ...(row.created && { created: true as const }),
  };
}

export function receiptOfTransition(identity: IdentityRow, row: TransitionRow): Receipt {
  return {
    ...common(identity, row),
    result: "transitioned",
    code: "Ok",
    from: row.from,
    to: row.state,
    revision: row.revision,
  };
}

export function receiptOfOutcome(
  identity: IdentityRow,
  row: OutcomeRow,
  violations: readonly Violation[] = [],
): Receipt {
  const decided = { ...common(identity, row), from: row.state, revision: row.revision };
  if (row.kind === "ignored" || row.kind === "deferred") return { ...decided, result: row.kind, code: "Ok" };
  return {
    ...decided,
    result: "refused",
    code: row.code as StatusCodeName,
    reason: row.reason as Reason,
    message: row.message,
    allowedEvents: JSON.parse(row.allowedEvents) as string[],
    ...(violations.length > 0 && { violations }),
  };
}

export function toHistoryItem(row: TransitionRow): HistoryItem {
  return {
    revision: row.revision,
    kind: row.kind,
    eventId: row.eventId,
    event: row.event,
    from: row.from,
    to: row.state,
    timestamp: row.timestamp ?? row.at,
    originator: row.originator,
    actor: row.actor,
    details: row.details,
    data: row.eventData,
  };
}
