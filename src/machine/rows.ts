/** What a machine keeps: the rows of its tables, as its SQL reads and writes them. */
import type { Timer } from "../engine/timer.ts";
import type { Data } from "./data.ts";
import type { NoticeWindow } from "./notice-window.ts";

/** Who this object is; written once, at creation. */
export interface IdentityRow {
  readonly tenant: string;
  readonly configuration: string;
  readonly id: string;
  readonly createdAt: number;
  /** JSON object of strings. */
  readonly labels: string;
  /** Indexed changes that were no revisions. */
  readonly extraChanges: number;
  /** When the machine was retired; null: it lives. */
  readonly retiredAt: number | null;
  /** Who deleted it; empty: nobody, its time was up. */
  readonly retiredBy: string;
  /** Streams that have yet to hear of a change that is no row: other labels, the end. */
  readonly unheard: readonly StreamName[];
}

/** Where what leaves goes. */
export type StreamName = "index" | "notifications" | "feed";

/** The event part that accepted and refused events share. */
export interface EventRow {
  readonly eventId: string;
  readonly event: string;
  readonly timestamp: number | null;
  readonly originator: string;
  readonly actor: string;
  readonly details: string;
  /** Canonical JSON text: equal data has equal text. */
  readonly eventData: string;
  readonly at: number;
  /** The trace the event came with (W3C Trace Context). */
  readonly traceparent: string | null;
  /** The machine was created for this event. */
  readonly created: boolean;
}

/** An accepted change. */
export interface TransitionRow extends EventRow {
  readonly revision: number;
  /** `creation` is revision 0; of a `pruned` row only state, version, data and time are left. */
  readonly kind: "creation" | "event" | "migration" | "override" | "pruned";
  readonly from: string;
  readonly state: string;
  readonly version: string;
  /** What it holds from then on; null: what it held. Where rows are read for other ends it is null, too. */
  readonly data: Data | null;
  /** The revision whose row holds the data. */
  readonly dataRevision: number;
  /** When the state was entered: `at`, but for a migration. */
  readonly enteredAt: number;
  /** What the machine will do by itself in that state. */
  readonly timers: readonly Timer[];
  /** How many of them, the first, were sent before, maybe by another version: a migration takes them over. */
  readonly timersFired: number;
}

/**
 * An event that changed nothing: refused, ignored, deferred (`settled` once that is over: then its last outcome is a row
 * of its own), or no event at all: something was set aside (`parked`), refused events are told of together (`capped`). Of a
 * `pruned` row only the numbers are left.
 */
export interface OutcomeRow extends EventRow {
  readonly seq: number;
  readonly kind: "refused" | "ignored" | "deferred" | "settled" | "parked" | "capped" | "pruned";
  /** Notifications up to and including this row. */
  readonly notice: number;
  /** As it is with this row; null: none. A refused event that is muted in it has no notification. */
  readonly noticeWindow: NoticeWindow | null;
  readonly state: string;
  readonly version: string;
  readonly revision: number;
  readonly code: string;
  readonly reason: string;
  readonly message: string;
  readonly allowedEvents: string;
  /** The revision at which the state was entered, and how many of its timers have been sent since. */
  readonly entered: number;
  readonly timersFired: number;
}

/** A deferred event. */
export interface WaitingEvent {
  readonly seq: number;
  readonly eventId: string;
  readonly event: string;
  readonly at: number;
  /** Of the configuration, when it was deferred or has last passed its schema. */
  readonly version: string;
}

/** How far the streams have got, by the newest row; unsent is what lies above. */
export interface TransitionCursors {
  readonly indexSent: number;
  readonly feedSent: number;
}
export interface OutcomeCursors {
  readonly indexSent: number;
  readonly notifySent: number;
}

/** The newest row, which is the machine's present. */
export interface HeadRow {
  readonly revision: number;
  readonly state: string;
  readonly version: string;
  readonly at: number;
  readonly dataRevision: number;
  readonly enteredAt: number;
  readonly timers: readonly Timer[];
  readonly timersFired: number;
  readonly cursors: TransitionCursors;
}

/** The newest outcome's numbers. */
export interface OutcomesHeadRow {
  readonly seq: number;
  readonly notice: number;
  readonly noticeWindow: NoticeWindow | null;
  readonly at: number;
  readonly entered: number;
  readonly timersFired: number;
  readonly cursors: OutcomeCursors;
}
