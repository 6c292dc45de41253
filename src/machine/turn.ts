/**
 * A machine's turn: first what it has to do by itself and is due, then what was sent, then the events that wait for such
 * a change. Every step is a transaction of its own.
 */
import { EVENT_BUDGET, TURN_BUDGET } from "../engine/limits.ts";
import { Meter } from "../engine/meter.ts";
import { begin } from "./beginning.ts";
import type { CreateCall, MachineAddress, Refusal, Reply, SendCall } from "./calls.ts";
import {
  decide,
  giveUp,
  isStillWaiting,
  judge,
  judgeTimer,
  parkTimers,
  summarize,
  type Decision,
  type Verdict,
} from "./decide.ts";
import { expectationOf, type Expectation } from "./expectation.ts";
import type { Ledger } from "./ledger.ts";
import { afterWaiting, hurryAfter, nextDue, nextToTry, type Present } from "./present.ts";
import type { EventRow, WaitingEvent } from "./rows.ts";

/** A machine that its timers alone move so often, faster than they may for ever, goes round and round. */
const MOST_HURRY = 100;

/** What keeping a decision costs besides its texts, in units of a `Meter`: two or three rows, written in about the time. */
const KEEP_UNITS = 1_000;

/** Characters of JSON that are read for a unit. */
const READ_PER_UNIT = 4;

/** Answered to what is more than a turn may do: nothing of it is decided. */
export const UNFINISHED: Refusal = {
  ok: false,
  reason: "UNAVAILABLE",
  message: "the machine has more to do than it may in one call; try again",
  isUnfinished: true,
};

/**
 * All that one call, or one waking, lets a machine do: while it has spent less than TURN_BUDGET, it begins something more,
 * which has the whole budget of an event. What it does not come to is for the next turn.
 */
export class Turn {
  readonly #now: number;
  #spent = 0;

  /** `now`: the machine's clock, epoch ms. */
  constructor(now: number) {
    this.#now = now;
  }

  /** Units of a `Meter`. */
  get spent(): number {
    return this.#spent;
  }

