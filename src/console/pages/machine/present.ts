/** A machine as it is: all that belongs to one revision, and what is known of its history. */
import type { AllowedEvent, HistoryEntry, Machine } from "../../../gen/detent/v1/machine_pb.ts";

/** All of it is of the same revision: it is shown together or not at all. */
export interface Present {
  readonly machine: Machine;
  readonly allowed: readonly AllowedEvent[];
  readonly history: KnownHistory;
}

/** What is known of a history, without gaps. */
export interface KnownHistory {
  /** Newest first. */
  readonly entries: readonly HistoryEntry[];
  /** Continues with older ones; empty: there are none. */
  readonly olderToken: string;
}

export const NO_HISTORY: KnownHistory = { entries: [], olderToken: "" };

/** What a machine brings of its own history. */
export function historyOf({ history, historyNextPageToken }: Machine): KnownHistory {
  return { entries: history.toReversed(), olderToken: historyNextPageToken };
}

/** The newest entries before those that were known. Where so much has happened that some between them are missing, they alone. */
export function addNewer(known: KnownHistory, newest: KnownHistory): KnownHistory {
  const last = known.entries[0]?.revision;
  const first = newest.entries.at(-1)?.revision;
  if (last === undefined || first === undefined || first > last + 1) return newest;
  const newer = newest.entries.filter(({ revision }) => revision > last);
  return { entries: [...newer, ...known.entries], olderToken: known.olderToken };
}

/** Older entries behind those that were known; those that came twice count once. */
export function addOlder(known: KnownHistory, older: readonly HistoryEntry[], olderToken: string): KnownHistory {
  const first = known.entries.at(-1)?.revision ?? Infinity;
  return { entries: [...known.entries, ...older.filter(({ revision }) => revision < first)], olderToken };
}
