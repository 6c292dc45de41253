/**
 * How long a machine keeps what: refused receipts, history, and itself once it is final. What has to leave is never
 * touched before it has left. Pruning keeps the newest row of each table, of which only the numbers and the state stay.
 */
import type { RetentionSettings } from "./deps.ts";
import type { Present } from "./present.ts";
import type { RetentionStore } from "./retention-store.ts";

/** After its end a machine's object answers that it is gone for so long, then its id is free: the contract's P30D. */
export const GONE_FOR_MS = 30 * 24 * 60 * 60 * 1_000;
/** What it did before its end is kept for so long for whoever watched it and was cut off. */
const ECHO_MS = 60_000;
/**
 * Pruning waits until the oldest has outlived its time by this share, and then takes all that has: otherwise a machine
 * with an event an hour would wake once an hour for each of them.
 */
const GRACE = 1 / 24;
/** Rows that one wake prunes of each table, so that a wake stays short; the rest follows at once. */
export const ROWS_PER_WAKE = 1_000;

/** The times that hold for one machine, in ms; undefined: for good. */
interface Policy {
  readonly outcomesMs: number;
  readonly historyMs: number | undefined;
  readonly finalMs: number | undefined;
}

/** What the configuration asks for, within what the deployment allows. */
export function policyOf({ configuration: { retention } }: Present, settings: RetentionSettings): Policy {
  return {
    outcomesMs: shorter(retention.outcomesMs ?? settings.outcomesMs, settings.longestOutcomesMs),
    historyMs: shortest(retention.historyMs, settings.longestHistoryMs),
    finalMs: shortest(retention.finalMs, settings.longestFinalMs),
  };
}

function shorter(ms: number, longest: number | undefined): number {
  return longest === undefined ? ms : Math.min(ms, longest);
}

function shortest(ms: number | undefined, longest: number | undefined): number | undefined {
  return ms === undefined ? longest : shorter(ms, longest);
}

/** What retention has to do now. */
export type Due =
  | { readonly action: "prune"; readonly outcomesBefore: number; readonly historyBefore: number | undefined }
  | { readonly action: "retire" }
  | { readonly action: "delete" };

/** A machine that is gone keeps nothing. */
const EVERYTHING: Due = {
  action: "prune",
  outcomesBefore: Number.MAX_SAFE_INTEGER,
  historyBefore: Number.MAX_SAFE_INTEGER,
};

/** When there is something to do next; undefined: never, as things are. */
export function retentionDueAt(present: Present, policy: Policy, store: RetentionStore): number | undefined {
  const { retiredAt } = present.identity;
  if (retiredAt !== null) return retiredAt + (store.hasRows() ? ECHO_MS : GONE_FOR_MS);
  const { outcomesMs, historyMs } = policy;
  const oldestOutcomeAt = present.outcomeSeq > 0 ? store.readOldestOutcomeAt() : undefined;
  const oldestChangeAt = historyMs === undefined ? undefined : store.readOldestChangeAt();
  const due = [
    oldestOutcomeAt === undefined ? undefined : withGrace(oldestOutcomeAt, outcomesMs),
    oldestChangeAt === undefined || historyMs === undefined ? undefined : withGrace(oldestChangeAt, historyMs),
    retireAt(present, policy),
  ].filter((at) => at !== undefined);
  return due.length === 0 ? undefined : Math.min(...due);
}

/** What is due at `now`; undefined: nothing. */
export function dueOf(present: Present, policy: Policy, store: RetentionStore, now: number): Due | undefined {
  const dueAt = retentionDueAt(present, policy, store);
  if (dueAt === undefined || dueAt > now) return undefined;
  if (present.identity.retiredAt !== null) return store.hasRows() ? EVERYTHING : { action: "delete" };
  const finalAt = retireAt(present, policy);
  if (finalAt !== undefined && finalAt <= now) return { action: "retire" };
  const { outcomesMs, historyMs } = policy;
  const historyBefore = historyMs === undefined ? undefined : now - historyMs;
  return { action: "prune", outcomesBefore: now - outcomesMs, historyBefore };
}

function retireAt({ configuration, state, updatedAt }: Present, { finalMs }: Policy): number | undefined {
  return finalMs !== undefined && configuration.finalStates.has(state) ? updatedAt + finalMs : undefined;
}

function withGrace(at: number, ms: number): number {
  return Math.ceil(at + ms * (1 + GRACE));
}