  get #isSpent(): boolean {
    return this.#spent > TURN_BUDGET;
  }

  /** Takes an event that was sent: what is due comes first, since it was to happen before. Declined as UNFINISHED: not yet. */
  takeEvent(ledger: Ledger, call: SendCall): Decision {
    if (!this.doWhatIsDue(ledger)) return { kind: "declined", reply: UNFINISHED };
    const before = ledger.find(call.eventId);
    const decision = this.#work((meter) => decide(ledger.present, call, before, this.#now, meter));
    if (decision.kind === "accepted" || decision.kind === "outcome") this.#keep(ledger, decision);
    this.#retryWaiting(ledger);
    return decision;
  }

  /** A new machine, and what the event does to it for which it is created; nothing is kept here. UNFINISHED: not yet. */
  begin(
    address: MachineAddress,
    call: SendCall,
    create: CreateCall,
  ): Reply<{ readonly present: Present; readonly decision: Decision }> {
    if (this.#isSpent) return UNFINISHED;
    this.#spent += create.source.length / READ_PER_UNIT;
    const begun = this.#work((meter) => begin(address, create, this.#now, meter));
    if (!begun.ok) return begun;
    const present = begun.value;
    const decision = this.#work((meter) => decide(present, call, undefined, this.#now, meter));
    return { ok: true, value: { present, decision } };
  }

  /**
   * Makes a change that no event makes, in the same order; answers why it was not made. `decideOn` answers what is to be
   * kept; undefined: the machine is already as it is to be. A change of an id that the machine has is made.
   */
  makeChange(
    ledger: Ledger,
    call: Expectation & { readonly eventId?: string },
    decideOn: (present: Present, now: number) => Reply<Verdict | undefined>,
  ): Refusal | undefined {
    if (!this.doWhatIsDue(ledger)) return UNFINISHED;
    if (call.eventId !== undefined && ledger.find(call.eventId) !== undefined) return undefined;
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
   * Sends the events of timers that are due, gives up what has waited long enough and tells of refused events together, in
   * the order of their times. What waits comes first: a kill may have come between a change and the events that waited for
   * it. Answers whether that was all.
   */
  doWhatIsDue(ledger: Ledger): boolean {
    while (this.#retryWaiting(ledger)) {
      const due = nextDue(ledger.present);
      if (due === undefined || due.at > this.#now) return true;
      if (due.kind === "summary") {
        this.#keep(ledger, summarize(ledger.present, due.muted, this.#now));
      } else if (due.kind === "expiry") {
        this.#settle(ledger, due.event, "and nothing came for it in time");
      } else if (hurryAfter(ledger.present, due.at) > MOST_HURRY) {
        this.#keep(ledger, parkTimers(ledger.present, this.#now));
      } else {
        this.#keep(
          ledger,
          this.#work((meter) => judgeTimer(ledger.present, due.timer, this.#now, meter)),
        );
      }
    }
    return false;
  }

  /** Gives up all that wait, and tells of the refused events that were not told of, since the machine ends. */
  conclude(ledger: Ledger): void {
    for (const event of ledger.present.waiting) this.#settle(ledger, event, "when the machine ended");
    const muted = ledger.present.noticeWindow?.muted;
    if (muted) this.#keep(ledger, summarize(ledger.present, muted, this.#now));
  }

  /**
   * Tries the events that wait, oldest first and all of them anew after each that changed the machine. Answers whether there
   * is something left to spend.
   */
  #retryWaiting(ledger: Ledger): boolean {
    while (!this.#isSpent) {
      const event = nextToTry(ledger.present);
      if (event === undefined) return true;
      this.#retry(ledger, event);
    }
    return false;
  }

  #retry(ledger: Ledger, waiting: WaitingEvent): void {
    const { present } = ledger;
    if (isStillWaiting(present, waiting)) return leave(present, waiting);
    const facts = factsOf(ledger, waiting);
    if (facts === undefined) return;
    this.#spent += (facts.eventData.length + facts.details.length) / READ_PER_UNIT;
    // It takes no place of its own among those that wait.
    const rest = afterWaiting(present, waiting.seq);
    const verdict = this.#work((meter) => judge(rest, facts, this.#now, meter));
    if (verdict.kind === "outcome" && verdict.row.kind === "deferred") leave(present, waiting);
    else this.#keep(ledger, verdict, waiting.seq);
  }

  #settle(ledger: Ledger, waiting: WaitingEvent, why: string): void {
    const facts = factsOf(ledger, waiting);
    if (facts === undefined) return;
    const units = Math.max(0, TURN_BUDGET - this.#spent);
    const verdict = this.#work((meter) => giveUp(ledger.present, facts, why, this.#now, meter), units);
    this.#keep(ledger, verdict, waiting.seq);
  }

  #keep(ledger: Ledger, verdict: Verdict, settles?: number): void {
    const { details, eventData } = verdict.row;
    const rest = verdict.kind === "accepted" ? verdict.row.data?.text : verdict.row.allowedEvents;
    this.#spent += KEEP_UNITS + details.length + eventData.length + (rest?.length ?? 0);
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

/** It waits on: it was tried at this revision, and matches what the version asks of it. */
function leave(present: Present, { seq }: WaitingEvent): void {
  const { version } = present.configuration;
  present.tried = { revision: present.revision, seq };
  present.waiting = present.waiting.map((event) => (event.seq === seq ? { ...event, version } : event));
}

/** The event as it was sent; undefined: it is lost, and waits no longer. */
function factsOf(ledger: Ledger, waiting: WaitingEvent): Omit<EventRow, "at"> | undefined {
  const row = ledger.readWaiting(waiting.seq);
  if (row === undefined) {
    ledger.loseWaiting(waiting);
    return undefined;
  }
  const { eventId, event, originator, actor, traceparent, created, details, eventData } = row;
  // One whose sender claims no time is of the time at which it came.
  const timestamp = row.timestamp ?? row.at;
  return { eventId, event, timestamp, originator, actor, traceparent, created, details, eventData };
}
