/** The receipt: what every event is answered with, in the house's own words. Doors write it in theirs. */
import type { Reason, Violation } from "./errors.ts";
import type { LogFacts } from "./log.ts";

/** JSON as text. Customers' data crosses the object's boundary so, and is parsed only at a door. */
export type JsonText = string;

/** Names of v1beta's StatusCode. */
export type StatusCodeName =
  | "Ok"
  | "EventNotAllowed"
  | "FsmNotFound"
  | "TransitionNotAllowed"
  | "InternalError"
  | "MissingDestination"
  | "ConfigurationNotFound";

/** `refused`: the machine decided against it; `failed`: there was no machine to decide. */
type ReceiptResult = "transitioned" | "ignored" | "deferred" | "refused" | "failed";

/** What became of an event. Times are epoch ms of the object's clock. */
export interface Receipt {
  readonly eventId: string;
  readonly event: string;
  readonly configId: string;
  readonly machine: { readonly configuration: string; readonly id: string };
  readonly result: ReceiptResult;
  readonly code: StatusCodeName;
  readonly reason?: Reason;
  readonly message?: string;
  readonly from: string;
  readonly to?: string;
  readonly revision: number;
  readonly at: number;
  readonly originator: string;
  readonly actor: string;
  readonly duplicate: boolean;
  /** The machine was created together with this event. */
  readonly created?: true;
  readonly details: string;
  readonly data: JsonText;
  readonly allowedEvents?: readonly string[];
  /** What of the event is to blame: part of the error that a door makes of the receipt, where it is first answered. */
  readonly violations?: readonly Violation[];
}

/** The receipt in the JSON that leaves: snake_case, RFC 3339 times, the sender's data parsed. */
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
    at: new Date(receipt.at).toISOString(),
    originator: receipt.originator,
    actor: receipt.actor,
    duplicate: receipt.duplicate,
    created: receipt.created,
    details: receipt.details,
    data: JSON.parse(receipt.data) as unknown,
    allowed_events: receipt.allowedEvents,
  };
}

/** What the log says of a decision. */
export function receiptFacts(receipt: Receipt): LogFacts {
  const { machine, eventId, event, from, to, revision, result, code, reason, duplicate } = receipt;
  return {
    configuration: machine.configuration,
    id: machine.id,
    event_id: eventId,
    event,
    from,
    to,
    revision,
    result,
    code,
    reason,
    duplicate,
  };
}
