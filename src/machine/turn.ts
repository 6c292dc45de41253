/**
 * A machine's turn: first what it has to do by itself and is due, then what was sent, then the events that wait for such
 * a change. Every step is a transaction of its own.
 */
import type { Refusal, Reply, SendCall } from "./calls.ts";
import {
  decide,
  expectationOf,
  giveUp,
  isStillWaiting,
  judge,
  judgeTimer,
  parkTimers,
  type Decision,
  type Verdict,
} from "./decide.ts";
import type { Ledger } from "./ledger.ts";
import { afterWaiting, nextDue, type Present } from "./present.ts";
import type { EventRow, WaitingEvent } from "./rows.ts";

/**
 * Timers that one turn sends. In a machine with delays a turn sends one or two; one that is still at it after so many goes
 * round and round without time passing.
 */
const TIMERS_PER_TURN = 100;

/** Takes an event that was sent: what is due comes first, since it was to happen before. */
export function takeEvent(ledger: Ledger, call: SendCall, now: number): Decision {
  doWhatIsDue(ledger, now);
  const decision = decide(ledger.present, call, ledger.find(call.eventId), now);
  if (decision.kind === "accepted" || decision.kind === "outcome") ledger.keep(decision);
  if (decision.kind === "accepted") retryWaiting(ledger, now);
  return decision;
}

/**
 * Makes a change that no event makes, in the same order; answers why it was not made. `decideOn` answers what is to be
 * kept; undefined: the machine is already as it is to be.
 */
export function makeChange(
  ledger: Ledger,
  call: Pick<SendCall, "expectedRevision">,
  decideOn: (present: Present, now: number) => Reply<Verdict | undefined>,
  now: number,
): Refusal | undefined {
  doWhatIsDue(ledger, now);
  const mismatch = expectationOf(ledger.present, call);
  if (mismatch !== undefined) return mismatch;
  const decided = decideOn(ledger.present, now);
  if (!decided.ok) return decided;
  if (decided.value === undefined) return undefined;
  ledger.keep(decided.value);
  retryWaiting(ledger, now);
  return undefined;
}

/**
 * Sends the events of timers that are due, and gives up what has waited long enough, in the order of their times. What
 * waits comes first: a kill may have come between a change and the events that waited for it.
 */
export function doWhatIsDue(ledger: Ledger, now: number): void {
  retryWaiting(ledger, now);
  for (let sent = 0; ;) {
    const due = nextDue(ledger.present);
    if (due === undefined || due.at > now) return;
    if (due.kind === "expiry") {
      settle(ledger, due.event, "and nothing came for it in time", now);
    } else if (sent === TIMERS_PER_TURN) {
      const message = `timers moved the machine ${TIMERS_PER_TURN} times in one turn; those of the state it is in are set aside until it is left`;
      ledger.keep(parkTimers(ledger.present, message, now));
    } else {
      const verdict = judgeTimer(ledger.present, due.timer, now);
      ledger.keep(verdict);
      sent += 1;
      if (verdict.kind === "accepted") retryWaiting(ledger, now);
    }
  }
}

/** Tries the events that wait, oldest first and all of them anew after each that changed the machine. */
function retryWaiting(ledger: Ledger, now: number): void {
  for (let isChanged = true; isChanged;) isChanged = ledger.present.waiting.some((event) => retry(ledger, event, now));
}

/** Gives up all that wait, since the machine ends. */
export function giveUpWaiting(ledger: Ledger, now: number): void {
  for (const event of ledger.present.waiting) settle(ledger, event, "when the machine ended", now);
}

/** Whether the machine has changed. */
function retry(ledger: Ledger, waiting: WaitingEvent, now: number): boolean {
  if (isStillWaiting(ledger.present, waiting)) return false;
  // It takes no place of its own among those that wait.
  const rest = afterWaiting(ledger.present, waiting.seq);
  const facts = factsOf(ledger, waiting);
  if (facts === undefined) return false;
  const verdict = judge(rest, facts, now, waiting.at);
  if (verdict.kind === "outcome" && verdict.row.kind === "deferred") return false;
  ledger.keep(verdict, waiting.seq);
  return verdict.kind === "accepted";
}

function settle(ledger: Ledger, waiting: WaitingEvent, why: string, now: number): void {
  const facts = factsOf(ledger, waiting);
  if (facts !== undefined) ledger.keep(giveUp(ledger.present, facts, why, now), waiting.seq);
}

/** The event as it was sent; undefined: it is lost, and waits no longer. */
function factsOf(ledger: Ledger, waiting: WaitingEvent): Omit<EventRow, "at"> | undefined {
  const row = ledger.readWaiting(waiting.seq);
  if (row === undefined) {
    ledger.loseWaiting(waiting);
    return undefined;
  }
  const { eventId, event, timestamp, originator, actor, traceparent, created, details, eventData } = row;
  return { eventId, event, timestamp, originator, actor, traceparent, created, details, eventData };
}
