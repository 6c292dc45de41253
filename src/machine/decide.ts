/**
 * What an event does to a machine: decided here, from what the machine is, without changing it. A dry run and a
 * simulation end here; a real event is stored as decided.
 */
import type { Configuration } from "../engine/configuration.ts";
import type { JsonObject } from "../engine/json.ts";
import { LIMITS } from "../engine/limits.ts";
import type { Meter } from "../engine/meter.ts";
import { quote } from "../engine/names.ts";
import { describeAllowed, step } from "../engine/step.ts";
import { timerEventId, type Timer } from "../engine/timer.ts";
import type { Reason, Violation } from "../errors.ts";
import type { JsonText, Receipt } from "../receipt.ts";
import type { Refusal, Reply, SendCall } from "./calls.ts";
import { Data } from "./data.ts";
import { expectationOf } from "./expectation.ts";
import type { Muted } from "./notice-window.ts";
import type { Present } from "./present.ts";
import { receiptOfOutcome, receiptOfTransition } from "./record.ts";
import type { EventRow, OutcomeRow, TransitionRow, WaitingEvent } from "./rows.ts";

/** Something to store. */
export type Verdict =
  | {
      readonly kind: "accepted";
      readonly row: TransitionRow;
      /** The configuration that holds from then on, where it is another. */
      readonly becomes?: { readonly configuration: Configuration; readonly source: JsonText };
    }
  /** The machine stays as it is: refused, ignored, deferred. */
  | {
      readonly kind: "outcome";
      readonly row: OutcomeRow;
      /** What of the event is to blame. It is not stored: only the first answer has it. */
      readonly violations?: readonly Violation[];
    };

export type Decision =
  | Verdict
  /** Decided before: the receipt of then. */
  | { readonly kind: "repeated"; readonly receipt: Receipt }
  /** Not to be decided, and not recorded: expectations that fail, an id used for another event. */
  | { readonly kind: "declined"; readonly reply: Refusal };

/** An event without the time at which it is decided. */
type EventFacts = Omit<EventRow, "at">;

/** `before` is the receipt under the event's id, where there is one; `now` the machine's clock; `meter` bounds the work. */
export function decide(
  present: Present,
  call: SendCall,
  before: Receipt | undefined,
  now: number,
  meter: Meter,
): Decision {
  if (before !== undefined) return repeat(call, before);
  const mismatch = expectationOf(present, call);
  if (mismatch !== undefined) return { kind: "declined", reply: mismatch };
  const { eventId, event, timestamp = null, originator, actor, traceparent = null, details, data: eventData } = call;
  const sent = { eventId, event, timestamp, originator, actor, traceparent, details, eventData, created: false };
  return judge(present, sent, now, meter);
}

/** What an event does now, whoever sent it and whatever has become of it before. */
export function judge(present: Present, facts: EventFacts, now: number, meter: Meter): Verdict {
  const { configuration, state, revision } = present;
  // Time never goes back in a machine.
  const at = Math.max(now, present.decidedAt);
  const before = present.data.value;
  const event = {
    id: facts.eventId,
    name: facts.event,
    data: JSON.parse(facts.eventData) as JsonObject,
    details: facts.details,
    originator: facts.originator,
    timestamp: facts.timestamp ?? at,
  };
  const done = step(configuration, { state, revision, data: before }, event, at, meter);
  switch (done.kind) {
    case "transitioned": {
      const { next, timers } = done;
      const data = next.data === before ? null : Data.ofValue(next.data);
      const row: TransitionRow = {
        ...facts,
        kind: "event",
        revision: next.revision,
        from: state,
        state: next.state,
        version: configuration.version,
        data,
        dataRevision: data === null ? present.dataRevision : next.revision,
        enteredAt: at,
        timers,
        timersFired: 0,
        at,
      };
      return { kind: "accepted", row };
    }
    case "ignored":
      return outcome(present, facts, at, { kind: "ignored" });
    case "deferred": {
      if (present.waiting.length < LIMITS.deferredEvents) return outcome(present, facts, at, { kind: "deferred" });
      const problem = `The event ${quote(facts.event)} has no transition from the state ${quote(state)} and cannot be deferred: ${LIMITS.deferredEvents} events wait, which is the limit`;
      return outcome(present, facts, at, {
        kind: "refused",
        reason: "DEFER_LIMIT",
        ...sayAllowed(present, problem, at, meter),
      });
    }
    case "refused": {
      const { reason, message, allowedEvents, violations } = done;
      return outcome(present, facts, at, { kind: "refused", reason, message, allowedEvents, violations });
    }
    default:
      return done satisfies never;
  }
}

type Given =
  | { readonly kind: "ignored" | "deferred" }
  | { readonly kind: "parked" | "capped"; readonly message: string }
  | {
      readonly kind: "refused";
      readonly reason: Reason;
      readonly message: string;
      readonly allowedEvents?: readonly string[];
      readonly violations?: readonly Violation[];
    };

