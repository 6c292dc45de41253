/** What a machine needs from the world, and nothing more: so that its logic runs in the object and in a simulation alike. */
import type { IndexEntry } from "../catalog/index-entry.ts";

/** A value SQLite takes or gives here. */
export type SqlValue = string | number | null;

/** The synchronous SQL of the object's storage. */
export interface Sql {
  /** Runs one statement and answers its rows. */
  exec(query: string, ...bindings: SqlValue[]): Record<string, SqlValue>[];
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
  /** Hands entries to the index; settles when the index has committed them. */
  sendIndex(entries: readonly IndexEntry[], urgent: boolean): Promise<void>;
  /** Lets work go on after the answer. */
  background(work: Promise<void>): void;
  log(level: "info" | "warn" | "error", message: string, facts: Record<string, string | number>): void;
}
