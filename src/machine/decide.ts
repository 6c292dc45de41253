/**
 * What an event does to a machine: decided here, from what the machine is, without changing it. A dry run and a
 * simulation end here; a real event is stored as decided.
 */
import { quote } from "../engine/names.ts";
import { step } from "../engine/step.ts";
import type { Receipt } from "../receipt.ts";
import type { Refusal, Reply, SendCall } from "./calls.ts";
import type { Present } from "./present.ts";
import { receiptOfOutcome, receiptOfTransition } from "./record.ts";
import type { OutcomeRow, TransitionRow } from "./rows.ts";

export type Decision =
  /** Decided before: the receipt of then. */
  | { readonly kind: "repeated"; readonly receipt: Receipt }
  /** Not to be decided, and not recorded: expectations that fail, an id used for another event. */
  | { readonly kind: "declined"; readonly reply: Refusal }
  | { readonly kind: "refused"; readonly row: OutcomeRow }
  | { readonly kind: "accepted"; readonly row: TransitionRow };

/** `before` is the receipt under the event's id, where there is one; `now` the machine's clock. */
export function decide(present: Present, call: SendCall, before: Receipt | undefined, now: number): Decision {
  if (before !== undefined) return repeat(call, before);
  const mismatch = expectationOf(present, call);
  if (mismatch !== undefined) return { kind: "declined", reply: mismatch };
  const { configuration, state, revision } = present;
  const common = {
    eventId: call.eventId,
    event: call.event,
    timestamp: call.timestamp ?? null,
    originator: call.originator,
    actor: call.actor,
    traceparent: call.traceparent ?? null,
    details: call.details,
    eventData: call.data,
    version: configuration.version,
    // Time never goes back in a machine.
    at: Math.max(now, present.decidedAt),
  };
  const taken = step(configuration, { state }, { name: call.event });
  if (taken.ok) {
    const change = {
      revision: revision + 1,
      kind: "event",
      from: state,
      state: taken.next.state,
      created: false,
    } as const;
    return { kind: "accepted", row: { ...common, ...change } };
  }
  const outcome: OutcomeRow = {
    ...common,
    seq: present.outcomeSeq + 1,
    kind: "refused",
    notice: present.notices + 1,
    state,
    revision,
    code: taken.reason === "UNKNOWN_EVENT" ? "EventNotAllowed" : "TransitionNotAllowed",
    reason: taken.reason,
    message: taken.message,
    allowedEvents: JSON.stringify(taken.allowedEvents),
  };
  return { kind: "refused", row: outcome };
}

/** What the sender is told. */
export function replyOf({ identity }: Present, decision: Decision): Reply<Receipt> {
  switch (decision.kind) {
    case "repeated":
      return { ok: true, value: decision.receipt };
    case "declined":
      return decision.reply;
    case "refused":
      return { ok: true, value: receiptOfOutcome(identity, decision.row) };
    case "accepted":
      return { ok: true, value: receiptOfTransition(identity, decision.row) };
    default:
      return decision satisfies never;
  }
}

function repeat(call: SendCall, before: Receipt): Decision {
  if (before.event === call.event && before.data === call.data && before.details === call.details) {
    return { kind: "repeated", receipt: { ...before, duplicate: true } };
  }
  const message = `event id "${call.eventId}" was used for another event of this machine: name, data or details differ`;
  return { kind: "declined", reply: { ok: false, reason: "EVENT_ID_REUSED", message } };
}

/** Why what the caller expects of the machine does not hold; undefined: it does. */
export function expectationOf(
  { revision, state }: Pick<Present, "revision" | "state">,
  { expectedRevision, expectedState }: Pick<SendCall, "expectedRevision" | "expectedState">,
): Refusal | undefined {
  const metadata = { revision: String(revision), state };
  if (expectedRevision !== undefined && expectedRevision !== revision) {
    const message = `expected revision ${expectedRevision}, the machine has ${revision}`;
    return { ok: false, reason: "REVISION_MISMATCH", message, metadata };
  }
  if (expectedState !== undefined && expectedState !== state) {
    const message = `expected state ${quote(expectedState)}, the machine is in ${quote(state)}`;
    return { ok: false, reason: "STATE_MISMATCH", message, metadata };
  }
  return undefined;
}