/** The row of an event that changes nothing. Who is told of it: of what is ignored or deferred, nobody. */
function outcome(present: Present, facts: EventFacts, at: number, given: Given): Extract<Verdict, { kind: "outcome" }> {
  const { configuration, state, revision, outcomeSeq, notices, noticeWindow, timersFired } = present;
  const row: OutcomeRow = {
    ...facts,
    at,
    seq: outcomeSeq + 1,
    kind: given.kind,
    notice: "message" in given ? notices + 1 : notices,
    // A refused event is counted there by whoever stores it, and takes no number where it is muted.
    noticeWindow,
    state,
    version: configuration.version,
    revision,
    code: given.kind === "refused" ? codeOf(given.reason) : "Ok",
    reason: given.kind === "refused" ? given.reason : "",
    message: "message" in given ? given.message : "",
    allowedEvents: JSON.stringify(given.kind === "refused" ? (given.allowedEvents ?? []) : []),
    entered: revision,
    timersFired,
  };
  return given.kind === "refused" && given.violations
    ? { kind: "outcome", row, violations: given.violations }
    : { kind: "outcome", row };
}

function codeOf(reason: Reason): string {
  return reason === "UNKNOWN_EVENT" ? "EventNotAllowed" : "TransitionNotAllowed";
}

/** The event of a timer that is due, decided as if somebody had sent it; the timer has been sent, whatever comes of it. */
export function judgeTimer(present: Present, timer: Timer, now: number, meter: Meter): Verdict {
  const facts: EventFacts = {
    ...NOTHING_SENT,
    eventId: timerEventId(present.revision, timer),
    event: timer.event,
    timestamp: timer.dueAt,
    originator: "timer",
  };
  const verdict = judge(present, facts, now, meter);
  if (verdict.kind === "accepted") return verdict;
  return { kind: "outcome", row: { ...verdict.row, timersFired: present.timersFired + 1 } };
}

/** A deferred event that is given up: nothing came in time, or nothing can come any more. */
export function giveUp(present: Present, facts: EventFacts, why: string, now: number, meter: Meter): Verdict {
  const at = Math.max(now, present.decidedAt);
  const problem = `The event ${quote(facts.event)} was deferred ${why}; it had no transition from the state ${quote(present.state)}`;
  const said = sayAllowed(present, problem, at, meter);
  return outcome(present, facts, at, { kind: "refused", reason: "DEFER_EXPIRED", ...said });
}

function sayAllowed({ configuration, state, revision, data }: Present, problem: string, at: number, meter: Meter) {
  const { allowedEvents, allowed } = describeAllowed(configuration, { state, revision, data: data.value }, at, {
    meter,
  });
  return { message: `${problem}; ${allowed}.`, allowedEvents };
}

/** The timers of the state are set aside: they would go on for ever, as fast as the machine can. */
export function parkTimers(present: Present, now: number): Verdict {
  const message = `timers moved the machine again and again with hardly any time between; those of the state ${quote(present.state)} are set aside until it is left`;
  const row = announce(present, { kind: "parked", about: "timers", message }, now);
  return { kind: "outcome", row: { ...row, timersFired: present.timers.length } };
}

/** Refused events that were too many for a message each are told of together; the next one begins another window. */
export function summarize(present: Present, muted: Muted, now: number): Verdict {
  const message = "refused events are told of together";
  const row = announce(present, { kind: "capped", about: "notifications", message }, now);
  return { kind: "outcome", row: { ...row, noticeWindow: null, eventData: JSON.stringify(muted) } };
}

/** The row of what is no event, and yet is told: `about` stands in its event's place. */
export function announce(
  present: Present,
  { kind, about, message }: { readonly kind: "parked" | "capped"; readonly about: string; readonly message: string },
  now: number,
): OutcomeRow {
  const facts = { ...NOTHING_SENT, eventId: `detent:${kind}:${present.outcomeSeq + 1}`, event: about };
  return outcome(present, facts, Math.max(now, present.decidedAt), { kind, message }).row;
}

/** What stands in an event's place where nobody has sent one. */
const NOTHING_SENT = {
  timestamp: null,
  originator: "detent",
  actor: "",
  traceparent: null,
  created: false,
  details: "",
  eventData: "{}",
} as const;

/**
 * Whether it would only be put off again, as far as that can be told without the event's data: another version of the
 * configuration than the one that deferred it may not know the event, or may have a schema that it does not match.
 */
export function isStillWaiting({ configuration, state }: Present, { event, version }: WaitingEvent): boolean {
  return (
    configuration.unhandledIn(state) === "defer" &&
    !configuration.edges.get(state)?.has(event) &&
    configuration.events.includes(event) &&
    (configuration.version === version || !configuration.eventSchemas.has(event))
  );
}

/** What the sender is told. */
export function replyOf({ identity }: Present, decision: Decision): Reply<Receipt> {
  switch (decision.kind) {
    case "repeated":
      return { ok: true, value: decision.receipt };
    case "declined":
      return decision.reply;
    case "outcome":
      return { ok: true, value: receiptOfOutcome(identity, decision.row, decision.violations) };
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
