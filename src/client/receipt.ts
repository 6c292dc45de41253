/** Receipts as callers get them, and how they are read from the wire. */
import type { Receipt as ReceiptMessage } from "../gen/detent/v1/receipt_pb.ts";
import type { JsonObject } from "./json.ts";
import type { RefusalReason } from "./reasons.ts";
import { msOf } from "./time.ts";

declare const other: unique symbol;

/** A state that this module's version does not have: the machine runs, or ran, another one. It is a string. */
export type OtherState = string & { readonly [other]: "state" };

/** An event that this module's version does not have. It is a string. */
export type OtherEvent = string & { readonly [other]: "event" };

/** What every receipt says. */
export interface ReceiptFacts {
  readonly eventId: string;
  /** `name:version` the machine ran when it decided; empty where there was none. */
  readonly configId: string;
  readonly machine: { readonly configuration: string; readonly id: string };
  /** The machine's revision after the event. */
  readonly revision: number;
  /** The machine's clock, epoch ms. */
  readonly at: number;
  readonly originator: string;
  /** The key or token that sent the event. */
  readonly actor: string;
  /** This id was answered before; nothing happened this time. */
  readonly duplicate: boolean;
  /** The machine was created together with the event. */
  readonly created: boolean;
  /** The sender's. */
  readonly details: string;
  /** The sender's. */
  readonly data: JsonObject;
}

/** The machine moved from a state to another, or to the same anew. */
export interface TransitionedReceipt<
  Event extends string = string,
  From extends string = string,
  To extends string = string,
> extends ReceiptFacts {
  readonly result: "transitioned";
  readonly event: Event;
  readonly from: From;
  readonly to: To;
}

/** The state has no transition for the event, and passes it over or puts it off; nothing has changed. */
export interface UnmovedReceipt<Event extends string = string, From extends string = string> extends ReceiptFacts {
  readonly result: "ignored" | "deferred";
  readonly event: Event;
  readonly from: From;
}

/** The machine decided against the event. */
export interface RefusedReceipt<
  Event extends string = string,
  From extends string = string,
  Allowed = string,
> extends ReceiptFacts {
  readonly result: "refused";
  readonly event: Event;
  readonly from: From;
  readonly reason: RefusalReason | (string & {});
  readonly message: string;
  /** Events that the machine would take. */
  readonly allowedEvents: readonly Allowed[];
}

/** There was no machine to decide. */
export interface FailedReceipt extends ReceiptFacts {
  readonly result: "failed";
  readonly event: string;
  readonly reason: string;
  readonly message: string;
}

/**
 * The machine has decided in a way that this client does not know: the server is newer. It is an answer and no error, since the
 * event has arrived and a repeat would be told the same.
 */
export interface OtherReceipt<Event extends string = string, From extends string = string> extends ReceiptFacts {
  readonly result: "other";
  /** What the server calls it. */
  readonly otherResult: string;
  readonly event: Event;
  readonly from: From;
}

/** A receipt of any machine. `result` tells which. */
export type AnyReceipt = TransitionedReceipt | UnmovedReceipt | RefusedReceipt | FailedReceipt | OtherReceipt;

/** Reads a receipt. */
export function readReceipt(message: ReceiptMessage): AnyReceipt {
  const facts = {
    eventId: message.eventId,
    event: message.event,
    configId: message.configId,
    machine: { configuration: message.machine?.configuration ?? "", id: message.machine?.id ?? "" },
    revision: message.revision,
    at: msOf(message.at),
    originator: message.originator,
    actor: message.actor,
    duplicate: message.duplicate,
    created: message.created,
    details: message.details,
    data: message.data ?? {},
  };
  const { result, from, reason, message: text, allowedEvents } = message;
  switch (result) {
    case "transitioned":
      return { ...facts, result, from, to: message.to ?? from };
    case "ignored":
    case "deferred":
      return { ...facts, result, from };
    case "refused":
      return { ...facts, result, from, reason, message: text, allowedEvents };
    case "failed":
      return { ...facts, result, reason, message: text };
    default:
      return { ...facts, result: "other", otherResult: result, from };
  }
}
