/** Where a machine's decisions are kept: in its storage, or only in mind, for a dry run and a simulation. */
import type { LogFacts } from "../log.ts";
import { receiptFacts, type Receipt } from "../receipt.ts";
import type { Verdict } from "./decide.ts";
import type { MachineDeps } from "./deps.ts";
import { countRefused } from "./notice-window.ts";
import type { Outbox } from "./outbox.ts";
import { afterChange, afterOutcome, afterWaiting, nextDue, type Present } from "./present.ts";
import { receiptOfOutcome, receiptOfTransition, toHistoryItem } from "./record.ts";
import type { EventRow, OutcomeRow, TransitionRow, WaitingEvent } from "./rows.ts";
import type { MachineStore } from "./store.ts";
import { findReceipt } from "./views.ts";

export interface Ledger {
  readonly present: Present;
  /** Changes that are stored nowhere, oldest first. */
  readonly imagined: readonly TransitionRow[];
  /** The receipt of an event that was decided. */
  find(eventId: string): Receipt | undefined;
  /** A deferred event, whole, by its number; undefined: its row is gone or damaged. */
  readWaiting(seq: number): OutcomeRow | undefined;
  /** Lets a deferred event go that cannot be read: it would hold up every turn. */
  loseWaiting(waiting: WaitingEvent): void;
  /** Keeps a verdict, all of it or nothing; `settles`: the number of the deferred event whose wait it ends. */
  keep(verdict: Verdict, settles?: number): void;
}

interface LedgerParts {
  readonly deps: Pick<MachineDeps, "log" | "notificationsPerMinute" | "tellWatchers">;
  readonly store: MachineStore;
  readonly outbox: Outbox;
}

/** The machine's own: what is kept is stored, and leaves. */
export class StoredLedger implements Ledger {
  readonly present: Present;
  readonly imagined: readonly TransitionRow[] = [];
  readonly #parts: LedgerParts;

  constructor(present: Present, parts: LedgerParts) {
    this.present = present;
    this.#parts = parts;
  }

  find(eventId: string): Receipt | undefined {
    return findReceipt(this.#parts.store, this.present, eventId);
  }

  readWaiting(seq: number): OutcomeRow | undefined {
    return this.#parts.store.findWaiting(seq);
  }

  loseWaiting({ seq, eventId, event }: WaitingEvent): void {
    const { deps, store, outbox } = this.#parts;
    const next = afterWaiting(this.present, seq);
    outbox.commit(() => store.settleWaiting(seq), nextDue(next)?.at);
    Object.assign(this.present, next);
    deps.log("error", "a deferred event is lost: its row cannot be read", { event_id: eventId, event });
  }

  keep(decided: Verdict, settles?: number): void {
    const { deps, store, outbox } = this.#parts;
    const verdict = cap(this.present, decided, deps.notificationsPerMinute());
    const next = after(this.present, verdict, settles);
    outbox.commit(() => {
      if (settles !== undefined) store.settleWaiting(settles);
      if (verdict.kind === "accepted") {
        if (verdict.becomes !== undefined) store.insertSource(verdict.row.version, verdict.becomes.source);
        store.insertTransition(verdict.row, outbox.transitionCursors(verdict.row.revision));
      } else {
        store.insertOutcome(verdict.row, outbox.outcomeCursors);
      }
    }, nextDue(next)?.at);
    Object.assign(this.present, next);
    if (verdict.kind === "accepted") deps.tellWatchers(() => toHistoryItem(verdict.row));
    outbox.flushSoon();
    // Of what was sent whoever brought it hears, and says so; of this nobody does.
    const { row } = verdict;
    if (row.kind === "parked" || row.kind === "capped") {
      deps.log("warn", row.message, { revision: row.revision, ...(JSON.parse(row.eventData) as object) });
    } else if (settles !== undefined || row.originator === "timer") {
      deps.log("info", "an event was decided", { ...receiptFacts(receiptOf(next, verdict)), ...traceOf(row) });
    }
  }
}

/** A copy of a machine that goes its own way. */
export class ImaginedLedger implements Ledger {
  present: Present;
  readonly imagined: TransitionRow[] = [];
  readonly #base: Pick<Ledger, "find" | "readWaiting">;
  readonly #receipts = new Map<string, Receipt>();
  readonly #waiting = new Map<number, OutcomeRow>();

  /** `base`: what the machine knows already. */
  constructor(present: Present, base: Pick<Ledger, "find" | "readWaiting"> = NOTHING) {
    // What is noted in it is nothing to the machine.
    this.present = { ...present };
    this.#base = base;
  }

  find(eventId: string): Receipt | undefined {
    return this.#receipts.get(eventId) ?? this.#base.find(eventId);
  }

  readWaiting(seq: number): OutcomeRow | undefined {
    return this.#waiting.get(seq) ?? this.#base.readWaiting(seq);
  }

  loseWaiting({ seq }: WaitingEvent): void {
    this.present = afterWaiting(this.present, seq);
  }

  keep(verdict: Verdict, settles?: number): void {
    const { row } = verdict;
    this.present = after(this.present, verdict, settles);
    this.#receipts.set(row.eventId, receiptOf(this.present, verdict));
    if (verdict.kind === "outcome") this.#waiting.set(verdict.row.seq, verdict.row);
    else this.imagined.push(verdict.row);
  }
}

const NOTHING = { find: () => undefined, readWaiting: () => undefined };

/** The machine once a verdict is kept. */
export function after(present: Present, verdict: Verdict, settles?: number): Present {
  const rest = settles === undefined ? present : afterWaiting(present, settles);
  if (verdict.kind === "outcome") return afterOutcome(rest, verdict.row);
  return afterChange(rest, verdict.row, verdict.becomes?.configuration);
}

/** A refused event is told of while `most` of a window have not been; beyond that it takes no number. */
function cap({ noticeWindow: window, notices }: Present, verdict: Verdict, most = Infinity): Verdict {
  const { row } = verdict;
  if (row.kind !== "refused") return verdict;
  const noticeWindow = countRefused(window, row.at, most);
  return { kind: "outcome", row: { ...row, notice: noticeWindow.muted ? notices : notices + 1, noticeWindow } };
}

function receiptOf({ identity }: Present, verdict: Verdict): Receipt {
  return verdict.kind === "accepted"
    ? receiptOfTransition(identity, verdict.row)
    : receiptOfOutcome(identity, verdict.row);
}

function traceOf({ traceparent }: EventRow): LogFacts {
  return traceparent === null ? {} : { traceparent };
}
