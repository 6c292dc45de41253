/** What the index-writers are told: by machines about themselves, by the doors about events that found no machine. */
import type { JsonText } from "../receipt.ts";
import type { IndexCounts } from "./index-counters.ts";

/** A machine's row of the index. */
export interface MachineRow {
  readonly tenant: string;
  readonly configuration: string;
  readonly id: string;
  readonly version: string;
  readonly state: string;
  readonly revision: number;
  /** Counts every indexed change of this life of the id; with createdAt it orders writes. */
  readonly change: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** JSON object of strings. */
  readonly labels: string;
  /** By when the machine has something to do by itself; the sweeper looks after it when it is overdue. */
  readonly dueAt: number | null;
  /** Set once the machine is gone: it leaves every list. */
  readonly retiredAt: number | null;
}

/** What a machine tells: its row, and what it has decided since the last telling. */
export interface IndexEntry extends MachineRow {
  /** The row may have another version, or be another life's: what the usual write leaves alone is set, too. */
  readonly isNew: boolean;
  readonly transitions: readonly TransitionFact[];
  readonly refusals: readonly RefusalFact[];
  readonly lookups: readonly LookupFact[];
}

/** One accepted change, for the feed and for look-up by event id. */
export interface TransitionFact {
  readonly kind: "created" | "changed" | "deleted";
  /** `detent:created` and `detent:deleted` where no event did it: callers cannot use such ids. */
  readonly eventId: string;
  readonly revision: number;
  readonly version: string;
  readonly event: string;
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly originator: string;
  readonly actor: string;
}

/** One refused event. The receipt leaves out the sender's data and details, which the machine keeps. */
export interface RefusalFact {
  readonly eventId: string;
  readonly at: number;
  readonly expiresAt: number;
  readonly receipt: JsonText;
}

/** One event that changed nothing and was not refused: only to be found again. */
export interface LookupFact {
  readonly kind: "ignored" | "deferred";
  readonly eventId: string;
  readonly at: number;
  readonly expiresAt: number;
}

/** An event that found no machine: nobody else stores it. */
export interface FailedEvent extends RefusalFact {
  readonly tenant: string;
  /** As the sender wrote it; may be empty. */
  readonly configuration: string;
  readonly id: string;
  /** Tells it from others of the same event and time: each time an event fails it is another failure. */
  readonly failureId: string;
  /** A CloudEvent as JSON text, kept until the queue has it. */
  readonly notification: JsonText;
}

/** What became of an entry. Rejected: the database answers, but not to this entry; sent again it would be the same. */
export type WriteResult =
  | { readonly ok: true }
  | { readonly ok: false; readonly rejected: boolean; readonly cause: string };

/** A feed that somebody follows. */
export interface FeedTopic {
  readonly feed: "transitions" | "failures";
  readonly tenant: string;
  /** Empty: all of them. */
  readonly configuration: string;
}

/** How far an index-writer is with its commits. */
export interface FeedMark {
  /** Opaque; another after each commit, and in each life of the writer. */
  readonly mark: string;
  /** Something of the topic was committed after the mark that was given, or may have been. */
  readonly isMoved: boolean;
}

/** What somebody waits for at an index-writer. */
export interface MarkWait {
  readonly topic: FeedTopic;
  /** The last mark that was seen; undefined: none. */
  readonly mark: string | undefined;
  readonly ms: number;
  /** Unique among those who wait. */
  readonly waiter: string;
}

/** An index-writer as its callers reach it. A call rejects only when the platform fails. */
export interface IndexWriterCalls {
  /** Urgent: do not gather first. */
  write(entry: IndexEntry, urgent: boolean): Promise<WriteResult>;
  recordFailures(failures: readonly FailedEvent[]): Promise<WriteResult[]>;
  /** What this index-writer has counted of the tenant; what is answered does not go back. */
  counts(tenant: string): Promise<IndexCounts>;
  /** Forgets what it has counted of the tenant. */
  forgetCounts(tenant: string): Promise<void>;
  /** How far the index is behind what machines have told this writer, in ms. */
  lagMs(): Promise<number>;
  /**
   * The present mark: at once when something of the topic was committed after `mark`, or that is not a mark of this life;
   * otherwise when something is, or after `ms`, or when whoever waits leaves. Undefined: too many wait already.
   */
  awaitMark(wait: MarkWait): Promise<FeedMark | undefined>;
  /** Whoever waited under this id waits no longer. */
  leave(waiter: string): Promise<void>;
  ping(): Promise<string>;
}
