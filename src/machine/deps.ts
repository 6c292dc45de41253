/** What a machine needs from the world, and nothing more: so that its logic runs in the object and in a simulation alike. */
import type { IndexEntry } from "../catalog/index-entry.ts";
import type { LogFacts, Severity } from "../log.ts";
import type { JsonText } from "../receipt.ts";
import type { HistoryItem } from "./calls.ts";

/** A value SQLite takes or gives here. */
export type SqlValue = string | number | null;

/** The synchronous SQL of the object's storage. */
export interface Sql {
  /** Runs one statement and answers its rows. */
  exec(query: string, ...bindings: SqlValue[]): Record<string, SqlValue>[];
}

/** The deployment's say on how long a machine keeps what; in ms, absent: no say. */
export interface RetentionSettings {
  /** Refused receipts, where the configuration does not say. */
  readonly outcomesMs: number;
  /** The longest a configuration may ask for. */
  readonly longestOutcomesMs?: number | undefined;
  readonly longestHistoryMs?: number | undefined;
  readonly longestFinalMs?: number | undefined;
}

export interface MachineDeps {
  readonly sql: Sql;
  /** All of `work` or nothing of it; a throw undoes. Nothing is awaited inside. */
  transaction<T>(work: () => T): T;
  /** Epoch ms. */
  now(): number;
  /** In [0, 1): jitter. */
  random(): number;
  /** The one alarm. Setting it inside a transaction is undone with the transaction. */
  setAlarm(at: number): void;
  /** Calls back after `ms` unless it is cancelled, as the answer does; the machine stays in memory until either. */
  after(ms: number, work: () => void): () => void;
  /** Forgets everything, the alarm included. */
  deleteAll(): Promise<void>;
  retention(): RetentionSettings;
  /** Refused events that are told of one by one within a minute; undefined: all. */
  notificationsPerMinute(): number | undefined;
  /** Tells the index; settles when the index has committed it. RejectedError: it never will. */
  sendIndex(entry: IndexEntry, urgent: boolean): Promise<void>;
  /** Hands CloudEvents to the notifications queue, in order. RejectedError: the queue never takes them. */
  sendNotifications(events: readonly JsonText[]): Promise<void>;
  /** The same for the transitions queue; undefined where the deployment has none. */
  readonly sendFeed: ((events: readonly JsonText[]) => Promise<void>) | undefined;
  /** Tells those who watch of a change that is stored; `change` is asked for only where somebody does. Never throws. */
  tellWatchers(change: () => HistoryItem): void;
  /** Lets work go on after the answer. */
  background(work: Promise<void>): void;
  log(severity: Severity, message: string, facts: LogFacts): void;
}
