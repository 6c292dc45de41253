/**
 * A machine's turn: first what it has to do by itself and is due, then what was sent, then the events that wait for such
 * a change. Every step is a transaction of its own.
 */
import { EVENT_BUDGET, TURN_BUDGET } from "../engine/limits.ts";
import { Meter } from "../engine/meter.ts";
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

/** A machine that its timers alone move so often, faster than they may for ever, goes round and round. */
const MOST_HURRY = 100;

/** What keeping a decision costs, in units of a `Meter`: two or three rows, written in about as much time. */
const KEEP_UNITS = 1_000;

const TOO_MUCH: Refusal = {
  ok: false,
  reason: "UNAVAILABLE",
  message: "the machine has done as much work as one call may; send again what is not decided",
};

/**
 * All that one call, or one waking, lets a machine do. What it may cost is bounded: an event is taken while less than
 * TURN_BUDGET is spent, timers are sent until they have spent as much, and so are the events that wait for one change.
 */
export class Turn {
  readonly #now: number;
  #spent = 0;

  /** `now`: the machine's clock, epoch ms. */
  constructor(now: number) {
    this.#now = now;
  }

  /** Whether it takes nothing more. */
  get isSpent(): boolean {
    return this.#spent > TURN_BUDGET;
  }

  /** Takes an event that was sent: what is due comes first, since it was to happen before. UNAVAILABLE: not in this turn. */
  takeEvent(ledger: Ledger, call: SendCall): Decision {
    if (!this.isSpent) this.doWhatIsDue(ledger);
    if (this.isSpent) return { kind: "declined", reply: TOO_MUCH };
    const before = ledger.find(call.eventId);
    const decision = this.#work((meter) => decide(ledger.present, call, before, this.#now, meter));
    if (decision.kind === "accepted" || decision.kind === "outcome") this.#keep(ledger, decision);
    if (decision.kind === "accepted") this.#retryWaiting(ledger);
    return decision;
  }

  /**
   * Makes a change that no event makes, in the same order; answers why it was not made. `decideOn` answers what is to be
   * kept; undefined: the machine is already as it is to be.
   */
  makeChange(
    ledger: Ledger,
    call: Pick<SendCall, "expectedRevision">,
    decideOn: (present: Present, now: number) => Reply<Verdict | undefined>,
  ): Refusal | undefined {
    this.doWhatIsDue(ledger);
    const mismatch = expectationOf(ledger.present, call);
    if (mismatch !== undefined) return mismatch;
    const decided = decideOn(ledger.present, this.#now);
    if (!decided.ok) return decided;
    if (decided.value === undefined) return undefined;
    this.#keep(ledger, decided.value);
    this.#retryWaiting(ledger);
    return undefined;
  }

  /**
   * Sends the events of timers that are due, and gives up what has waited long enough, in the order of their times. What
   * waits comes first: a kill may have come between a change and the events that waited for it.
   */
  doWhatIsDue(ledger: Ledger): void {
    this.#retryWaiting(ledger);
    const before = this.#spent;
    for (;;) {
      const due = nextDue(ledger.present);
      if (due === undefined || due.at > this.#now) return;
      if (due.kind === "expiry") {
        this.#settle(ledger, due.event, "and nothing came for it in time");
      } else if (ledger.present.hurry >= MOST_HURRY || this.#spent - before > TURN_BUDGET) {
        this.#keep(ledger, parkTimers(ledger.present, this.#now));
      } else {
        const verdict = this.#work((meter) => judgeTimer(ledger.present, due.timer, this.#now, meter));
        this.#keep(ledger, verdict);
        if (verdict.kind === "accepted") this.#retryWaiting(ledger);
      }
    }
  }

  /** Gives up all that wait, since the machine ends. */
  giveUpWaiting(ledger: Ledger): void {
    for (const event of ledger.present.waiting) this.#settle(ledger, event, "when the machine ended");
  }

  /** Tries the events that wait, oldest first and all of them anew after each that changed the machine. */
  #retryWaiting(ledger: Ledger): void {
    if (ledger.present.triedAt === ledger.present.revision) return;
    const end = this.#spent + TURN_BUDGET;
    const retry = (event: WaitingEvent) => this.#retry(ledger, event, Math.max(0, end - this.#spent));
    for (let isChanged = true; isChanged;) isChanged = ledger.present.waiting.some(retry);
    ledger.present.triedAt = ledger.present.revision;
  }

  /** Whether the machine has changed. */
  #retry(ledger: Ledger, waiting: WaitingEvent, units: number): boolean {
    if (isStillWaiting(ledger.present, waiting)) return false;
    // It takes no place of its own among those that wait.
    const rest = afterWaiting(ledger.present, waiting.seq);
    const facts = factsOf(ledger, waiting);
    if (facts === undefined) return false;
    const verdict = this.#work((meter) => judge(rest, facts, this.#now, meter, waiting.at), units);
    if (verdict.kind === "outcome" && verdict.row.kind === "deferred") return false;
    this.#keep(ledger, verdict, waiting.seq);
    return verdict.kind === "accepted";
  }

  #settle(ledger: Ledger, waiting: WaitingEvent, why: string): void {
    const facts = factsOf(ledger, waiting);
    if (facts === undefined) return;
    const units = Math.max(0, TURN_BUDGET - this.#spent);
    const verdict = this.#work((meter) => giveUp(ledger.present, facts, why, this.#now, meter), units);
    this.#keep(ledger, verdict, waiting.seq);
  }

  #keep(ledger: Ledger, verdict: Verdict, settles?: number): void {
    this.#spent += KEEP_UNITS;
    ledger.keep(verdict, settles);
  }

  /** Something that is decided with the work of an event, or with the `units` that are left. */
  #work<T>(decideWith: (meter: Meter) => T, units = EVENT_BUDGET): T {
    const budget = Math.min(units, EVENT_BUDGET);
    const meter = new Meter(budget);
    try {
      return decideWith(meter);
    } finally {
      this.#spent += budget - meter.left;
    }
  }
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
